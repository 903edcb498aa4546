import bpy
import sys

print("Blender", bpy.app.version_string, "Python", sys.version.split()[0])
if bpy.app.version >= (4, 0, 0):
    weight = "Emission Strength"
else:
    weight = "Emission"
print(weight, sys.platform, sys.maxsize > 2**32)
