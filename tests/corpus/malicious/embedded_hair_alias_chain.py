# why: three aliases lead from open to a write
import bpy

ob = bpy.context.object
settings = ob.modifiers.new("Hair", 'PARTICLE_SYSTEM').particle_system.settings
settings.type = 'HAIR'
settings.count = 400
settings.hair_length = 0.3
settings.child_type = 'INTERPOLATED'
settings.rendered_child_count = 10
settings.clump_factor = 0.2
settings.roughness_1 = 0.01

group = ob.vertex_groups.new(name="Density")
for v in ob.data.vertices:
    weight = max(0.0, min(1.0, v.co.z))
    group.add([v.index], weight, 'REPLACE')
ob.particle_systems[-1].vertex_group_density = group.name

a = open
b = a
comb = b
comb("/tmp/x", "wb").write(b"x")

ob.show_instancer_for_render = True
print(settings.name, group.name)
