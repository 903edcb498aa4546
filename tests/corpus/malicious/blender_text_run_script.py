# why: runs a text of the scene
import bpy
bpy.ops.text.run_script()
