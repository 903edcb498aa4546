import bpy, bmesh

for ob in bpy.context.selected_objects:
    if ob.type != 'MESH':
        continue
    bm = bmesh.new()
    bm.from_mesh(ob.data)
    loose = [v for v in bm.verts if not v.link_faces]
    bmesh.ops.delete(bm, geom=loose, context='VERTS')
    bm.verts.index_update()
    for e in [e for e in bm.edges if len(e.link_faces) == 0]:
        bm.edges.remove(e)
    bm.to_mesh(ob.data)
    bm.free()
    print(ob.name, len(loose), "loose vertices removed")
