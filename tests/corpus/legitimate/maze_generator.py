import bpy
import bmesh
import random

W, H = 15, 11
random.seed(5)
walls = {(x, y) for x in range(2 * W + 1) for y in range(2 * H + 1)}
stack, seen = [(0, 0)], {(0, 0)}
walls.discard((1, 1))
while stack:
    x, y = stack[-1]
    choices = [(x + dx, y + dy) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
               if 0 <= x + dx < W and 0 <= y + dy < H and (x + dx, y + dy) not in seen]
    if not choices:
        stack.pop()
        continue
    nx, ny = random.choice(choices)
    walls.remove((x + nx + 1, y + ny + 1))
    walls.discard((2 * nx + 1, 2 * ny + 1))
    seen.add((nx, ny))
    stack.append((nx, ny))

bm = bmesh.new()
for x, y in walls:
    ret = bmesh.ops.create_cube(bm, size=1)
    bmesh.ops.translate(bm, vec=(x, y, 0.5), verts=ret['verts'])
bmesh.ops.remove_doubles(bm, verts=bm.verts, dist=1e-4)
me = bpy.data.meshes.new("Maze")
bm.to_mesh(me)
bm.free()
bpy.context.collection.objects.link(bpy.data.objects.new("Maze", me))
