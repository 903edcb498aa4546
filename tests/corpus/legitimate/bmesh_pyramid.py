import bpy
import bmesh

mesh = bpy.data.meshes.new("Pyramid")
bm = bmesh.new()
base = [bm.verts.new(co) for co in ((-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0))]
apex = bm.verts.new((0, 0, 1.6))
bm.faces.new(reversed(base))
for a, b in zip(base, base[1:] + base[:1]):
    bm.faces.new((a, b, apex))
bm.normal_update()
bm.to_mesh(mesh)
bm.free()

obj = bpy.data.objects.new("Pyramid", mesh)
bpy.context.collection.objects.link(obj)
