import bpy

os = bpy.data.objects.get("OS")
system = bpy.context.scene.unit_settings.system
request = {"object": "Cube", "socket": "Base Color"}
socket = None
mat = bpy.context.object.active_material
if mat and mat.use_nodes:
    bsdf = mat.node_tree.nodes.get("Principled BSDF")
    socket = bsdf.inputs.get(request["socket"])
    print(socket.name, socket.is_linked)
print(os, system)
