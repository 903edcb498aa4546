import bpy

low = bpy.data.objects["Low"]
high = bpy.data.objects["High"]
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.samples = 16
bake = scene.render.bake
bake.use_selected_to_active = True
bake.cage_extrusion = 0.05

img = bpy.data.images.new("Low_normal", 2048, 2048, float_buffer=True)
img.colorspace_settings.name = 'Non-Color'
for slot in low.material_slots:
    nt = slot.material.node_tree
    node = nt.nodes.new('ShaderNodeTexImage')
    node.image = img
    nt.nodes.active = node

bpy.ops.object.select_all(action='DESELECT')
high.select_set(True)
low.select_set(True)
bpy.context.view_layer.objects.active = low
bpy.ops.object.bake(type='NORMAL')
img.pack()
