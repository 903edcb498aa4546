import bpy

ob = bpy.context.object
basis = ob.shape_key_add(name="Basis")
smile = ob.shape_key_add(name="Smile", from_mix=False)
for p in smile.data:
    if p.co.z < 0:
        p.co.y -= 0.1 * abs(p.co.x)
smile.slider_max = 2.0
smile.value = 0.5
for key in list(ob.data.shape_keys.key_blocks):
    if key.name.startswith("tmp"):
        ob.shape_key_remove(key)
