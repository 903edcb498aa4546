# why: an expression of the user becomes code by compile
import bpy
from math import sqrt, sin, cos, pi

EXPRESSION = bpy.context.scene.get("surface", "sin(x) * cos(y)")
code = compile(EXPRESSION, "surface", "eval")
scope = {"sqrt": sqrt, "sin": sin, "cos": cos, "pi": pi}

N = 32
verts = []
for j in range(N):
    for i in range(N):
        x = (i / (N - 1) - 0.5) * 2 * pi
        y = (j / (N - 1) - 0.5) * 2 * pi
        z = eval(code, scope, {"x": x, "y": y})
        verts.append((x, y, z))

faces = [
    (j * N + i, j * N + i + 1, (j + 1) * N + i + 1, (j + 1) * N + i)
    for j in range(N - 1) for i in range(N - 1)
]
mesh = bpy.data.meshes.new("Surface")
mesh.from_pydata(verts, [], faces)
ob = bpy.data.objects.new("Surface", mesh)
bpy.context.collection.objects.link(ob)
