from dataclasses import dataclass, field
from functools import lru_cache, partial, reduce
import bpy

@dataclass(frozen=True)
class Plank:
    length: float
    width: float = 0.12
    tags: tuple = field(default_factory=tuple)

    @property
    def area(self):
        return self.length * self.width

@lru_cache(maxsize=None)
def mesh_for(length, width):
    me = bpy.data.meshes.new(f"Plank {length:.2f}")
    x, y = length / 2, width / 2
    me.from_pydata([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)], [], [(0, 1, 2, 3)])
    return me

planks = [Plank(1 + i % 3 * 0.5) for i in range(20)]
put = partial(bpy.data.objects.new, "Plank")
for row, p in enumerate(planks):
    ob = put(mesh_for(p.length, p.width))
    ob.location.y = row * (p.width + 0.005)
    bpy.context.collection.objects.link(ob)
print("area", reduce(lambda a, b: a + b.area, planks, 0.0))
