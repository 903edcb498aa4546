import bpy
from mathutils.bvhtree import BVHTree

dg = bpy.context.evaluated_depsgraph_get()
trees = {o.name: BVHTree.FromObject(o, dg) for o in bpy.context.selected_objects if o.type == 'MESH'}
names = sorted(trees)
for i, a in enumerate(names):
    for b in names[i + 1:]:
        if trees[a].overlap(trees[b]):
            print(a, "touches", b)
