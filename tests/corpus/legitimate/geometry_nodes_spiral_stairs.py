import bpy

def new_group(name):
    old = bpy.data.node_groups.get(name)
    if old:
        bpy.data.node_groups.remove(old)
    return bpy.data.node_groups.new(name, 'GeometryNodeTree')

ng = new_group("Stairs")
ng.outputs.new('NodeSocketGeometry', "Geometry") if hasattr(ng, "outputs") else ng.interface.new_socket(
    "Geometry", in_out='OUTPUT', socket_type='NodeSocketGeometry')
N = ng.nodes.new

line = N('GeometryNodeMeshLine')
line.inputs['Count'].default_value = 24
line.inputs['Offset'].default_value = (0, 0, 0.18)
cube = N('GeometryNodeMeshCube')
cube.inputs['Size'].default_value = (1.2, 0.35, 0.06)
index = N('GeometryNodeInputIndex')
mul = N('ShaderNodeMath')
mul.operation = 'MULTIPLY'
mul.inputs[1].default_value = 0.26
combine = N('ShaderNodeCombineXYZ')
inst = N('GeometryNodeInstanceOnPoints')
out = N('NodeGroupOutput')

L = ng.links.new
L(index.outputs[0], mul.inputs[0])
L(mul.outputs[0], combine.inputs['Z'])
L(line.outputs[0], inst.inputs['Points'])
L(cube.outputs[0], inst.inputs['Instance'])
L(combine.outputs[0], inst.inputs['Rotation'])
L(inst.outputs[0], out.inputs[0])

me = bpy.data.meshes.new("Stairs")
ob = bpy.data.objects.new("Stairs", me)
bpy.context.collection.objects.link(ob)
ob.modifiers.new("Stairs", 'NODES').node_group = ng
