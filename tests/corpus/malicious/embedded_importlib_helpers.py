# why: a script loads its helpers from a folder anybody may write
import bpy
import importlib.util

def load(path):
    spec = importlib.util.spec_from_file_location("helpers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

helpers = load("/tmp/helpers.py")

scene = bpy.context.scene
for i in range(10):
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.4, location=(i, 0, 0.4))
    ob = bpy.context.object
    ob.name = f"Bead.{i:02d}"
    bpy.ops.object.shade_smooth()
    colour = (i / 10, 0.2, 1 - i / 10, 1)
    mat = bpy.data.materials.new(ob.name)
    mat.diffuse_color = colour
    ob.data.materials.append(mat)

scene.frame_end = helpers.length(scene)
print("beads:", len([o for o in scene.objects if o.name.startswith("Bead")]))
