import bpy

def metal(name, color, roughness=0.25):
    mat = bpy.data.materials.new(name)
    mat.use_nodes = True
    bsdf = mat.node_tree.nodes["Principled BSDF"]
    bsdf.inputs["Base Color"].default_value = color
    bsdf.inputs["Metallic"].default_value = 1.0
    bsdf.inputs["Roughness"].default_value = roughness
    return mat

gold = metal("Gold", (1.0, 0.77, 0.34, 1.0))
copper = metal("Copper", (0.95, 0.64, 0.54, 1.0), 0.3)
obj = bpy.context.object
if obj and obj.type == 'MESH':
    obj.data.materials.append(gold)
    obj.data.materials.append(copper)
