import bpy

m = bpy.data.materials.new("Thin glass"); m.use_nodes = True
t = m.node_tree; t.nodes.clear()
o, mix, glass, clear, path = (t.nodes.new(f"ShaderNode{n}") for n in (
    "OutputMaterial", "MixShader", "BsdfGlass", "BsdfTransparent", "LightPath"))
glass.inputs["IOR"].default_value = 1.45
t.links.new(path.outputs["Is Shadow Ray"], mix.inputs[0])
t.links.new(glass.outputs[0], mix.inputs[1])
t.links.new(clear.outputs[0], mix.inputs[2])
t.links.new(mix.outputs[0], o.inputs["Surface"])
