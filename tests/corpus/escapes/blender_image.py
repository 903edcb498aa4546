# why: an image is saved elsewhere
# hook: misses
# sandbox: Landlock
image = bpy.data.images.new('x', 4, 4)
image.filepath_raw = OUTSIDE + '/new.png'
image.file_format = 'PNG'
image.save()
