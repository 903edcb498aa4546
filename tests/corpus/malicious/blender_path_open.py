# why: opens a file with its program
import bpy
bpy.ops.wm.path_open(filepath="/tmp/x.sh")
