import bpy
from mathutils import Vector

class Builder:
    """Builds furniture out of boxes."""

    def __init__(self, name, collection=None):
        self.collection = bpy.data.collections.new(name)
        (collection or bpy.context.scene.collection).children.link(self.collection)
        self.parts = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if exc[0] is None:
            self.finish()
        return False

    def __len__(self):
        return len(self.parts)

    def box(self, size, at):
        bpy.ops.mesh.primitive_cube_add(size=1, location=Vector(at))
        ob = bpy.context.object
        ob.dimensions = size
        for c in ob.users_collection:
            c.objects.unlink(ob)
        self.collection.objects.link(ob)
        self.parts.append(ob)
        return self

    def finish(self):
        for ob in self.parts:
            ob.modifiers.new("Bevel", 'BEVEL').width = 0.01

with Builder("Table") as table:
    table.box((1.6, 0.8, 0.05), (0, 0, 0.75))
    for x in (-0.7, 0.7):
        for y in (-0.3, 0.3):
            table.box((0.06, 0.06, 0.72), (x, y, 0.36))
print(len(table))
