import bpy
from math import sqrt

def herringbone(nx, ny, w=1.0, h=0.3):
    for i in range(nx):
        for j in range(ny):
            yield (i * w - j * h, j * h + i * h, 0.0)
            yield (i * w - j * h + w, j * h + i * h - w + h, 1.5708)

def hexagons(nx, ny, r=0.5):
    dx, dy = sqrt(3) * r, 1.5 * r
    for j in range(ny):
        for i in range(nx):
            yield (i * dx + (j % 2) * dx / 2, j * dy, 0.0)

def lay(name, positions, mesh):
    col = bpy.data.collections.new(name)
    bpy.context.scene.collection.children.link(col)
    for n, (x, y, turn) in enumerate(positions):
        t = bpy.data.objects.new(f"{name}.{n:03}", mesh)
        t.location = x, y, 0
        t.rotation_euler = 0, 0, turn
        col.objects.link(t)
    return col

plank = bpy.data.meshes.new("Plank")
plank.from_pydata([(0, 0, 0), (1, 0, 0), (1, .3, 0), (0, .3, 0)], (), [(0, 1, 2, 3)])
bpy.ops.mesh.primitive_circle_add(vertices=6, radius=0.48, fill_type='NGON')
hexa = bpy.context.object.data
bpy.data.objects.remove(bpy.context.object)
lay("Herringbone", herringbone(6, 6), plank)
lay("Hexagons", hexagons(8, 8), hexa)
