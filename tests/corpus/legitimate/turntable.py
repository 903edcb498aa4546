import bpy
from math import tau

scene = bpy.context.scene
empty = bpy.data.objects.new("Turntable", None)
scene.collection.objects.link(empty)
cam = scene.camera
if cam is not None:
    cam.parent = empty
    cam.matrix_parent_inverse = empty.matrix_world.inverted()

scene.frame_start, scene.frame_end = 1, 96
for frame, angle in ((1, 0.0), (97, tau)):
    empty.rotation_euler = (0, 0, angle)
    empty.keyframe_insert(data_path="rotation_euler", index=2, frame=frame)
