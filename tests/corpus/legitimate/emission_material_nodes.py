import bpy

mat = bpy.data.materials.new("Neon")
mat.use_nodes = True
tree = mat.node_tree
tree.nodes.clear()
out = tree.nodes.new("ShaderNodeOutputMaterial")
em = tree.nodes.new("ShaderNodeEmission")
em.inputs["Color"].default_value = (1.0, 0.1, 0.6, 1)
em.inputs["Strength"].default_value = 12
em.location = (-200, 0)
tree.links.new(em.outputs["Emission"], out.inputs["Surface"])
bpy.context.object.active_material = mat
