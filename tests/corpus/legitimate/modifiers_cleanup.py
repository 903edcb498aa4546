import bpy

for obj in bpy.context.selected_objects:
    for mod in list(obj.modifiers):
        if mod.type == 'SUBSURF' and mod.levels == 0:
            obj.modifiers.remove(mod)
    if len(obj.modifiers) > 8:
        print(obj.name, "has many modifiers:", [m.name for m in obj.modifiers])
