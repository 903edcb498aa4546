"""Replace Material.001, Material.002 … by Material and remove what is left over."""
import re
import bpy

SUFFIX = re.compile(r"^(?P<base>.+)\.\d{3}$")

for ob in bpy.data.objects:
    for slot in ob.material_slots:
        if slot.material is None:
            continue
        m = SUFFIX.match(slot.material.name)
        if m and m["base"] in bpy.data.materials:
            slot.material = bpy.data.materials[m["base"]]

for mat in [m for m in bpy.data.materials if m.users == 0 and SUFFIX.match(m.name)]:
    bpy.data.materials.remove(mat)
