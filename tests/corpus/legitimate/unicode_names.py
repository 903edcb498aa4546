import bpy

bpy.ops.mesh.primitive_torus_add()
ob = bpy.context.object
ob.name = "Ring – größer 🎨"
日本語 = {"立方体": "Cube", "球": "Sphere"}
for label, name in 日本語.items():
    if name in bpy.data.objects:
        bpy.data.objects[name].name = label
print("Ｆｕｌｌｗｉｄｔｈ ｏｓ．ｓｙｓｔｅｍ in a string")
