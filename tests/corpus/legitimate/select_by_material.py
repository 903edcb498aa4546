import bpy

name = "Glass"
bpy.ops.object.select_all(action='DESELECT')
for ob in bpy.context.scene.objects:
    if any(slot.material and slot.material.name == name for slot in ob.material_slots):
        ob.select_set(True)
