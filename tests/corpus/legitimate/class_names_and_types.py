import bpy

counts = {}
for ob in bpy.data.objects:
    kind = type(ob.data).__name__
    counts[kind] = counts.get(kind, 0) + 1
for kind, n in sorted(counts.items(), key=lambda kv: -kv[1]):
    print(f"{kind:<16}{n}")
print(bpy.types.Object.__doc__)
print(bpy.context.object.__class__.__name__)
