# why: starts a second Blender on code that nobody sees here
import bpy
import subprocess
subprocess.Popen([bpy.app.binary_path, "-b", "--python-expr", "import os; os.remove('/tmp/x')"])
