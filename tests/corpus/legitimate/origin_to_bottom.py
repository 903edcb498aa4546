import bpy
from mathutils import Vector

for ob in bpy.context.selected_objects:
    if ob.type != 'MESH' or not ob.data.vertices:
        continue
    lowest = min(v.co.z for v in ob.data.vertices)
    shift = Vector((0, 0, -lowest))
    for v in ob.data.vertices:
        v.co += shift
    ob.matrix_world.translation -= ob.matrix_world.to_3x3() @ shift
