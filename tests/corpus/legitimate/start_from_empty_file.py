import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
bpy.ops.mesh.primitive_monkey_add(location=(0, 0, 1))
bpy.ops.object.light_add(type='SUN', location=(4, 4, 8))
bpy.ops.object.camera_add(location=(6, -6, 4), rotation=(1.1, 0, 0.8))
scene.camera = bpy.context.object
