import bpy

root = bpy.context.scene.collection
for child in list(root.children):
    if not child.all_objects:
        root.children.unlink(child)
        bpy.data.collections.remove(child)
