# why: runs a file as a module
import bpy
bpy.utils.execfile("/tmp/x.py")
