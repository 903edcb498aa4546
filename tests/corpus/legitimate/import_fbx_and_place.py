import bpy

bpy.ops.import_scene.fbx(filepath="/home/user/assets/tree.fbx", global_scale=0.01)
tree = bpy.context.selected_objects[0]
tree.name = "Tree"
tree.location = (3, 2, 0)
