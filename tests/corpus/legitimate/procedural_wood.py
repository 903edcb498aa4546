import bpy

mat = bpy.data.materials.new("Procedural Wood")
mat.use_nodes = True
nt = mat.node_tree
n, l = nt.nodes, nt.links
bsdf = n["Principled BSDF"]

coord = n.new("ShaderNodeTexCoord")
mapping = n.new("ShaderNodeMapping")
wave = n.new("ShaderNodeTexWave")
noise = n.new("ShaderNodeTexNoise")
ramp = n.new("ShaderNodeValToRGB")
bump = n.new("ShaderNodeBump")

for i, node in enumerate((coord, mapping, noise, wave, ramp, bump)):
    node.location = (-1200 + i * 200, 200 - 40 * (i % 2))

mapping.inputs["Scale"].default_value = (1, 1, 0.15)
wave.wave_type = 'RINGS'
wave.inputs["Scale"].default_value = 3.5
wave.inputs["Distortion"].default_value = 4.0
noise.inputs["Scale"].default_value = 12
ramp.color_ramp.elements[0].color = (0.21, 0.10, 0.04, 1)
ramp.color_ramp.elements[1].color = (0.52, 0.31, 0.15, 1)
extra = ramp.color_ramp.elements.new(0.6)
extra.color = (0.38, 0.2, 0.09, 1)
bump.inputs["Strength"].default_value = 0.15

l.new(coord.outputs["Object"], mapping.inputs["Vector"])
l.new(mapping.outputs["Vector"], wave.inputs["Vector"])
l.new(mapping.outputs["Vector"], noise.inputs["Vector"])
l.new(wave.outputs["Fac"], ramp.inputs["Fac"])
l.new(noise.outputs["Fac"], bump.inputs["Height"])
l.new(ramp.outputs["Color"], bsdf.inputs["Base Color"])
l.new(bump.outputs["Normal"], bsdf.inputs["Normal"])
