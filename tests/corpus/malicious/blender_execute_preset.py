# why: a preset is a Python file
import bpy
bpy.ops.script.execute_preset(filepath="/tmp/x.py", menu_idname="RENDER_MT_presets")
