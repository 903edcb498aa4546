import bpy
from math import radians

me = bpy.context.object.data
me.use_auto_smooth = True if hasattr(me, "use_auto_smooth") else None
limit = radians(30)
import bmesh
bm = bmesh.new()
bm.from_mesh(me)
for e in bm.edges:
    if len(e.link_faces) == 2:
        e.smooth = e.calc_face_angle(0.0) < limit
bm.to_mesh(me)
bm.free()
