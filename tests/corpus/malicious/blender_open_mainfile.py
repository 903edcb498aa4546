# why: replaces the scene and runs the scripts of the other file
import bpy
bpy.ops.wm.open_mainfile(filepath="/tmp/x.blend", load_ui=False, use_scripts=True)
