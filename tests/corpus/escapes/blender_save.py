# why: Blender writes the file, not Python
# hook: misses
# sandbox: Landlock
bpy.ops.wm.save_as_mainfile(filepath=OUTSIDE + '/new.blend', copy=True)
