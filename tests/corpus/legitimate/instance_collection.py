import bpy

col = bpy.data.collections["Tree"]
for x in range(-20, 21, 5):
    inst = bpy.data.objects.new(f"Tree inst {x}", None)
    inst.instance_type = 'COLLECTION'
    inst.instance_collection = col
    inst.location = (x, 10, 0)
    bpy.context.scene.collection.objects.link(inst)
