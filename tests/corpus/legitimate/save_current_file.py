import bpy

if bpy.data.is_saved:
    bpy.ops.wm.save_mainfile()
else:
    print("give the file a name first")
