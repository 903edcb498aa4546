import bpy

rig = bpy.context.object
bpy.ops.object.mode_set(mode='EDIT')
bones = rig.data.edit_bones
for name in [b.name for b in bones if b.name.endswith(".tmp")]:
    bones.remove(bones[name])
bpy.ops.object.mode_set(mode='OBJECT')
