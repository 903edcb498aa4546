import bpy

mat = bpy.context.object.active_material
socket = mat.node_tree.nodes["Principled BSDF"].inputs["Base Color"]
for frame, color in {1: (1, 0, 0, 1), 30: (0, 1, 0, 1), 60: (0, 0, 1, 1)}.items():
    socket.default_value = color
    socket.keyframe_insert("default_value", frame=frame)
