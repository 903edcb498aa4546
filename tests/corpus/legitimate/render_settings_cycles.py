import bpy

scene = bpy.context.scene
scene.render.engine = 'CYCLES'
c = scene.cycles
c.samples = 256
c.use_adaptive_sampling = True
c.adaptive_threshold = 0.02
c.max_bounces = 8
c.caustics_reflective = False
scene.render.resolution_x = 3840
scene.render.resolution_y = 2160
scene.render.use_persistent_data = True
scene.render.image_settings.file_format = 'OPEN_EXR'
scene.render.image_settings.color_depth = '16'
