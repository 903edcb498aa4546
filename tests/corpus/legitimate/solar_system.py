import bpy
from math import tau

PLANETS = [
    ("Mercury", 0.1, 2.0, 88, (0.5, 0.45, 0.4)),
    ("Venus", 0.18, 3.0, 225, (0.9, 0.7, 0.4)),
    ("Earth", 0.2, 4.2, 365, (0.2, 0.4, 0.8)),
    ("Mars", 0.14, 5.5, 687, (0.7, 0.3, 0.2)),
]

class SolarSystem:
    def __init__(self, name="System"):
        self.system = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(self.system)

    def planet(self, name, radius, orbit, days, colour):
        pivot = bpy.data.objects.new(name + " orbit", None)
        self.system.objects.link(pivot)
        bpy.ops.mesh.primitive_uv_sphere_add(radius=radius, location=(orbit, 0, 0))
        ob = bpy.context.object
        ob.name, ob.parent = name, pivot
        mat = bpy.data.materials.new(name)
        mat.diffuse_color = (*colour, 1)
        ob.data.materials.append(mat)
        pivot.keyframe_insert("rotation_euler", index=2, frame=1)
        pivot.rotation_euler.z = tau * 365 / days
        pivot.keyframe_insert("rotation_euler", index=2, frame=366)
        return ob

sol = SolarSystem()
for row in PLANETS:
    sol.planet(*row)
bpy.context.scene.frame_end = 365
print(len(sol.system.objects))
