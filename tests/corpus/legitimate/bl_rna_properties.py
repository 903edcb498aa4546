import bpy

mod = bpy.context.object.modifiers.active
for prop in mod.bl_rna.properties:
    if not prop.is_readonly and prop.identifier != "rna_type":
        print(prop.identifier, prop.type, getattr(mod, prop.identifier))
