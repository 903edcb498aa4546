import bpy
from math import cos, sin, tau

turns, per_turn, radius, pitch = 6, 24, 1.0, 0.4
pts = [(radius * cos(tau * i / per_turn), radius * sin(tau * i / per_turn), pitch * i / per_turn, 1)
       for i in range(turns * per_turn)]
c = bpy.data.curves.new("Helix", type='CURVE')
c.dimensions = '3D'
c.bevel_depth = 0.05
s = c.splines.new('NURBS')
s.points.add(len(pts) - 1)
s.points.foreach_set("co", [x for p in pts for x in p])
s.use_endpoint_u = True
s.order_u = 4
bpy.context.collection.objects.link(bpy.data.objects.new("Helix", c))
