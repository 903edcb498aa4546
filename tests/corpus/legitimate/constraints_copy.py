import bpy

source = bpy.context.object
for target in bpy.context.selected_objects:
    if target == source:
        continue
    for con in source.constraints:
        new = target.constraints.new(con.type)
        for prop in con.bl_rna.properties:
            if not prop.is_readonly:
                setattr(new, prop.identifier, getattr(con, prop.identifier))
