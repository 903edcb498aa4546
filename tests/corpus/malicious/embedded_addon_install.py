# why: an asset set-up installs an add-on from a download folder
import bpy

prefs = bpy.context.preferences
view = prefs.view
view.show_tooltips_python = True
view.show_developer_ui = True
prefs.edit.undo_steps = 64
prefs.inputs.use_mouse_emulate_3_button = False

scene = bpy.context.scene
scene.unit_settings.system = 'METRIC'
scene.unit_settings.length_unit = 'CENTIMETERS'
scene.unit_settings.scale_length = 0.01

bpy.ops.preferences.addon_install(filepath="/home/user/Downloads/assets.zip")
bpy.ops.preferences.addon_enable(module="assets")

for area in bpy.context.screen.areas:
    if area.type == 'VIEW_3D':
        space = area.spaces.active
        space.shading.type = 'MATERIAL'
        space.overlay.show_floor = True
        space.clip_end = 10000
print("units set")
