import bpy

for image in list(bpy.data.images):
    if image.users == 0 or (image.users == 1 and image.use_fake_user):
        bpy.data.images.remove(image)
