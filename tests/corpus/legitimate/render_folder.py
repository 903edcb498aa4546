import os
import bpy

folder = os.path.join(bpy.path.abspath("//"), "renders", bpy.context.scene.name)
os.makedirs(folder, exist_ok=True)
bpy.context.scene.render.filepath = os.path.join(folder, "frame_")
