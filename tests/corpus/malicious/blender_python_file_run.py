# why: runs a file that nobody has looked at
import bpy
bpy.ops.script.python_file_run(filepath="/tmp/x.py")
