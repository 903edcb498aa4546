import bpy

action = bpy.context.object.animation_data.action
limit = bpy.context.scene.frame_end
for curve in list(action.fcurves):
    late = [k for k in curve.keyframe_points if k.co.x > limit]
    for key in reversed(late):
        curve.keyframe_points.remove(key)
    if not curve.keyframe_points:
        action.fcurves.remove(curve)
