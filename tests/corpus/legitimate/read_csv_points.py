import csv
import bpy

verts = []
with open(bpy.path.abspath("//points.csv"), newline="") as f:
    for row in csv.DictReader(f):
        verts.append(tuple(float(row[k]) for k in ("x", "y", "z")))

me = bpy.data.meshes.new("Points")
me.from_pydata(verts, [], [])
bpy.context.collection.objects.link(bpy.data.objects.new("Points", me))
print(len(verts), "points")
