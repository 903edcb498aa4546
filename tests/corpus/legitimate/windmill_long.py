"""A windmill: tower, cap, four sails that turn, and a material for each."""
import bpy
import bmesh
from math import pi, radians, tau
from mathutils import Matrix, Vector

COLLECTION = "Windmill"
COLORS = {
    "Stone": (0.55, 0.53, 0.5, 1),
    "Roof": (0.35, 0.12, 0.08, 1),
    "Wood": (0.4, 0.26, 0.13, 1),
    "Canvas": (0.9, 0.87, 0.8, 1),
}


def collection():
    col = bpy.data.collections.get(COLLECTION)
    if col:
        for ob in list(col.objects):
            bpy.data.objects.remove(ob, do_unlink=True)
    else:
        col = bpy.data.collections.new(COLLECTION)
        bpy.context.scene.collection.children.link(col)
    return col


def material(name):
    mat = bpy.data.materials.get(name)
    if mat is None:
        mat = bpy.data.materials.new(name)
        mat.diffuse_color = COLORS[name]
        mat.use_nodes = True
        mat.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = COLORS[name]
    return mat


def mesh_object(col, name, build, mat, **where):
    me = bpy.data.meshes.new(name)
    bm = bmesh.new()
    build(bm)
    bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
    bm.to_mesh(me)
    bm.free()
    me.materials.append(material(mat))
    ob = bpy.data.objects.new(name, me)
    for attribute, value in where.items():
        setattr(ob, attribute, value)
    col.objects.link(ob)
    return ob


def frustum(r1, r2, depth, segments=12):
    def build(bm):
        bmesh.ops.create_cone(bm, cap_ends=True, segments=segments, radius1=r1, radius2=r2, depth=depth)
    return build


def sail(bm):
    bmesh.ops.create_cube(bm, size=1, matrix=Matrix.Diagonal((0.1, 0.1, 4.0, 1)) @ Matrix.Translation((0, 0, 0.5)))
    corners = [Vector((0.06, 0, z)) for z in (1.0, 3.9)] + [Vector((0.9, 0.1, z)) for z in (3.9, 1.0)]
    bm.faces.new([bm.verts.new(c) for c in corners])


col = collection()
tower = mesh_object(col, "Tower", frustum(2.0, 1.3, 6), "Stone", location=(0, 0, 3))
cap = mesh_object(col, "Cap", frustum(1.5, 0.1, 1.6), "Roof", location=(0, 0, 6.8))
axle = mesh_object(col, "Axle", frustum(0.12, 0.12, 2), "Wood", location=(0, -1.4, 6.4), rotation_euler=(pi / 2, 0, 0))

hub = bpy.data.objects.new("Hub", None)
hub.location = (0, -2.3, 6.4)
col.objects.link(hub)
for i in range(4):
    blade = mesh_object(col, f"Sail.{i}", sail, "Canvas" if i % 2 else "Wood", rotation_euler=(0, i * pi / 2, 0))
    blade.parent = hub

hub.rotation_euler.y = 0
hub.keyframe_insert("rotation_euler", index=1, frame=1)
hub.rotation_euler.y = tau
hub.keyframe_insert("rotation_euler", index=1, frame=121)
tower.rotation_euler.z = radians(7.5)
print(f"{len(col.objects)} objects in {col.name}")
