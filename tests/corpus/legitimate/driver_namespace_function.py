import bpy
from math import floor

def stepped(value, step):
    return floor(value / step) * step

bpy.app.driver_namespace["stepped"] = stepped
d = bpy.context.object.driver_add("location", 0).driver
d.expression = "stepped(frame / 24, 0.25)"
