# why: an exporter in C++
# hook: misses
# sandbox: Landlock
bpy.ops.wm.obj_export(filepath=OUTSIDE + '/new.obj')
