# why: a button runs a file when it is clicked
import bpy
def draw(self, context):
    self.layout.operator("script.python_file_run", text="Save").filepath = "/tmp/x.py"
bpy.types.TOPBAR_MT_file.append(draw)
