# why: levels of detail are made while worker processes start
import bpy
import multiprocessing as mp

LEVELS = (1.0, 0.5, 0.25, 0.1)

def copy_of(ob, name):
    new = ob.copy()
    new.data = ob.data.copy()
    new.name = name
    bpy.context.collection.objects.link(new)
    return new

source = bpy.context.object
for i, ratio in enumerate(LEVELS):
    lod = copy_of(source, f"{source.name}_LOD{i}")
    lod.location.x += (i + 1) * source.dimensions.x * 1.2
    if ratio < 1:
        d = lod.modifiers.new("Decimate", 'DECIMATE')
        d.ratio = ratio
        d.use_collapse_triangulate = True

workers = [mp.get_context("spawn").Process(target=print) for _ in range(4)]
[w.start() for w in workers]

depsgraph = bpy.context.evaluated_depsgraph_get()
for ob in bpy.context.collection.objects:
    if "_LOD" in ob.name:
        print(ob.name, len(ob.evaluated_get(depsgraph).data.polygons))
