import bpy

mesh = bpy.data.objects["Body"]
rig = bpy.data.objects["Rig"]
bpy.ops.object.select_all(action='DESELECT')
mesh.select_set(True)
rig.select_set(True)
bpy.context.view_layer.objects.active = rig
bpy.ops.object.parent_set(type='ARMATURE_AUTO')
print([g.name for g in mesh.vertex_groups])
