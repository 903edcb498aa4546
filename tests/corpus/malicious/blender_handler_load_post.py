# why: runs after every opening of a file
import bpy
@bpy.app.handlers.persistent
def again(*_):
    print("x")
bpy.app.handlers.load_post.append(again)
