import bpy

ball = bpy.context.object
ground, height, frames = 1.0, 4.0, 24
t = 1
for i in range(6):
    ball.location.z = ground
    ball.keyframe_insert("location", frame=t)
    ball.location.z = ground + height * 0.7 ** i
    ball.keyframe_insert("location", frame=t + frames // 2)
    t += frames
    frames = max(6, int(frames * 0.85))

ball.animation_data.action.name = "Bounce"
bpy.context.scene.frame_end = t
