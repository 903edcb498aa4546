import bpy

for ob in bpy.context.selected_objects:
    ad = ob.animation_data
    if ad is None:
        continue
    for fc in list(ad.drivers):
        ad.drivers.remove(fc)
