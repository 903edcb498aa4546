import bpy

GRID = 0.25
snap = lambda v: round(v / GRID) * GRID
for ob in bpy.context.selected_objects:
    ob.location = tuple(map(snap, ob.location))
