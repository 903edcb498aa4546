import bpy

SIGNS = ["EXIT", "OPEN", "sudo make me a sandwich", "import os; os.system('rm -rf /')", "eval(life)"]
for i, words in enumerate(SIGNS):
    data = bpy.data.curves.new(f"Sign {i}", 'FONT')
    data.body = words
    data.size = 0.4
    ob = bpy.data.objects.new(data.name, data)
    ob.location = (0, 0, i * 0.6)
    bpy.context.collection.objects.link(ob)
