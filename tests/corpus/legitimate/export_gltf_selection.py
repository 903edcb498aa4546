import bpy

bpy.ops.export_scene.gltf(
    filepath=bpy.path.abspath("//export/model.glb"),
    export_format='GLB',
    use_selection=True,
    export_apply=True,
    export_yup=True,
)
