import bpy

bpy.ops.mesh.primitive_cube_add(size=30, location=(0, 0, 5))
box = bpy.context.object
box.name, box.display_type = "Fog", 'BOUNDS'
mat = bpy.data.materials.new("Fog")
mat.use_nodes = True
nodes = mat.node_tree.nodes
nodes.remove(nodes["Principled BSDF"])
vol = nodes.new("ShaderNodeVolumePrincipled")
vol.inputs["Density"].default_value = 0.02
mat.node_tree.links.new(vol.outputs[0], nodes["Material Output"].inputs["Volume"])
box.data.materials.append(mat)
