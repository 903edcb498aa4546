import bpy
from mathutils import noise

ob = bpy.context.object
noise.seed_set(4)
for v in ob.data.vertices:
    n = noise.turbulence(v.co * 1.5, 4, False)
    v.co += v.normal * n * 0.1
ob.data.update()
