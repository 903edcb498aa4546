import bpy

for ob in bpy.context.scene.objects:
    data = ob.data
    count = len(getattr(data, "vertices", ()))
    energy = getattr(data, "energy", None)
    lens = getattr(data, "lens", None)
    print(ob.name, count, energy, lens)
