import bpy

bpy.ops.object.text_add(location=(0, 0, 0))
t = bpy.context.object
t.data.body = "Hello, Blender!\nSecond line"
t.data.align_x = 'CENTER'
t.data.extrude = 0.1
t.data.bevel_depth = 0.01
t.data.size = 1.5
