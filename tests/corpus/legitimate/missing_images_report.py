import os
import bpy

missing = []
for image in bpy.data.images:
    if image.source == 'FILE' and not image.packed_file:
        full = bpy.path.abspath(image.filepath, library=image.library)
        if not os.path.isfile(full):
            missing.append((image.name, os.path.normpath(full)))
print("\n".join(f"{n}: {p}" for n, p in missing) or "all images found")
