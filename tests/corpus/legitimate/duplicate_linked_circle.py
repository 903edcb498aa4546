import bpy
from math import cos, sin, tau

src = bpy.context.object
n, r = 12, 5
for k in range(n):
    dup = src.copy()          # shares the mesh
    dup.location = r * cos(tau * k / n), r * sin(tau * k / n), src.location.z
    dup.rotation_euler[2] = tau * k / n
    src.users_collection[0].objects.link(dup)
