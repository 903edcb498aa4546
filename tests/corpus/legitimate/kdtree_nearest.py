import bpy
from mathutils.kdtree import KDTree

a = bpy.context.object
others = [o for o in bpy.context.scene.objects if o is not a]
tree = KDTree(len(others))
for i, o in enumerate(others):
    tree.insert(o.matrix_world.translation, i)
tree.balance()
for co, i, dist in tree.find_n(a.matrix_world.translation, 5):
    print(f"{others[i].name:<20} {dist:.3f}")
