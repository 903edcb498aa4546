# why: the operator module is imported by its path
import bpy.ops as operators
operators.script.python_file_run(filepath="/tmp/x.py")
