"""Applying modifiers, which needs no user interface; and what Blender says of those that fail."""

from __future__ import annotations

import re
from typing import Any

import bpy

from .blender_output import printed_by
from .errors import OpError, invalid

_FAILURE = re.compile(r'Object: "(.*)", Modifier: "(.*)", (?:Error: )?(.*)')

# Without one of these a modifier does nothing.
_NEEDS = {
    "ARMATURE": ("object",), "BOOLEAN": ("object", "collection"), "CURVE": ("object",), "DATA_TRANSFER": ("object",),
    "HOOK": ("object",), "LATTICE": ("object",), "LAPLACIANDEFORM": ("vertex_group",), "MASK": ("vertex_group", "armature"),
    "MESH_DEFORM": ("object",), "MESH_TO_VOLUME": ("object",), "NODES": ("node_group",), "PARTICLE_INSTANCE": ("object",),
    "SHRINKWRAP": ("target",), "SURFACE_DEFORM": ("target",), "VERTEX_WEIGHT_EDIT": ("vertex_group",),
    "VERTEX_WEIGHT_MIX": ("vertex_group_a",), "VERTEX_WEIGHT_PROXIMITY": ("target",), "VOLUME_TO_MESH": ("object",),
    "WARP": ("object_from", "object_to"),
}


def apply(obj: Any, modifier: Any, single_user: bool, field: str) -> list[str]:
    """Makes what the modifier does a part of the object's data. Returns warnings."""
    name, place = modifier.name, obj.modifiers.find(modifier.name)
    _check(obj, modifier, single_user, field)
    failure: list[BaseException] = []

    def run() -> None:
        try:
            with bpy.context.temp_override(object=obj, active_object=obj, selected_editable_objects=[obj]):
                bpy.ops.object.modifier_apply(modifier=name, single_user=single_user)
        except RuntimeError as exc:
            failure.append(exc)

    told = printed_by(run)
    print(told, end="")
    messages = [text for owner, about, text in _FAILURE.findall(told) if (owner, about) == (obj.name, name)]
    if failure or messages:
        raise _refused(obj, name, messages, failure, field)
    if place > 0:
        return [f"{name!r} of {obj.name!r} was applied although it is not the first of its stack: the result may differ from "
                "what was seen."]
    return []


def _check(obj: Any, modifier: Any, single_user: bool, field: str) -> None:
    if obj.name not in bpy.context.view_layer.objects:
        raise invalid(f"{obj.name!r} is in no collection of the view layer, so that Blender does not evaluate it.", field,
                      "Un-exclude its collection first.")
    data = obj.data
    if data.library is not None:
        raise invalid(f"The data of {obj.name!r} is linked from another file.", field)
    if data.users - data.use_fake_user > 1 and not single_user:
        others = [other.name for other in bpy.data.objects if other.data == data and other != obj]
        raise invalid(f"{obj.name!r} shares its data {data.name!r} with {', '.join(map(repr, others[:5])) or 'something else'}"
                      f"{', …' if len(others) > 5 else ''}; a modifier cannot be applied to shared data.", field,
                      'Add "single_user": true to give the object data of its own, or apply nothing.')
    keys = getattr(data, "shape_keys", None)
    if keys is not None:
        names = ", ".join(map(repr, keys.key_blocks.keys()[:5]))
        raise invalid(f"{obj.name!r} has shape keys ({names}), to which a modifier cannot be applied.", field,
                      "Remove them first (execute_blender_code: D.objects[…].shape_key_clear()), or keep the modifier.")
    if obj.type == "FONT":
        raise _needs_mesh(obj, field, "is a text")


def _needs_mesh(obj: Any, field: str, why: str) -> OpError:
    return invalid(f"{obj.name!r} {why}, to which {'modifiers' if obj.type == 'FONT' else 'this modifier'} cannot be applied.",
                   field, "Keep the modifier, which renders and exports alike; or make the object a mesh first, "
                   "modifiers and all, with execute_blender_code: o = D.objects[…]; with C.temp_override(object=o, "
                   "active_object=o, selected_editable_objects=[o]): bpy.ops.object.convert(target='MESH')")


def _refused(obj: Any, name: str, messages: list[str], failure: list[BaseException], field: str) -> OpError:
    text = messages[0] if messages else str(failure[0]).strip().removeprefix("Error: ")
    if "constructive" in text:
        return _needs_mesh(obj, field, f"is a {obj.type.lower()}")
    remedy = None
    if "disabled" in text:
        needs = _missing(obj.modifiers[name])
        remedy = f"Set its {' or '.join(needs)} first." if needs else "Set what it needs first, or remove it."
    elif "does not contain a mesh" in text:
        remedy = "Its nodes must put out a mesh: end them with a Realize Instances node, or a Curve to Mesh node."
    return invalid(f"{name!r} of {obj.name!r} could not be applied: {text}.", field, remedy)


def _missing(modifier: Any) -> tuple[str, ...]:
    needs = _NEEDS.get(modifier.type, ())
    return () if any(getattr(modifier, name, None) for name in needs) else needs


def silence(objects: list[Any]) -> None:
    """Before it is taken back, which evaluates what is there: it may be what took too much."""
    for obj in objects:
        for modifier in obj.modifiers:
            modifier.show_viewport = False


def evaluate(objects: list[Any]) -> list[str]:
    """Warnings: what fails now, in Blender's words, and what does nothing yet."""
    told = printed_by(bpy.context.view_layer.update)
    print(told, end="")
    names = {obj.name for obj in objects}
    warnings = [f"{about!r} of {owner!r}: {text}" for owner, about, text in _FAILURE.findall(told) if owner in names]
    for obj in objects:
        for modifier in obj.modifiers:
            if needs := _missing(modifier):
                warnings.append(f"{modifier.name!r} of {obj.name!r} does nothing until its {' or '.join(needs)} is set.")
            elif modifier.type == "HOOK" and not (modifier.vertex_group or len(modifier.vertex_indices)):
                warnings.append(f"{modifier.name!r} of {obj.name!r} moves nothing until its vertex_group or vertex_indices is "
                                "set.")
    return list(dict.fromkeys(warnings))
