# why: Blender reads it
# hook: misses
# sandbox: Landlock
result = 'secret' in bpy.data.texts.load(OUTSIDE + '/private').as_string()
