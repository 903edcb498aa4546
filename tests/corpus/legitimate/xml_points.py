import xml.etree.ElementTree as ET
import bpy

SVG = """<svg xmlns="http://www.w3.org/2000/svg"><polyline points="0,0 10,0 10,10 0,10"/>
<polyline points="2,2 8,2 5,8"/></svg>"""
root = ET.fromstring(SVG)
for n, line in enumerate(root.iter("{http://www.w3.org/2000/svg}polyline")):
    pts = [tuple(float(v) / 10 for v in p.split(",")) for p in line.get("points").split()]
    cu = bpy.data.curves.new(f"Path {n}", 'CURVE')
    sp = cu.splines.new('POLY')
    sp.points.add(len(pts) - 1)
    for p, (x, y) in zip(sp.points, pts):
        p.co = (x, y, 0, 1)
    sp.use_cyclic_u = True
    cu.dimensions, cu.fill_mode = '2D', 'BOTH'
    bpy.context.collection.objects.link(bpy.data.objects.new(cu.name, cu))
