# why: leaves a script in the folder that Blender runs at every start
import bpy, os
folder = bpy.utils.user_resource("SCRIPTS", path="startup", create=True)
with open(os.path.join(folder, "x.py"), "w") as f:
    f.write("import os\n")
