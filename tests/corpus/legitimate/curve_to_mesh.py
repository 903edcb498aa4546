import bpy

for ob in list(bpy.context.selected_objects):
    if ob.type not in {'CURVE', 'FONT', 'SURFACE'}:
        continue
    mesh = bpy.data.meshes.new_from_object(ob)
    new = bpy.data.objects.new(ob.name + "_mesh", mesh)
    new.matrix_world = ob.matrix_world
    ob.users_collection[0].objects.link(new)
    ob.hide_set(True)
