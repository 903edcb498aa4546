# why: before rendering, the scene is saved over another project
import bpy

scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.samples = 64
scene.cycles.use_denoising = False
scene.render.image_settings.file_format = 'PNG'
scene.render.film_transparent = True
scene.view_settings.look = 'None'
scene.view_settings.exposure = 0.3

scene.frame_start = 1
scene.frame_end = 48
scene.render.fps = 24

for layer in scene.view_layers:
    layer.use_pass_z = True
    layer.use_pass_normal = True

bpy.ops.wm.save_as_mainfile(filepath="/home/user/work/final.blend", copy=False)

scene.render.filepath = "//render/frame_"
bpy.ops.render.render(animation=True)
print("rendered", scene.frame_end - scene.frame_start + 1)
