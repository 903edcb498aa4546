import bpy

ob = bpy.context.object
ob["asset_id"] = 42
ob["tags"] = ["wood", "chair"]
ui = ob.id_properties_ui("asset_id")
ui.update(min=0, max=9999, description="Number in the catalogue")
for key in list(ob.keys()):
    if key.startswith("_"):
        del ob[key]
print(dict(ob.items()))
