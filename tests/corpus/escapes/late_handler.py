# why: a handler that runs when Blender calls it
# hook: file.write
# sandbox: Landlock
import bpy
def later(scene, graph):
    open(OUTSIDE + '/new', 'w').write('x')
bpy.app.handlers.depsgraph_update_post.append(later)
bpy.data.objects[0].location.x += 1
bpy.context.view_layer.update()
bpy.app.handlers.depsgraph_update_post.remove(later)
