import bpy, bmesh

for ob in bpy.context.selected_objects:
    if ob.type == 'MESH':
        bm = bmesh.new(); bm.from_mesh(ob.data)
        bad = [e.index for e in bm.edges if not e.is_manifold]
        print(ob.name, "watertight" if not bad else f"{len(bad)} open edges")
        bm.free()
