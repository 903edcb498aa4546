import bpy

scene = bpy.context.scene
scene.unit_settings.system = 'METRIC'
scene.unit_settings.scale_length = 0.001
ob = bpy.context.object
bpy.ops.object.transform_apply(location=False, rotation=True, scale=True)
size = ob.dimensions
print("size in mm: %.1f x %.1f x %.1f" % tuple(size))
bpy.ops.export_mesh.stl(filepath="//print/%s.stl" % ob.name, use_selection=True)
