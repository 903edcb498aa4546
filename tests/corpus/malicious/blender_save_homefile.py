# why: every new file begins with what is now in the scene
import bpy
bpy.ops.wm.save_homefile()
