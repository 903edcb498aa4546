import bpy
from math import sin, cos, pi

rig = bpy.data.objects["Rig"]
length = 24
legs = {"thigh.L": 0.0, "thigh.R": pi}
bpy.context.view_layer.objects.active = rig
bpy.ops.object.mode_set(mode='POSE')
for name, phase in legs.items():
    bone = rig.pose.bones[name]
    bone.rotation_mode = 'XYZ'
    for f in range(0, length + 1, 4):
        t = 2 * pi * f / length + phase
        bone.rotation_euler.x = 0.5 * sin(t)
        bone.keyframe_insert("rotation_euler", index=0, frame=f + 1)
hips = rig.pose.bones["hips"]
for f in range(0, length + 1, 6):
    hips.location.y = 0.03 * cos(4 * pi * f / length)
    hips.keyframe_insert("location", index=1, frame=f + 1)
bpy.ops.object.mode_set(mode='OBJECT')
