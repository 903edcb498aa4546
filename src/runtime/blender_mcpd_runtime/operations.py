"""The operations by name."""

from __future__ import annotations

from functools import partial

from . import (op_asset_credits, op_asset_import, op_asset_library, op_batch, op_collection_info, op_create, op_delete,
               op_duplicate, op_export, op_files, op_history, op_import, op_inspect_data, op_list_names, op_lookup_api,
               op_materials, op_nodes, op_object_info, op_recover, op_render, op_scene, op_script, op_set_keyframes,
               op_set_modifiers, op_set_scene, op_update, op_viewport)
from .executor import Operation

_STEPS: dict[str, Operation] = {
    "get_scene_info": op_scene.get_scene_info,
    "get_object_info": op_object_info.get_object_info,
    "inspect_data": op_inspect_data.inspect_data,
    "lookup_api": op_lookup_api.lookup_api,
    "create_objects": op_create.create_objects,
    "update_objects": op_update.update_objects,
    "delete_objects": op_delete.delete_objects,
    "duplicate_objects": op_duplicate.duplicate_objects,
    "set_material": op_materials.set_material,
    "edit_nodes": op_nodes.edit_nodes,
    "set_modifiers": op_set_modifiers.set_modifiers,
    "set_keyframes": op_set_keyframes.set_keyframes,
    "set_scene": op_set_scene.set_scene,
    "import_file": op_import.import_file,
    "execute_blender_code": op_script.execute_blender_code,
}

OPERATIONS: dict[str, Operation] = {
    **_STEPS,
    "batch": partial(op_batch.batch, _STEPS),
    "get_collection_info": op_collection_info.get_collection_info,
    "list_names": op_list_names.list_names,
    "export_file": op_export.export_file,
    "render": op_render.render,
    "get_viewport_screenshot": op_viewport.get_viewport_screenshot,
    "render_viewport": op_viewport.render_viewport,
    "history": op_history.history,
    "manage_file": op_files.manage_file,
    "save_snapshot": op_files.save_snapshot,
    "recover": op_recover.recover,
    "asset.import": op_asset_import.import_asset,
    "asset.credits": op_asset_credits.credits,
    "asset.library_list": op_asset_library.library_list,
    "asset.preview": op_asset_library.preview,
}
