import bpy

n = 10
verts = [(x, y, 0.0) for y in range(n + 1) for x in range(n + 1)]
faces = [(i, i + 1, i + n + 2, i + n + 1)
         for y in range(n) for i in range(y * (n + 1), y * (n + 1) + n)]
me = bpy.data.meshes.new("Grid")
me.from_pydata(verts, [], faces)
me.validate(verbose=True)
me.update(calc_edges=True)
ob = bpy.data.objects.new("Grid", me)
bpy.context.collection.objects.link(ob)
