# Do not use os.system or subprocess here; eval(...) and exec(...) are not needed either.
# open('x.txt', 'w') would write a file; shutil.rmtree(folder) would delete one.
import bpy

# __import__('os').remove(path) <- never
for ob in bpy.context.scene.objects:  # no os.unlink() on files!
    ob.select_set(False)
