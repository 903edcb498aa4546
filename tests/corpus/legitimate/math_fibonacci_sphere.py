import math
import bpy

count = 200
golden = math.pi * (3 - math.sqrt(5))
points = []
for i in range(count):
    z = 1 - 2 * i / (count - 1)
    r = math.sqrt(1 - z * z)
    points.append((r * math.cos(golden * i), r * math.sin(golden * i), z))
me = bpy.data.meshes.new("Fibonacci")
me.from_pydata(points, [], [])
bpy.context.scene.collection.objects.link(bpy.data.objects.new("Fibonacci", me))
