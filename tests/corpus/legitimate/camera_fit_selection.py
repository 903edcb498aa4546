import bpy

for o in bpy.context.scene.objects:
    o.select_set(o.type == 'MESH')
bpy.ops.view3d.camera_to_view_selected()
cam = bpy.context.scene.camera
cam.data.clip_end = max(cam.data.clip_end, cam.location.length * 4)
