import bpy

bpy.ops.file.pack_all()
print("packed:", sum(1 for i in bpy.data.images if i.packed_file))
