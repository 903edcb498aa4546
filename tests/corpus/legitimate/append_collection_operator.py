import bpy

blend = bpy.path.abspath("//kit.blend")
bpy.ops.wm.append(directory=blend + "/Collection/", filename="Trees", link=False)
