import bpy
from math import cos, sin, tau

gp = bpy.data.grease_pencils.new("Sketch")
ob = bpy.data.objects.new("Sketch", gp)
bpy.context.collection.objects.link(ob)
layer = gp.layers.new("Lines", set_active=True)
frame = layer.frames.new(1)
stroke = frame.strokes.new()
stroke.line_width = 40
stroke.use_cyclic = True
stroke.points.add(64)
for i, p in enumerate(stroke.points):
    p.co = (cos(tau * i / 64), 0, sin(tau * i / 64))
