import bmesh
import bpy
from mathutils import Matrix, Vector
from random import Random

rng = Random(7)
me = bpy.data.meshes.new("Tower")
bm = bmesh.new()
bmesh.ops.create_circle(bm, cap_ends=True, radius=2.0, segments=8)
bm.faces.ensure_lookup_table()
top = bm.faces[0]

for floor in range(12):
    result = bmesh.ops.extrude_discrete_faces(bm, faces=[top])
    top = result["faces"][0]
    bmesh.ops.translate(bm, vec=Vector((0, 0, 0.8)), verts=top.verts)
    angle = rng.uniform(-0.1, 0.1)
    centre = top.calc_center_median()
    bmesh.ops.rotate(bm, cent=centre, matrix=Matrix.Rotation(angle, 3, 'Z'), verts=top.verts)
    factor = 0.95 if floor % 3 else 0.85
    for v in top.verts:
        v.co = centre + (v.co - centre) * factor

bm.to_mesh(me)
bm.free()
bpy.context.collection.objects.link(bpy.data.objects.new("Tower", me))
