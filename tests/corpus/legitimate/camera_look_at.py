import bpy
from mathutils import Vector

def look_at(camera, point):
    direction = Vector(point) - camera.location
    camera.rotation_euler = direction.to_track_quat('-Z', 'Y').to_euler()

cam = bpy.context.scene.camera
cam.location = Vector((6, -6, 4))
look_at(cam, (0, 0, 1))
