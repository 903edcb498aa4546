import bpy
import math

scene = bpy.context.scene
world = scene.world or bpy.data.worlds.new("World")
scene.world = world
world.use_nodes = True
nt = world.node_tree
sky = nt.nodes.new("ShaderNodeTexSky")
sky.sky_type = 'HOSEK_WILKIE'
sky.turbidity = 3.0
nt.links.new(sky.outputs[0], nt.nodes["Background"].inputs["Color"])

sun = bpy.data.lights.new("Sun", 'SUN')
sun.energy = 3
sun.angle = math.radians(0.5)
ob = bpy.data.objects.new("Sun", sun)
ob.rotation_euler = (math.radians(50), 0, math.radians(30))
scene.collection.objects.link(ob)
