import bpy
from math import radians
from mathutils import Euler, Matrix, Quaternion, Vector

m = Matrix.LocRotScale(Vector((1, 2, 3)), Euler((0, 0, radians(45))), Vector((2, 2, 2)))
loc, rot, scale = m.decompose()
q = Quaternion((0, 0, 1), radians(90))
print(loc, rot.to_euler(), scale)
print((q @ Vector((1, 0, 0))).to_tuple(3))
bpy.context.object.matrix_world = m
