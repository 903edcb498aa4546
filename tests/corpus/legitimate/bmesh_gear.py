import bpy
import bmesh
from math import cos, sin, tau

def gear(teeth=16, inner=0.8, outer=1.0, depth=0.3):
    bm = bmesh.new()
    ring = []
    for i in range(teeth * 4):
        r = outer if i % 4 in (1, 2) else inner
        a = tau * i / (teeth * 4)
        ring.append(bm.verts.new((r * cos(a), r * sin(a), 0)))
    face = bm.faces.new(ring)
    ret = bmesh.ops.extrude_face_region(bm, geom=[face])
    lifted = [e for e in ret['geom'] if isinstance(e, bmesh.types.BMVert)]
    bmesh.ops.translate(bm, vec=(0, 0, depth), verts=lifted)
    bmesh.ops.recalc_face_normals(bm, faces=bm.faces[:])
    mesh = bpy.data.meshes.new("Gear")
    bm.to_mesh(mesh)
    bm.free()
    return mesh

ob = bpy.data.objects.new("Gear", gear())
bpy.context.scene.collection.objects.link(ob)
bevel = ob.modifiers.new("Bevel", 'BEVEL')
bevel.width = 0.02
bevel.limit_method = 'ANGLE'
