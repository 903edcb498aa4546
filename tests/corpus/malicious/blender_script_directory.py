# why: Blender takes scripts from a foreign folder
import bpy
bpy.context.preferences.filepaths.script_directory = "/tmp/x"
bpy.ops.script.reload()
