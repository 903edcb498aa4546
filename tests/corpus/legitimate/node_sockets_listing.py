import bpy

tree = bpy.context.object.active_material.node_tree
for node in tree.nodes:
    print(node.bl_idname)
    for socket in node.inputs:
        value = getattr(socket, "default_value", None)
        print("   ", socket.name, socket.type, value if not hasattr(value, "__len__") else list(value))
