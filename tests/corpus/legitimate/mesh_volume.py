import bpy
import bmesh

bm = bmesh.new()
bm.from_object(bpy.context.object, bpy.context.evaluated_depsgraph_get())
bmesh.ops.triangulate(bm, faces=bm.faces[:])
print("volume", bm.calc_volume(), "area", sum(f.calc_area() for f in bm.faces))
bm.free()
