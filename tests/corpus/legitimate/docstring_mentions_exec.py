import bpy

def tidy(scene):
    """Tidy up.

    Earlier versions did this with exec("...") and os.remove(...). That is not needed:
    collection.objects.unlink(obj) does it.

    >>> tidy(bpy.context.scene)  # doctest: +SKIP
    """
    for ob in scene.objects:
        ob.name = ob.name.strip()

tidy(bpy.context.scene)
