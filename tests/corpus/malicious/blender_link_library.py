# why: drivers and texts come along with a linked file
import bpy
bpy.ops.wm.append(filepath="/tmp/x.blend/Text/x", directory="/tmp/x.blend/Text/", filename="x")
