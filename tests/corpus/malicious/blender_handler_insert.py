# why: insert and += do what append does
import bpy
h = bpy.app.handlers
h.save_pre.insert(0, print)
h.render_post += [print]
