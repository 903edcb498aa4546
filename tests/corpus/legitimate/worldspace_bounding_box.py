import bpy
from functools import reduce
from mathutils import Vector

corners = [o.matrix_world @ Vector(c) for o in bpy.context.selected_objects for c in o.bound_box]
lo = Vector(reduce(lambda a, b: map(min, a, b), corners))
hi = Vector(reduce(lambda a, b: map(max, a, b), corners))
print("min", lo, "max", hi, "size", hi - lo)
