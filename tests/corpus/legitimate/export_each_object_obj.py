import bpy

base = bpy.path.abspath("//export/")
for ob in bpy.context.selected_objects:
    bpy.ops.object.select_all(action='DESELECT')
    ob.select_set(True)
    bpy.ops.wm.obj_export(filepath=base + bpy.path.clean_name(ob.name) + ".obj",
                          export_selected_objects=True)
