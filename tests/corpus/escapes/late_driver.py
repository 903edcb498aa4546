# why: a function that a driver calls
# hook: file.write
# sandbox: Landlock
import os
bpy.app.driver_namespace['later'] = lambda: os.mkdir(OUTSIDE + '/new') or 1.0
bpy.data.objects[0].driver_add('location', 0).driver.expression = 'later()'
bpy.context.view_layer.update()
bpy.data.objects[0].driver_remove('location', 0)
