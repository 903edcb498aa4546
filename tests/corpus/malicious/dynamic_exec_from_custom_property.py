# why: executes what an object's custom property holds
import bpy
exec(bpy.context.object["notes"])
