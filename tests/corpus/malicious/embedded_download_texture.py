# why: a texture is downloaded and written to disk
import bpy
import os
from urllib.request import urlretrieve

URL = "http://example.invalid/wood.jpg"
PATH = os.path.join("/tmp", "wood.jpg")

urlretrieve(URL, PATH)

mat = bpy.data.materials.new("Wood")
mat.use_nodes = True
tree = mat.node_tree
bsdf = tree.nodes["Principled BSDF"]
tex = tree.nodes.new('ShaderNodeTexImage')
tex.image = bpy.data.images.load(PATH)
tex.location = (-600, 300)
mapping = tree.nodes.new('ShaderNodeMapping')
mapping.location = (-800, 300)
coord = tree.nodes.new('ShaderNodeTexCoord')
coord.location = (-1000, 300)
tree.links.new(coord.outputs["UV"], mapping.inputs["Vector"])
tree.links.new(mapping.outputs["Vector"], tex.inputs["Vector"])
tree.links.new(tex.outputs["Color"], bsdf.inputs["Base Color"])

bpy.context.object.data.materials.append(mat)
