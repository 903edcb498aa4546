# why: ends Blender, unsaved work is lost
import bpy
bpy.ops.wm.quit_blender()
