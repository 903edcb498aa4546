import bpy

names = [o.name for o in bpy.context.scene.objects]
if "Cube" in names:
    names.remove("Cube")
kinds = {o.type for o in bpy.context.scene.objects}
kinds.discard("EMPTY")
while len(names) > 10:
    names.pop()
print(names, sorted(kinds))
