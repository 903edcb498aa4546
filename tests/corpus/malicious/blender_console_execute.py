# why: the console executes what stands in its line
import bpy
bpy.ops.console.insert(text="__import__('os').system('id')")
bpy.ops.console.execute(interactive=True)
