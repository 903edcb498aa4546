import bpy

ob = bpy.context.object
ob.modifiers.new("Snow", type='PARTICLE_SYSTEM')
system = ob.particle_systems[-1]
s = system.settings
s.count = 2000
s.frame_start, s.frame_end = -100, 200
s.lifetime = 200
s.normal_factor = 0
s.effector_weights.gravity = 0.05
s.brownian_factor = 0.6
