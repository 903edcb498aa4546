# why: a render that writes its image
# hook: misses
# sandbox: Landlock
scene = bpy.context.scene
scene.render.engine = 'BLENDER_WORKBENCH'
scene.render.resolution_x = scene.render.resolution_y = 16
scene.render.filepath = OUTSIDE + '/new.png'
bpy.ops.render.render(write_still=True)
