import bpy

cube = bpy.data.objects["Cube"]
ctrl = bpy.data.objects.get("Control") or bpy.data.objects.new("Control", None)
if ctrl.name not in bpy.context.scene.objects:
    bpy.context.scene.collection.objects.link(ctrl)
ctrl["lift"] = 0.0

fcurve = cube.driver_add("location", 2)
driver = fcurve.driver
driver.type = 'SUM'
var = driver.variables.new()
var.name = "lift"
target = var.targets[0]
target.id = ctrl
target.data_path = '["lift"]'
