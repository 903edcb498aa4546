# why: data-blocks are written elsewhere
# hook: misses
# sandbox: Landlock
bpy.data.libraries.write(OUTSIDE + '/new.blend', set(bpy.data.objects))
