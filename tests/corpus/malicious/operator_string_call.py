# why: the operator is taken by its names as strings
import bpy
getattr(getattr(bpy.ops, "wm"), "quit_blender")()
