# why: a handler by extend, found by name
import bpy
getattr(bpy.app.handlers, "load_post").extend([print])
