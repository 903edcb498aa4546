import bpy; [o.select_set(o.type == 'LIGHT') for o in bpy.context.scene.objects]; print(len(bpy.context.selected_objects))
