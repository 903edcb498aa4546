import bpy
from itertools import chain, cycle, groupby, islice, product

colors = cycle([(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1)])
for (x, y), color in zip(product(range(4), range(4)), colors):
    bpy.ops.mesh.primitive_plane_add(size=0.9, location=(x, y, 0))
    bpy.context.object.color = color

names = sorted(o.name for o in bpy.data.objects)
for letter, group in groupby(names, key=lambda n: n[0]):
    print(letter, list(islice(group, 3)))
print(len(list(chain.from_iterable(o.name for o in bpy.data.objects))))
