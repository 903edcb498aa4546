import bpy

bpy.ops.mesh.primitive_cube_add(size=4, location=(0, 0, 2))
domain = bpy.context.object
domain.name = "Domain"
m = domain.modifiers.new("Fluid", 'FLUID')
m.fluid_type = 'DOMAIN'
ds = m.domain_settings
ds.domain_type = 'LIQUID'
ds.resolution_max = 64
ds.use_mesh = True
ds.cache_frame_end = 100
