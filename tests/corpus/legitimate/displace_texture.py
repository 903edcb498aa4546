import bpy

tex = bpy.data.textures.new("Rock", 'VORONOI')
tex.noise_scale = 0.8
tex.distance_metric = 'DISTANCE_SQUARED'
ob = bpy.context.object
mod = ob.modifiers.new("Rock", 'DISPLACE')
mod.texture, mod.strength, mod.texture_coords = tex, 0.3, 'OBJECT'
for old in [t for t in bpy.data.textures if not t.users]:
    bpy.data.textures.remove(old)
