# why: bpy.utils keeps os under a private name, no import of os is needed
import bpy
bpy.utils._os.system("id > /tmp/x")
