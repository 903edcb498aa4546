import bpy

image = bpy.data.images.get("Render Result")
if image is not None:
    image.save_render(filepath=bpy.path.abspath("//result.png"), scene=bpy.context.scene)
