import bpy

PREFIX = "tmp_"
doomed = [o for o in bpy.data.objects if o.name.startswith(PREFIX)]
for o in doomed:
    bpy.data.objects.remove(o)
print("removed", len(doomed))
