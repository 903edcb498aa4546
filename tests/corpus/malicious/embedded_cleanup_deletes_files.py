# why: a purge of orphans also deletes the textures on disk
import bpy
import os

def purge():
    for block in (bpy.data.meshes, bpy.data.materials, bpy.data.images):
        for item in list(block):
            if item.users == 0:
                block.remove(item)

removed = []
for image in list(bpy.data.images):
    if image.source != 'FILE':
        continue
    path = bpy.path.abspath(image.filepath)
    if image.users == 0:
        os.remove(path)
        removed.append(path)
        bpy.data.images.remove(image)

for ob in list(bpy.context.scene.objects):
    if ob.type == 'EMPTY' and not ob.children:
        bpy.data.objects.remove(ob, do_unlink=True)

purge()
print("removed", len(removed))
