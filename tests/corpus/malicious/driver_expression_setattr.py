# why: the driver's expression is set by setattr
import bpy
d = bpy.context.object.driver_add("scale", 0).driver
setattr(d, "expression", "__import__('os').getpid()")
