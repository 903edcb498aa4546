# why: a key of the user now runs a file
import bpy
km = bpy.context.window_manager.keyconfigs.addon.keymaps.new("Window")
kmi = km.keymap_items.new("script.python_file_run", 'S', 'PRESS', ctrl=True)
kmi.properties.filepath = "/tmp/x.py"
