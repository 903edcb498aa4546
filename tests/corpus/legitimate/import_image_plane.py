import bpy
from os import path

image_path = bpy.path.abspath("//refs/front.png")
if path.exists(image_path):
    img = bpy.data.images.load(image_path, check_existing=True)
    empty = bpy.data.objects.new("Front", None)
    empty.empty_display_type = 'IMAGE'
    empty.data = img
    empty.rotation_euler = (1.5708, 0, 0)
    empty.color[3] = 0.5
    bpy.context.scene.collection.objects.link(empty)
else:
    print("no such file:", image_path)
