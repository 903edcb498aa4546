import bpy
import bmesh

obj = bpy.context.edit_object
bm = bmesh.from_edit_mesh(obj.data)
for f in bm.faces:
    f.select = abs(f.normal.z) > 0.9
bm.select_flush_mode()
bmesh.update_edit_mesh(obj.data, loop_triangles=False, destructive=False)
print(sum(f.select for f in bm.faces), "faces selected")
