import bpy

notes = bpy.data.texts.get("Notes") or bpy.data.texts.new("Notes")
notes.clear()
notes.write("Scene notes\n")
for ob in sorted(bpy.context.scene.objects, key=lambda o: o.name):
    notes.write(f"- {ob.name} ({ob.type.lower()})\n")
print(notes.as_string())
