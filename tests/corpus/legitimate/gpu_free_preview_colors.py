import bpy
import colorsys

obs = [o for o in bpy.context.scene.objects if o.type == 'MESH']
for i, ob in enumerate(obs):
    ob.color = (*colorsys.hsv_to_rgb(i / max(1, len(obs)), 0.7, 0.9), 1.0)
