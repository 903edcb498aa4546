# why: white space and continuation in the operator's path
import bpy
bpy . ops \
    . script . python_file_run ( filepath = "/tmp/x.py" )
