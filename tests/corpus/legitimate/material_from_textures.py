import bpy
from pathlib import PurePath

SLOTS = {"basecolor": ("Base Color", 'sRGB'), "roughness": ("Roughness", 'Non-Color'),
         "metallic": ("Metallic", 'Non-Color')}
FILES = ["//tex/brick_basecolor.png", "//tex/brick_roughness.png", "//tex/brick_metallic.png"]

mat = bpy.data.materials.new("Brick")
mat.use_nodes = True
bsdf = mat.node_tree.nodes["Principled BSDF"]
for i, name in enumerate(FILES):
    kind = PurePath(name).stem.rsplit("_", 1)[-1]
    socket, space = SLOTS[kind]
    node = mat.node_tree.nodes.new("ShaderNodeTexImage")
    node.location = (-400, 300 - i * 280)
    try:
        node.image = bpy.data.images.load(name, check_existing=True)
        node.image.colorspace_settings.name = space
    except RuntimeError as e:
        print("cannot load", name, e)
    mat.node_tree.links.new(node.outputs["Color"], bsdf.inputs[socket])
