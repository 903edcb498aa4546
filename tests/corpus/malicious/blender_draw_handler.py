# why: a callback in every redraw, for ever
import bpy
bpy.types.SpaceView3D.draw_handler_add(lambda: print("x"), (), "WINDOW", "POST_PIXEL")
