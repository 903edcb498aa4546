# why: the call beneath all operators
import _bpy
_bpy.ops.call("SCRIPT_OT_python_file_run", {"filepath": "/tmp/x.py"}, "EXEC_DEFAULT")
