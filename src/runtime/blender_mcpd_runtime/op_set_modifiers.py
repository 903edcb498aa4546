"""set_modifiers: a list of changes to the modifier stacks of objects, all of them or none."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import Changes
from .context import Context
from .errors import OpError, invalid
from .lookup import not_found, objects_named
from .modifier_apply import apply, evaluate, silence
from .modifier_settings import describe, set_properties
from .modifier_size import SizeLimit
from .rna_values import folded, one_of

# Of a modifier, in every version; Blender would cut a longer one.
MAX_NAME_BYTES = 63

VERBS = ("add", "set", "remove", "apply", "move")
# What belongs to which of them, besides the verb.
MEMBERS = {"add": {"name", "properties", "to"}, "set": {"properties"}, "remove": set(), "apply": {"single_user"}, "move": {"to"}}


def set_modifiers(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    objects = list(dict.fromkeys(objects_named(args["objects"], "objects")))
    for index, obj in enumerate(objects):
        if obj.library is not None:
            raise invalid(f"{obj.name!r} is linked from another file and cannot be changed here.", f"objects[{index}]")
    operations = [(_verb(operation, f"operations[{index}]"), operation)
                  for index, operation in enumerate(args["operations"])]
    changes = Changes()
    warnings: list[str] = []
    with context.changing():
        limit = SizeLimit(objects)
        try:
            for obj in objects:
                for index, (verb, operation) in enumerate(operations):
                    context.stop_point()
                    warnings += _VERBS[verb](obj, operation, f"operations[{index}]", limit)
                changed = ["modifiers", "geometry"] if any(verb == "apply" for verb, _ in operations) else ["modifiers"]
                changes.change(obj.name, changed)
        except BaseException:
            silence(objects)
            raise
        warnings += evaluate(objects)
        stacks = [{"name": obj.name, "modifiers": [describe(modifier) for modifier in obj.modifiers]} for obj in objects]
    what = objects[0].name if len(objects) == 1 else f"{len(objects)} objects"
    return context.commit(f"Modifiers of {what}", changes, {"objects": stacks, "warnings": warnings})


def _verb(operation: dict[str, Any], field: str) -> str:
    verbs = [verb for verb in VERBS if verb in operation]
    if len(verbs) != 1:
        raise invalid(f"{field} has {' and '.join(verbs) if verbs else 'none of add, set, remove, apply and move'}; give exactly "
                      "one.", field, 'For instance {"add": "BEVEL", "properties": {"width": 0.1}} or {"apply": "Bevel"}.')
    verb = verbs[0]
    for member in operation:
        if member != verb and member not in MEMBERS[verb]:
            raise invalid(f"{field}.{member} does not go with {verb}.", f"{field}.{member}",
                          f"It takes {', '.join(sorted(MEMBERS[verb]))}." if MEMBERS[verb] else f"{verb} takes a name alone.")
    for member in {"set": ("properties",), "move": ("to",)}.get(verb, ()):
        if member not in operation:
            raise invalid(f"{field}.{member} is missing: {verb} needs it.", f"{field}.{member}")
    return verb


def _add(obj: Any, operation: dict[str, Any], field: str, limit: SizeLimit) -> list[str]:
    types = bpy.types.Modifier.bl_rna.properties["type"].enum_items
    labels = {item.identifier: item.name for item in types}
    kind = one_of(operation["add"], list(labels), f"{field}.add", labels)
    name = operation.get("name", "")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise invalid(f"{field}.name has {len(name.encode())} bytes; the name of a modifier can have {MAX_NAME_BYTES}.",
                      f"{field}.name", "Use a shorter one.")
    modifier = obj.modifiers.new(name, kind)
    if modifier is None and any(other.type == kind for other in obj.modifiers):
        raise invalid(f"{obj.name!r} has a {kind} modifier already and can have but one.", f"{field}.add", "Use set.")
    if modifier is None:
        raise invalid(f"{obj.name!r} is a {obj.type} object, which takes no {kind} modifier.", f"{field}.add",
                      "Modifiers are for meshes; many also for curves, texts and lattices.")
    set_properties(modifier, operation.get("properties", {}), f"{field}.properties")
    limit.check(obj, f"{field}.properties")
    if "to" in operation:
        _move_to(obj, modifier, operation["to"], f"{field}.to")
    return []


def _set(obj: Any, operation: dict[str, Any], field: str, limit: SizeLimit) -> list[str]:
    set_properties(_named(obj, operation["set"], f"{field}.set"), operation["properties"], f"{field}.properties")
    limit.check(obj, f"{field}.properties")
    return []


def _remove(obj: Any, operation: dict[str, Any], field: str, _limit: SizeLimit) -> list[str]:
    obj.modifiers.remove(_named(obj, operation["remove"], f"{field}.remove"))
    return []


def _apply(obj: Any, operation: dict[str, Any], field: str, limit: SizeLimit) -> list[str]:
    modifier = _named(obj, operation["apply"], f"{field}.apply")
    return apply(obj, modifier, operation.get("single_user", False), f"{field}.apply")


def _move(obj: Any, operation: dict[str, Any], field: str, _limit: SizeLimit) -> list[str]:
    _move_to(obj, _named(obj, operation["move"], f"{field}.move"), operation["to"], f"{field}.to")
    return []


_VERBS = {"add": _add, "set": _set, "remove": _remove, "apply": _apply, "move": _move}


def _named(obj: Any, name: str, field: str) -> Any:
    """By its name, or by its type or English label where there is one of it: new ones may get a translated name."""
    found = obj.modifiers.get(name)
    for names in (_type_names, _label_beginnings):
        of_type = [modifier for modifier in obj.modifiers if folded(name) in names(modifier)]
        if found is None and len(of_type) == 1:
            return of_type[0]
    if found is None:
        error = not_found("modifier", name, obj.modifiers.keys(), field)
        stack = ", ".join(repr(one) for one in obj.modifiers.keys())
        error.remedy = f"{obj.name!r} has {stack}." if stack else f'{obj.name!r} has no modifiers; {{"add": "BEVEL"}} adds one.'
        raise error
    return found


def _type_names(modifier: Any) -> tuple[str, ...]:
    return (folded(modifier.type),)


def _label_beginnings(modifier: Any) -> set[str]:
    """Of "Subdivision Surface" also "Subdivision", which is what Blender calls a new one."""
    words = folded(bpy.types.Modifier.bl_rna.properties["type"].enum_items[modifier.type].name).split("_")
    return {"_".join(words[:count]) for count in range(1, len(words) + 1)}


def _move_to(obj: Any, modifier: Any, index: int, field: str) -> None:
    name = modifier.name
    if index >= len(obj.modifiers):
        raise invalid(f"{field} is {index}; {obj.name!r} has {len(obj.modifiers)} modifiers, so that the last place is "
                      f"{len(obj.modifiers) - 1}.", field)
    try:
        with bpy.context.temp_override(object=obj, active_object=obj):
            bpy.ops.object.modifier_move_to_index(modifier=name, index=index)
    except RuntimeError as exc:
        raise invalid(f"{name!r} cannot be moved to {index}: {str(exc).strip().removeprefix('Error: ')}.", field) from exc
    if obj.modifiers.find(name) != index:
        raise OpError("blender", f"Blender has not moved {name!r} to {index}.", field=field)
