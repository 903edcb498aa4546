import bpy

for screen in bpy.data.screens:
    for area in (a for a in screen.areas if a.type == 'VIEW_3D'):
        shading = area.spaces.active.shading
        shading.type = 'SOLID'
        shading.light = 'MATCAP'
        shading.show_cavity = True
        area.spaces.active.overlay.show_wireframes = False
