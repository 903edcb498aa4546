# why: the operator goes by another name
from bpy import ops as o
run = o.script.python_file_run
run(filepath="/tmp/x.py")
