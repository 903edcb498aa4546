import bpy

width = 24
for o in bpy.context.scene.objects:
    x, y, z = o.location
    print(f"{o.name!r:<{width}}|{x:>8.3f}{y:>8.3f}{z:>8.3f} | {'hidden' if o.hide_viewport else 'shown'} {{{o.type}}}")
