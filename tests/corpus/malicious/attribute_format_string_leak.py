# why: str.format walks attributes
import bpy
print("{0.__init__.__globals__[_os]}".format(bpy.utils.register_class))
