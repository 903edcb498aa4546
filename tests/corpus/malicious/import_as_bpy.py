# why: os is called bpy
import os as bpy
bpy.system("id > /tmp/x")
