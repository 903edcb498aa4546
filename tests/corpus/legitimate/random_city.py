import bpy
from random import seed, uniform, choice

seed(2024)
BLOCK, STREET = 8, 2
palette = [bpy.data.materials.new(f"Facade {i}") for i in range(4)]
for i, mat in enumerate(palette):
    mat.diffuse_color = (0.3 + 0.1 * i, 0.35, 0.4, 1)

city = bpy.data.collections.new("City")
bpy.context.scene.collection.children.link(city)
cube = bpy.data.meshes.new("Unit")
cube.from_pydata([(x, y, z) for x in (-.5, .5) for y in (-.5, .5) for z in (0, 1)], [],
                 [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])

for bx in range(-3, 4):
    for by in range(-3, 4):
        distance = (bx * bx + by * by) ** 0.5
        for lot in range(4):
            w, d = uniform(1.5, 3), uniform(1.5, 3)
            h = max(2.0, uniform(4, 20) / (1 + distance * 0.6))
            ob = bpy.data.objects.new("House", cube)
            ob.scale = (w, d, h)
            ob.location = (
                bx * (BLOCK + STREET) + (lot % 2 - 0.5) * BLOCK / 2,
                by * (BLOCK + STREET) + (lot // 2 - 0.5) * BLOCK / 2,
                0,
            )
            city.objects.link(ob)
if not cube.materials:
    cube.materials.append(choice(palette))
print(len(city.objects), "houses")
