import bpy
from array import array

me = bpy.context.object.data
co = array("f", [0.0]) * (len(me.vertices) * 3)
me.vertices.foreach_get("co", co)
xs, ys, zs = co[0::3], co[1::3], co[2::3]
print("x", min(xs), max(xs))
print("y", min(ys), max(ys))
print("z", min(zs), max(zs))
