import bpy

def show(ob, depth=0):
    print("  " * depth + f"{ob.name} [{ob.type}]")
    for child in sorted(ob.children, key=lambda c: c.name):
        show(child, depth + 1)

for root in (o for o in bpy.context.scene.objects if o.parent is None):
    show(root)
