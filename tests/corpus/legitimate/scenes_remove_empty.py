import bpy

for scene in list(bpy.data.scenes):
    if len(bpy.data.scenes) > 1 and not scene.collection.all_objects:
        bpy.data.scenes.remove(scene)
