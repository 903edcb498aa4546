import bpy

def compile_shader(mat):
    mat.use_nodes = True
    return mat.node_tree

def pickle_jar(radius):
    bpy.ops.mesh.primitive_cylinder_add(radius=radius, depth=radius * 2.5)
    return bpy.context.object

def shelve(obs, height):
    for i, o in enumerate(obs):
        o.location = (i * 0.4, 0, height)

jars = [pickle_jar(0.1 + 0.01 * i) for i in range(5)]
shelve(jars, 1.2)
glass = bpy.data.materials.new("Glass")
tree = compile_shader(glass)
print(len(tree.nodes))
