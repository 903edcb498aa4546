import bpy

tree = bpy.data.node_groups.new("Scatter", 'GeometryNodeTree')
if hasattr(tree, "interface"):
    tree.interface.new_socket("Geometry", in_out='INPUT', socket_type='NodeSocketGeometry')
    tree.interface.new_socket("Geometry", in_out='OUTPUT', socket_type='NodeSocketGeometry')
else:
    tree.inputs.new('NodeSocketGeometry', "Geometry")
    tree.outputs.new('NodeSocketGeometry', "Geometry")

gin = tree.nodes.new('NodeGroupInput')
gout = tree.nodes.new('NodeGroupOutput')
dist = tree.nodes.new('GeometryNodeDistributePointsOnFaces')
inst = tree.nodes.new('GeometryNodeInstanceOnPoints')
join = tree.nodes.new('GeometryNodeJoinGeometry')
ico = tree.nodes.new('GeometryNodeMeshIcoSphere')
ico.inputs['Radius'].default_value = 0.05
dist.inputs['Density'].default_value = 80

link = tree.links.new
link(gin.outputs[0], dist.inputs['Mesh'])
link(dist.outputs['Points'], inst.inputs['Points'])
link(ico.outputs[0], inst.inputs['Instance'])
link(gin.outputs[0], join.inputs[0])
link(inst.outputs[0], join.inputs[0])
link(join.outputs[0], gout.inputs[0])

mod = bpy.context.object.modifiers.new("Scatter", 'NODES')
mod.node_group = tree
