import bpy

us = bpy.context.scene.unit_settings
us.system = 'IMPERIAL'
us.system_rotation = 'DEGREES'
us.length_unit = 'FEET'
print(us.system, us.length_unit)
