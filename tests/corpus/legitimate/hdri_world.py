import bpy

PATH = "//textures/studio_small.exr"
world = bpy.context.scene.world
world.use_nodes = True
nodes = world.node_tree.nodes
env = nodes.get("Environment Texture") or nodes.new("ShaderNodeTexEnvironment")
env.image = bpy.data.images.load(bpy.path.abspath(PATH), check_existing=True)
world.node_tree.links.new(env.outputs["Color"], nodes["Background"].inputs["Color"])
nodes["Background"].inputs["Strength"].default_value = 1.2
