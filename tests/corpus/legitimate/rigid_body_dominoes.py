import bpy
from math import cos, sin, pi

bpy.ops.mesh.primitive_plane_add(size=30)
bpy.ops.rigidbody.object_add(type='PASSIVE')
for i in range(30):
    a = i * pi / 30
    bpy.ops.mesh.primitive_cube_add(size=1, location=(5 * cos(a), 5 * sin(a), 0.5), rotation=(0, 0, a + pi / 2))
    d = bpy.context.object
    d.scale = (0.1, 0.5, 1.0)
    bpy.ops.object.transform_apply(scale=True)
    bpy.ops.rigidbody.object_add()
    d.rigid_body.mass = 0.2
    d.rigid_body.collision_shape = 'BOX'
bpy.context.scene.rigidbody_world.point_cache.frame_end = 200
