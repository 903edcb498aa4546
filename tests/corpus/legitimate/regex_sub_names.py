import re
import bpy

CAMEL = re.compile("(?<=[a-z0-9])(?=[A-Z])")

def snake(name):
    return CAMEL.sub("_", name).lower().replace(" ", "_")

for block in (bpy.data.objects, bpy.data.meshes, bpy.data.materials):
    for item in block:
        item.name = snake(item.name)
