import bpy
from math import radians

def battlement(start, end, merlons=10, height=3.0):
    """A wall with merlons between two points on the ground."""
    from mathutils import Vector
    a, b = Vector((*start, 0)), Vector((*end, 0))
    along = b - a
    angle = Vector((1, 0)).angle_signed(along.xy) * -1 if along.length else 0
    bpy.ops.mesh.primitive_cube_add(size=1, location=(a + b) / 2 + Vector((0, 0, height / 2)))
    wall = bpy.context.object
    wall.dimensions = (along.length, 0.6, height)
    wall.rotation_euler.z = angle
    parts = [wall]
    for i in range(merlons):
        at = a + along * ((i + 0.5) / merlons)
        bpy.ops.mesh.primitive_cube_add(size=1, location=at + Vector((0, 0, height + 0.3)))
        m = bpy.context.object
        m.dimensions = (along.length / merlons * 0.55, 0.6, 0.6)
        m.rotation_euler.z = angle
        parts.append(m)
    return parts

corners = [(-8, -8), (8, -8), (8, 8), (-8, 8)]
everything = []
for p, q in zip(corners, corners[1:] + corners[:1]):
    everything += battlement(p, q)

for x, y in corners:
    bpy.ops.mesh.primitive_cylinder_add(vertices=24, radius=1.4, depth=5, location=(x, y, 2.5))
    everything.append(bpy.context.object)
    bpy.ops.mesh.primitive_cone_add(vertices=24, radius1=1.7, depth=2, location=(x, y, 6))
    everything.append(bpy.context.object)

bpy.ops.object.select_all(action='DESELECT')
for ob in everything:
    ob.select_set(True)
bpy.context.view_layer.objects.active = everything[0]
bpy.ops.object.join()
bpy.context.object.name = "Castle"
bpy.context.object.rotation_euler.z = radians(15)
