import bpy

ob = bpy.context.object
vg = ob.vertex_groups.get("Gradient") or ob.vertex_groups.new(name="Gradient")
zs = [v.co.z for v in ob.data.vertices]
lo, hi = min(zs), max(zs)
for v in ob.data.vertices:
    vg.add([v.index], (v.co.z - lo) / ((hi - lo) or 1), 'REPLACE')
vg.remove([v.index for v in ob.data.vertices if v.hide])
