import bpy

def active(ob):
    bpy.context.view_layer.objects.active = ob
    ob.select_set(True)

bpy.ops.object.select_all(action='DESELECT')
for ob in bpy.data.objects:
    if ob.type != 'MESH' or ob.library is not None:
        continue
    active(ob)
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    bpy.ops.object.mode_set(mode='EDIT')
    bpy.ops.mesh.select_all(action='SELECT')
    bpy.ops.mesh.remove_doubles(threshold=0.0001)
    bpy.ops.mesh.normals_make_consistent(inside=False)
    bpy.ops.mesh.delete_loose()
    bpy.ops.object.mode_set(mode='OBJECT')
    ob.select_set(False)
