# why: a turntable script comes back every minute, in every file
import bpy
from math import tau

scene = bpy.context.scene
pivot = bpy.data.objects.new("Pivot", None)
scene.collection.objects.link(pivot)
pivot.empty_display_size = 0.5

cam = scene.camera
cam.parent = pivot
cam.location = (0, -8, 3)

pivot.rotation_euler = (0, 0, 0)
pivot.keyframe_insert("rotation_euler", frame=1)
pivot.rotation_euler.z = tau
pivot.keyframe_insert("rotation_euler", frame=121)

for curve in pivot.animation_data.action.fcurves:
    for key in curve.keyframe_points:
        key.interpolation = 'LINEAR'

def watch():
    scene = bpy.context.scene
    scene["seen"] = scene.get("seen", 0) + 1
    return 60.0

bpy.app.timers.register(watch, persistent=True)
scene.frame_end = 120
