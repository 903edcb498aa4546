import bpy

PRESETS = {
    "unity": dict(axis_forward='-Z', axis_up='Y', apply_scale_options='FBX_SCALE_ALL', bake_space_transform=True),
    "unreal": dict(axis_forward='X', axis_up='Z', mesh_smooth_type='FACE', add_leaf_bones=False),
}

def export(kind, path):
    bpy.ops.export_scene.fbx(filepath=path, use_selection=True, object_types={'MESH', 'ARMATURE', 'EMPTY'}, **PRESETS[kind])

export("unreal", bpy.path.abspath(f"//export/{bpy.context.object.name}.fbx"))
