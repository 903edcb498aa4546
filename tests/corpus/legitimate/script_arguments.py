import sys
import bpy

argv = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []
scene = bpy.context.scene
for a in argv:
    key, _, value = a.partition("=")
    if key == "samples":
        scene.cycles.samples = int(value)
    elif key == "size":
        scene.render.resolution_x, scene.render.resolution_y = map(int, value.split("x"))
