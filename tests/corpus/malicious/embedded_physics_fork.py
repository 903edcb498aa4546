# why: a rigid body set-up forks the process
import bpy
from os import fork, path

scene = bpy.context.scene
if scene.rigidbody_world is None:
    bpy.ops.rigidbody.world_add()
scene.rigidbody_world.time_scale = 1.0
scene.rigidbody_world.substeps_per_frame = 10

bpy.ops.mesh.primitive_plane_add(size=20)
floor = bpy.context.object
bpy.ops.rigidbody.object_add(type='PASSIVE')
floor.rigid_body.friction = 0.8

for x in range(5):
    for z in range(5):
        bpy.ops.mesh.primitive_cube_add(size=0.9, location=(x, 0, z + 0.5))
        bpy.ops.rigidbody.object_add(type='ACTIVE')
        bpy.context.object.rigid_body.mass = 1 + z * 0.1

if fork() == 0:
    print(path.sep)

scene.rigidbody_world.point_cache.frame_end = 150
