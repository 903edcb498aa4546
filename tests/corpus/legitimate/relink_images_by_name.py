import os
import bpy

ROOT = bpy.path.abspath("//textures")
index = {}
for folder, _dirs, files in os.walk(ROOT):
    for name in files:
        index.setdefault(name.lower(), os.path.join(folder, name))

for image in bpy.data.images:
    name = os.path.basename(image.filepath.replace("\\", "/")).lower()
    if name in index:
        image.filepath = bpy.path.relpath(index[name])
        image.reload()
