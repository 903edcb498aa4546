import bpy

if (active := bpy.context.object) and (n := len(active.modifiers)) > 3:
    print(f"{active.name} has {n} modifiers")
order = sorted(bpy.data.objects, key=lambda o: (o.type, -o.dimensions.length, o.name))
pick = (lambda seq, i: seq[i % len(seq)]) if order else (lambda *_: None)
print(pick(order, 5))
