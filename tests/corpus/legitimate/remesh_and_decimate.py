import bpy

ob = bpy.context.object
r = ob.modifiers.new("Remesh", 'REMESH')
r.mode = 'VOXEL'
r.voxel_size = max(ob.dimensions) / 100
d = ob.modifiers.new("Decimate", 'DECIMATE')
d.ratio = 0.3
for m in (r, d):
    bpy.ops.object.modifier_apply(modifier=m.name)
