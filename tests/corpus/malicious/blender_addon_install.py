# why: installs an add-on from disk
import bpy
bpy.ops.preferences.addon_install(filepath="/tmp/x.zip", overwrite=True)
bpy.ops.preferences.addon_enable(module="x")
