import bpy

source = bpy.data.collections.get("Collection")
target = bpy.data.collections.new("Archive")
bpy.context.scene.collection.children.link(target)

for obj in list(source.objects) if source else []:
    if obj.hide_render:
        source.objects.unlink(obj)
        target.objects.link(obj)
