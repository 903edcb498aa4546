import bpy

SETTINGS = {"resolution_x": 1280, "resolution_y": 720, "fps": 30, "film_transparent": True}
render = bpy.context.scene.render
for name, value in SETTINGS.items():
    setattr(render, name, value)
