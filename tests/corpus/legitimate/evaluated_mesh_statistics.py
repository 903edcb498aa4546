import bpy

depsgraph = bpy.context.evaluated_depsgraph_get()
total = 0
for ob in bpy.context.visible_objects:
    evaluated = ob.evaluated_get(depsgraph)
    try:
        mesh = evaluated.to_mesh()
    except RuntimeError:
        continue
    mesh.calc_loop_triangles()
    total += len(mesh.loop_triangles)
    evaluated.to_mesh_clear()
print(f"{total:,} triangles")
