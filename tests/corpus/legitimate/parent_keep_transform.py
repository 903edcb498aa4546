import bpy

parent = bpy.context.object
for child in bpy.context.selected_objects:
    if child is parent: continue
    world = child.matrix_world.copy()
    child.parent = parent
    child.matrix_parent_inverse = parent.matrix_world.inverted()
    child.matrix_world = world
