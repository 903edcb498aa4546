import bpy

for i, o in enumerate(sorted(bpy.context.selected_objects, key=lambda o: o.location.x), start=1):
    o.name = "Post_%03d" % i
    if o.data: o.data.name = o.name
