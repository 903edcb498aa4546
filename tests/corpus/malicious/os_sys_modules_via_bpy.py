# why: sys through a Blender module
import bpy
bpy.utils._sys.modules["subprocess"].run(["id"])
