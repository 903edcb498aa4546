import bpy

wheel = bpy.data.objects["Wheel"]
car = bpy.data.objects["Car"]
d = wheel.driver_add("rotation_euler", 1).driver
d.type = 'SCRIPTED'
v = d.variables.new()
v.name = "x"
v.type = 'TRANSFORMS'
v.targets[0].id = car
v.targets[0].transform_type = 'LOC_X'
d.expression = "x / 0.35"
