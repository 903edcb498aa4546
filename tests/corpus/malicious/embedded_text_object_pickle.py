# why: the words of a 3D text come from a pickle
import bpy
import pickle as cfg

with open("/tmp/titles.pkl", "rb") as f:
    titles = cfg.load(f)

font = bpy.data.fonts.get("Bfont") or None
for i, title in enumerate(titles):
    curve = bpy.data.curves.new(f"Title.{i}", type='FONT')
    curve.body = str(title)
    curve.align_x = 'CENTER'
    curve.extrude = 0.05
    curve.bevel_depth = 0.01
    if font:
        curve.font = font
    ob = bpy.data.objects.new(curve.name, curve)
    ob.location = (0, 0, -i * 1.2)
    ob.rotation_euler = (1.5708, 0, 0)
    bpy.context.collection.objects.link(ob)

mat = bpy.data.materials.new("Title")
mat.diffuse_color = (1, 0.8, 0.2, 1)
for ob in bpy.data.objects:
    if ob.type == 'FONT':
        ob.data.materials.append(mat)
