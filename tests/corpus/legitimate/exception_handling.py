import bpy

class SceneError(RuntimeError):
    pass

def require(name):
    try:
        return bpy.data.objects[name]
    except KeyError as missing:
        raise SceneError(f"no object called {missing}") from None

try:
    require("Nonexistent")
except SceneError as e:
    print("skipped:", e)
finally:
    bpy.context.view_layer.update()
