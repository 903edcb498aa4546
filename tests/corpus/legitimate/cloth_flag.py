import bpy

bpy.ops.mesh.primitive_grid_add(x_subdivisions=40, y_subdivisions=24, size=2, rotation=(1.5708, 0, 0))
flag = bpy.context.object
pin = flag.vertex_groups.new(name="Pin")
pin.add([v.index for v in flag.data.vertices if v.co.x < -0.98], 1.0, 'ADD')
cloth = flag.modifiers.new("Cloth", 'CLOTH')
cloth.settings.vertex_group_mass = "Pin"
cloth.settings.quality = 6
bpy.ops.object.effector_add(type='WIND', location=(-3, 0, 0), rotation=(0, 1.5708, 0))
bpy.context.object.field.strength = 400
