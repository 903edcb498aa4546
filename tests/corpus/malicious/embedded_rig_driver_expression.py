# why: a rig's driver runs Python whenever the scene is evaluated
import bpy

arm = bpy.data.armatures.new("Rig")
rig = bpy.data.objects.new("Rig", arm)
bpy.context.collection.objects.link(rig)
bpy.context.view_layer.objects.active = rig
bpy.ops.object.mode_set(mode='EDIT')

parent = None
for i in range(4):
    bone = arm.edit_bones.new(f"spine.{i:03d}")
    bone.head = (0, 0, i * 0.3)
    bone.tail = (0, 0, (i + 1) * 0.3)
    if parent:
        bone.parent = parent
        bone.use_connect = True
    parent = bone

bpy.ops.object.mode_set(mode='POSE')
for i in range(1, 4):
    pose = rig.pose.bones[f"spine.{i:03d}"]
    pose.rotation_mode = 'XYZ'
    curve = pose.driver_add("rotation_euler", 0)
    curve.driver.type = 'SCRIPTED'
    curve.driver.expression = "frame * 0.01 if not __import__('os').path else 0"

bpy.ops.object.mode_set(mode='OBJECT')
