import struct
import bpy

SIZE = 64
with open(bpy.path.abspath("//height.raw"), "rb") as raw:
    data = raw.read(SIZE * SIZE * 2)
heights = struct.unpack(f"<{SIZE * SIZE}H", data)
verts = [(i % SIZE, i // SIZE, h / 6553.5) for i, h in enumerate(heights)]
faces = [(i, i + 1, i + SIZE + 1, i + SIZE)
         for i in range(SIZE * (SIZE - 1)) if (i + 1) % SIZE]
me = bpy.data.meshes.new("Height")
me.from_pydata(verts, [], faces)
bpy.context.collection.objects.link(bpy.data.objects.new("Height", me))
