import bpy

scene = bpy.context.scene
scene.use_nodes = True
tree = scene.node_tree
for node in list(tree.nodes):
    tree.nodes.remove(node)

layers = tree.nodes.new('CompositorNodeRLayers')
glare = tree.nodes.new('CompositorNodeGlare')
glare.glare_type = 'FOG_GLOW'
glare.threshold = 0.8
lens = tree.nodes.new('CompositorNodeLensdist')
lens.inputs['Dispersion'].default_value = 0.01
comp = tree.nodes.new('CompositorNodeComposite')
previous = layers
for i, node in enumerate((glare, lens, comp)):
    node.location.x = 250 * (i + 1)
    tree.links.new(previous.outputs[0], node.inputs[0])
    previous = node
