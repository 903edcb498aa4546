import bpy

data = bpy.data.armatures.new("Tail")
rig = bpy.data.objects.new("Tail", data)
bpy.context.collection.objects.link(rig)
bpy.context.view_layer.objects.active = rig
rig.select_set(True)
bpy.ops.object.mode_set(mode='EDIT')
previous = None
for i in range(8):
    b = data.edit_bones.new(f"tail_{i}")
    b.head = (0, i * 0.25, 0)
    b.tail = (0, (i + 1) * 0.25, 0)
    b.parent, b.use_connect = previous, previous is not None
    previous = b
bpy.ops.object.mode_set(mode='OBJECT')
