# why: as_module executes the text
import bpy
bpy.data.texts["notes"].as_module()
