import bpy

scene = bpy.context.scene
by_type = {t: [o.name for o in scene.objects if o.type == t] for t in {o.type for o in scene.objects}}
triangles = {o.name: sum(len(p.vertices) - 2 for p in o.data.polygons)
             for o in scene.objects if o.type == 'MESH'}
shared = {m.name: m.users for m in bpy.data.meshes if m.users > 1}
pairs = [(a, b) for a in by_type for b in by_type if a < b]
print(by_type, triangles, shared, len(pairs), sep="\n")
