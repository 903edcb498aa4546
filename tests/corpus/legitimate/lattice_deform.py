import bpy

ob = bpy.context.object
lat = bpy.data.lattices.new("Cage")
lat.points_u, lat.points_v, lat.points_w = 3, 3, 4
cage = bpy.data.objects.new("Cage", lat)
cage.location = ob.location
cage.scale = [d * 1.05 for d in ob.dimensions]
bpy.context.collection.objects.link(cage)
ob.modifiers.new("Lattice", 'LATTICE').object = cage
for p in lat.points:
    if p.co_deform.z > 0.4:
        p.co_deform.x *= 0.5
