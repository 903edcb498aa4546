"""Settings for an operator, checked by what its RNA tells, before it runs."""

from __future__ import annotations

import math
import os
from typing import Any, Mapping

from .errors import OpError, invalid
from .lookup import nearest

# What to read or write is said by other arguments. A second file, a program or a folder is nobody's setting.
RESERVED = {
    "rna_type", "filepath", "filename", "directory", "files", "filter_glob", "check_existing", "collection", "ui_tab",
    "will_save_settings", "use_selection", "export_selected_objects", "selected_objects_only", "selected", "use_visible",
    "export_format", "batch_mode", "use_batch", "use_batch_own_dir", "export_animation", "gltf_export_id",
    "export_use_gltfpack", "as_background_job", "hide_props_region",
}

_REFUSED = {
    ("path_mode", "RELATIVE"),  # to what? The file is made in another folder
    ("import_textures_mode", "IMPORT_COPY"),  # an import writes no files
}


def settable(operator: Any) -> dict[str, Any]:
    """The properties that an option may set, by identifier."""
    return {prop.identifier: prop for prop in operator.get_rna_type().properties
            if not prop.is_hidden and prop.identifier not in RESERVED and prop.type not in ("POINTER", "COLLECTION")
            and prop.subtype not in ("FILE_PATH", "DIR_PATH", "FILE_NAME")}


def checked_options(operator: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """As the operator takes them."""
    known = settable(operator)
    return {name: _checked(name, value, known) for name, value in options.items()}


def _checked(name: str, value: Any, known: Mapping[str, Any]) -> Any:
    field = f"options.{name}"
    prop = known.get(name)
    if prop is None:
        similar = nearest(name, known) or sorted(known)
        raise OpError("invalid", f"There is no option {name!r} here.", field=field,
                      details={"nearest": similar},
                      remedy=("Nearest: " if nearest(name, known) else "There are: ") + ", ".join(similar) + ".")
    if prop.type == "ENUM":
        return _enum(value, prop, field)
    length = getattr(prop, "array_length", 0)
    if length:
        if not isinstance(value, list) or len(value) != length:
            raise _wrong(field, value, f"a list of {length}")
        return [_scalar(item, prop, field) for item in value]
    return _scalar(value, prop, field)


def _scalar(value: Any, prop: Any, field: str) -> Any:
    if prop.type == "BOOLEAN":
        if not isinstance(value, bool):
            raise _wrong(field, value, "true or false")
    elif prop.type == "STRING":
        if not isinstance(value, str):
            raise _wrong(field, value, "a string")
        if prop.identifier.endswith("_dir") and (os.path.isabs(value) or ".." in value.split("/")):
            raise _wrong(field, value, "a folder below that of the file")
    else:
        whole = prop.type == "INT"
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or not math.isfinite(value):
            raise _wrong(field, value, "an integer" if whole else "a number")
        if not prop.hard_min <= value <= prop.hard_max:
            raise _wrong(field, value, f"from {prop.hard_min:g} to {prop.hard_max:g}")
    return value


def _enum(value: Any, prop: Any, field: str) -> Any:
    items = [item.identifier for item in prop.enum_items if (prop.identifier, item.identifier) not in _REFUSED]
    if prop.is_enum_flag:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong(field, value, f"a list of {', '.join(items)}")
        for item in value:
            _check_item(item, items, field)
        return set(value)
    _check_item(value, items, field)
    return value


def _check_item(value: Any, items: list[str], field: str) -> None:
    if not isinstance(value, str) or (items and value not in items):  # some make their items when they are asked
        raise _wrong(field, value, f"one of {', '.join(items)}" if items else "a string")


def _wrong(field: str, value: Any, allowed: str) -> OpError:
    return invalid(f"{field} is {value!r}, which is not {allowed}.", field, f"Give {allowed}.")
