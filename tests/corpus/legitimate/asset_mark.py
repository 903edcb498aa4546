import bpy

for ob in bpy.context.selected_objects:
    ob.asset_mark()
    ob.asset_data.description = f"{ob.type.title()} from {bpy.path.basename(bpy.data.filepath)}"
    ob.asset_data.tags.new("kit", skip_if_exists=True)
    ob.asset_generate_preview()
