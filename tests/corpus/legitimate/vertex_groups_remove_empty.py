import bpy

ob = bpy.context.active_object
used = set()
for v in ob.data.vertices:
    for g in v.groups:
        if g.weight > 1e-4:
            used.add(g.group)
for vg in reversed(ob.vertex_groups[:]):
    if vg.index not in used:
        ob.vertex_groups.remove(vg)
