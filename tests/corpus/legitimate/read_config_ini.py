import configparser
import bpy

ini = configparser.ConfigParser()
ini.read(bpy.path.abspath("//scene.ini"))
scene = bpy.context.scene
if ini.has_section("render"):
    render = ini["render"]
    scene.render.fps = render.getint("fps", 24)
    scene.frame_end = render.getint("frames", 250)
    scene.render.resolution_x, scene.render.resolution_y = (
        int(n) for n in render.get("size", "1920x1080").split("x"))
