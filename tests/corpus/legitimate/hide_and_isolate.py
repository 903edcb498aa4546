import bpy

keep = set(bpy.context.selected_objects)
for ob in bpy.context.view_layer.objects:
    ob.hide_set(ob not in keep)
    ob.hide_render = ob not in keep
