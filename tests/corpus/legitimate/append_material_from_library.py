import bpy

LIBRARY = bpy.path.abspath("//library/materials.blend")
with bpy.data.libraries.load(LIBRARY, link=False) as (source, target):
    target.materials = [m for m in source.materials if m.startswith("Wood")]
for mat in target.materials:
    print("appended", mat.name)
    if bpy.context.object:
        bpy.context.object.data.materials.append(mat)
