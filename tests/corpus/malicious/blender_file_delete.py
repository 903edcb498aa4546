# why: Blender's own file browser deletes
import bpy
bpy.ops.file.delete()
