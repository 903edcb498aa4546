# why: any Python function knows its module's globals
import bpy
bpy.utils.register_class.__globals__
