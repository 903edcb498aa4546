# why: throws the whole session away
import bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
