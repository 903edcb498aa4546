import bpy

before = len(bpy.data.meshes) + len(bpy.data.materials) + len(bpy.data.images)
bpy.ops.outliner.orphans_purge(do_local_ids=True, do_linked_ids=True, do_recursive=True)
after = len(bpy.data.meshes) + len(bpy.data.materials) + len(bpy.data.images)
print(f"purged {before - after} data-blocks")
