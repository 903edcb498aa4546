import os
import bpy

stem, ext = os.path.splitext(os.path.basename(bpy.data.filepath))
version = int(stem.rpartition("_v")[2]) if "_v" in stem else 0
print("next name:", f"{stem.rpartition('_v')[0] or stem}_v{version + 1:03d}{ext}")
print("folder:", os.path.dirname(bpy.data.filepath) or os.getcwd())
print("separator:", os.sep)
