import bpy
import statistics as st
from collections import Counter, defaultdict

sides = Counter()
areas = defaultdict(list)
for me in bpy.data.meshes:
    for p in me.polygons:
        sides[len(p.vertices)] += 1
        areas[me.name].append(p.area)
print(sides.most_common(4))
for name, values in areas.items():
    print(name, round(st.mean(values), 4), round(st.pstdev(values), 4))
