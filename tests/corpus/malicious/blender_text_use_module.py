# why: the text runs whenever the file is opened
import bpy
t = bpy.data.texts.new("rig_ui.py")
t.write("import os")
t.use_module = True
