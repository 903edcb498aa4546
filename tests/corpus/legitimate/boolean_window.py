import bpy

wall = bpy.data.objects["Wall"]
bpy.ops.mesh.primitive_cube_add(size=1, location=wall.location)
cutter = bpy.context.object
cutter.name = "Window cutter"
cutter.dimensions = (1.2, wall.dimensions.y * 2, 1.4)
cutter.display_type = 'WIRE'
cutter.hide_render = True
boolean = wall.modifiers.new("Window", 'BOOLEAN')
boolean.object = cutter
boolean.operation = 'DIFFERENCE'
boolean.solver = 'EXACT'
