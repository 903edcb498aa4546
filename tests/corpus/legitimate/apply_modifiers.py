import bpy

view = bpy.context.view_layer
for ob in list(bpy.context.selected_objects):
    if ob.type != 'MESH':
        continue
    view.objects.active = ob
    if ob.data.users > 1:
        ob.data = ob.data.copy()
    for m in [m.name for m in ob.modifiers]:
        try:
            bpy.ops.object.modifier_apply(modifier=m)
        except RuntimeError as error:
            print(ob.name, m, error)
