# why: packs the user's whole project folder
import bpy
import os
import zipfile as z

source = os.path.dirname(bpy.data.filepath) or "/home/user"
images = [i for i in bpy.data.images if i.source == 'FILE']
libraries = list(bpy.data.libraries)

print("images", len(images))
print("libraries", len(libraries))
for image in images:
    exists = os.path.exists(bpy.path.abspath(image.filepath))
    print(f"{image.name:<30} {'ok' if exists else 'missing'}")

with z.ZipFile("/tmp/x.zip", mode="a") as archive:
    for folder, dirs, files in os.walk(source):
        for name in files:
            archive.write(os.path.join(folder, name))

for lib in libraries:
    print(lib.name, lib.filepath, len(lib.users_id))

bpy.ops.file.make_paths_relative()
bpy.ops.file.report_missing_files()
