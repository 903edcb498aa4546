import bpy

SIDES = ((".L", ".R"), ("_l", "_r"))

def opposite(name):
    for a, b in SIDES:
        if name.endswith(a):
            return name[:-len(a)] + b
        if name.endswith(b):
            return name[:-len(b)] + a
    return None

rig = bpy.context.object
for bone in rig.pose.bones:
    other = rig.pose.bones.get(opposite(bone.name) or "")
    if other and bone.name < other.name:
        other.rotation_mode = bone.rotation_mode
        other.location = bone.location
        other.location.x *= -1
        q = bone.rotation_quaternion
        other.rotation_quaternion = (q.w, q.x, -q.y, -q.z)
