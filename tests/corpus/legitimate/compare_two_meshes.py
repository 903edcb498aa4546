import bpy

a, b = (bpy.data.objects[n].data for n in ("Before", "After"))
same = len(a.vertices) == len(b.vertices) and all(
    (p.co - q.co).length < 1e-5 for p, q in zip(a.vertices, b.vertices))
print("identical" if same else "different")
