import bpy

rig = bpy.data.objects["Armature"]
bone = rig.pose.bones["hand.L"]
for c in list(bone.constraints):
    if c.type == 'IK':
        bone.constraints.remove(c)
ik = bone.constraints.new('IK')
ik.target = rig
ik.subtarget = "ik_hand.L"
ik.pole_target = rig
ik.pole_subtarget = "pole_elbow.L"
ik.chain_count = 2
