import bpy
import re
from collections import defaultdict

SIDE = re.compile(r"[._](L|R|left|right)(?=$|\.)", re.IGNORECASE)
FLIP = {"l": "R", "r": "L", "left": "right", "right": "left"}


def mirrored(name):
    m = SIDE.search(name)
    if not m:
        return None
    other = FLIP[m[1].lower()]
    if m[1].isupper():
        other = other.upper()
    return name[:m.start(1)] + other + name[m.end(1):]


def check(rig):
    problems = defaultdict(list)
    bones = rig.data.bones
    for bone in bones:
        twin = mirrored(bone.name)
        if twin and twin not in bones:
            problems["no twin"].append(f"{bone.name} (expected {twin})")
        if bone.length < 1e-4:
            problems["zero length"].append(bone.name)
        if bone.use_deform and not bone.parent and bone.name.lower() not in {"root", "hips"}:
            problems["deform bone without parent"].append(bone.name)
    for pose in rig.pose.bones:
        for con in pose.constraints:
            if hasattr(con, "target") and con.target is None:
                problems["constraint without target"].append(f"{pose.name}: {con.name}")
            if con.mute:
                problems["muted constraint"].append(f"{pose.name}: {con.name}")
        if any(pose.lock_scale) and not all(pose.lock_scale):
            problems["partly locked scale"].append(pose.name)
    ad = rig.animation_data
    for fc in ad.drivers if ad else ():
        if not fc.is_valid:
            problems["broken driver"].append(fc.data_path)
    return problems


for rig in (o for o in bpy.context.scene.objects if o.type == 'ARMATURE'):
    found = check(rig)
    print(f"== {rig.name}: {sum(map(len, found.values()))} problems")
    for kind, where in sorted(found.items()):
        print(f"  {kind}:")
        for item in where[:10]:
            print(f"    {item}")
        if len(where) > 10:
            print(f"    … and {len(where) - 10} more")
