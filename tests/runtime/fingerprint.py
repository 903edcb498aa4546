"""Everything that a scene is, read through RNA, as text lines: two scenes are the same when these are."""

from __future__ import annotations

from typing import Any

# Runs in Blender as a script; its result is the list of lines.
CODE = '''
import bpy, json

KINDS = ("scenes", "objects", "meshes", "materials", "collections", "lights", "cameras", "worlds", "curves", "images",
         "textures", "node_groups", "actions", "armatures", "texts")
# What is computed, or says something of this session and not of the scene.
SKIPPED = {"rna_type", "session_uid", "session_uuid", "original", "is_evaluated", "users", "tag", "preview", "id_data",
           "loop_triangles", "loop_triangle_polygons", "vertex_normals", "polygon_normals", "corner_normals",
           "is_runtime_data", "bl_system_properties_get", "inputs_template", "view_settings", "window_managers",
           "rigidbody_world", "eevee", "cycles", "grease_pencil_settings", "statistics", "internal_links",
           "interface", "sequence_editor", "tool_settings", "use_extra_user", "enabled",
           "bound_box", "dimensions", "node", "storage_type"}
MAX_DEPTH = 5
lines = []

def number(value):
    return f"{value:.6g}" if isinstance(value, float) else value

def plain(value):
    if isinstance(value, (bool, int, str, bytes, type(None))):
        return repr(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    try:
        return [plain(part) for part in value]
    except TypeError:
        return str(type(value))

def walk(path, struct, depth):
    for prop in struct.bl_rna.properties:
        name = prop.identifier
        if name in SKIPPED or name.startswith(("bl_", "is_")) and prop.is_readonly:
            continue
        try:
            value = getattr(struct, name)
        except Exception:
            continue
        here = f"{path}.{name}"
        if prop.type == "POINTER":
            point(here, value, depth)
        elif prop.type == "COLLECTION":
            for index, item in enumerate(value):
                point(f"{here}[{index}]", item, depth)
        else:
            lines.append(f"{here} = {plain(value)}")
    if isinstance(struct, bpy.types.ID):
        for key in sorted(struct.keys()):
            if key != "cycles":
                value = struct[key]
                lines.append(f"{path}[{key!r}] = {getattr(value, 'to_dict', lambda: plain(value))()}")

def point(path, value, depth):
    if value is None:
        return
    if isinstance(value, bpy.types.ID) and not value.is_embedded_data:
        lines.append(f"{path} -> {value.name}")
    elif depth < MAX_DEPTH and hasattr(value, "bl_rna"):
        walk(path, value, depth + 1)

for kind in KINDS:
    for block in getattr(bpy.data, kind):
        if block.users or block.use_fake_user:
            walk(f"{kind}[{block.name!r}]", block, 0)
        else:
            lines.append(f"{kind}[{block.name!r}] is not used")
for layer in bpy.context.scene.view_layers:
    active = layer.objects.active
    lines.append(f"active {active.name if active else None}")
    lines.append(f"selected {sorted(o.name for o in layer.objects if o.select_get(view_layer=layer))}")
    lines.append(f"hidden {sorted(o.name for o in layer.objects if o.hide_get(view_layer=layer))}")
lines.append(f"mode {bpy.context.mode}")
result = lines
'''


def fingerprint(client: Any) -> list[str]:
    """Of the open file of the Blender that a harness.Client talks to."""
    return client.run(CODE)
