import bpy

scene = bpy.context.scene
base = scene.render.filepath
for cam in [o for o in scene.objects if o.type == 'CAMERA']:
    scene.camera = cam
    scene.render.filepath = f"//out/{cam.name}"
    bpy.ops.render.render(write_still=True)
scene.render.filepath = base
