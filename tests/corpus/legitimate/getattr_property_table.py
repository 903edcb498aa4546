import bpy

FIELDS = ("levels", "render_levels", "count", "width", "segments", "ratio")
for ob in bpy.context.selected_objects:
    for mod in ob.modifiers:
        found = {name: getattr(mod, name) for name in FIELDS if hasattr(mod, name)}
        print(ob.name, mod.type, found)
