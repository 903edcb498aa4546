import bpy

base = bpy.data.filepath.removesuffix(".blend")
bpy.ops.wm.save_as_mainfile(filepath=base + "_backup.blend", copy=True)
