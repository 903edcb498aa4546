import bpy
import random

random.seed(11)
mb = bpy.data.metaballs.new("Blob")
mb.resolution = 0.15
ob = bpy.data.objects.new("Blob", mb)
bpy.context.collection.objects.link(ob)
for _ in range(20):
    e = mb.elements.new(type='BALL')
    e.co = [random.gauss(0, 1) for _ in range(3)]
    e.radius = random.uniform(0.4, 1.0)
