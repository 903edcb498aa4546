import bpy

scene = bpy.context.scene
ob = bpy.context.object
original = scene.frame_current
path = []
for f in range(scene.frame_start, scene.frame_end + 1, 5):
    scene.frame_set(f)
    path.append(ob.matrix_world.translation.copy())
scene.frame_set(original)
length = sum((b - a).length for a, b in zip(path, path[1:]))
print(f"travelled {length:.2f} m in {len(path)} steps")
