import bpy

me = bpy.context.object.data
zs = [v.co.z for v in me.vertices]
lo, hi = min(zs), max(zs)
span = (hi - lo) or 1.0
layer = me.color_attributes.get("Height") or me.color_attributes.new("Height", 'BYTE_COLOR', 'POINT')
for v, d in zip(me.vertices, layer.data):
    t = (v.co.z - lo) / span
    d.color = (t, 0.3, 1 - t, 1)
me.color_attributes.active_color = layer
