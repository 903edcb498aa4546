import bpy
from mathutils import Vector

def light(name, kind, loc, power, color=(1, 1, 1)):
    data = bpy.data.lights.new(name, kind)
    data.energy = power
    data.color = color
    ob = bpy.data.objects.new(name, data)
    ob.location = loc
    ob.rotation_euler = (-Vector(loc)).to_track_quat('-Z', 'Y').to_euler()
    bpy.context.scene.collection.objects.link(ob)
    return ob

light("Key", 'AREA', (4, -4, 5), 900, (1, .95, .9)).data.size = 2
light("Fill", 'AREA', (-5, -2, 3), 300, (.85, .9, 1)).data.size = 4
light("Rim", 'SPOT', (0, 6, 4), 600).data.spot_size = 1.0
