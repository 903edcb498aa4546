import bpy

for vl in bpy.context.scene.view_layers:
    vl.use_pass_z = True
    vl.use_pass_mist = True
    vl.use_pass_cryptomatte_object = True
    vl.pass_cryptomatte_depth = 6
    for lc in vl.layer_collection.children:
        lc.exclude = lc.name.startswith("_")
