import bpy

bpy.ops.ed.undo_push(message="Before the change")
for ob in bpy.context.selected_objects:
    ob.scale *= 2
bpy.ops.ed.undo_push(message="Doubled")
