import bpy
from mathutils import Vector

scene = bpy.context.scene
dg = bpy.context.evaluated_depsgraph_get()
for ob in bpy.context.selected_objects:
    ob.hide_set(True)
    dg.update()
    hit, location, normal, _index, target, _m = scene.ray_cast(
        dg, ob.location + Vector((0, 0, 100)), Vector((0, 0, -1)))
    ob.hide_set(False)
    if hit:
        ob.location = location
        ob.rotation_euler = normal.to_track_quat('Z', 'Y').to_euler()
