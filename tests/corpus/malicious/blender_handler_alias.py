# why: the list of handlers goes by another name
from bpy.app.handlers import depsgraph_update_post as changed
changed.append(lambda *_: print("x"))
