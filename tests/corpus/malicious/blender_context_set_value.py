# why: this operator evaluates its value as Python
import bpy
bpy.ops.wm.context_set_value(data_path="scene.frame_end", value="__import__('os').system('id')")
