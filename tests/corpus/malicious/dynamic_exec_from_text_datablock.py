# why: executes a text that is stored in the scene
import bpy
exec(bpy.data.texts["startup"].as_string())
