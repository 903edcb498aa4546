"""set_keyframes: the F-curves of one property."""

from __future__ import annotations

from typing import Any

import bpy

from . import compat
from .animated_path import Property, check_animatable, find_property, target_named
from .changes import Changes
from .context import Context
from .errors import invalid
from .key_values import key_numbers
from .lookup import local
from .scene_events import label
from .values import number

_CYCLES = {"repeat": "REPEAT", "repeat_offset": "REPEAT_OFFSET", "mirror": "MIRROR"}


def set_keyframes(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    target = target_named(args["target"])
    found = find_property(target, args["data_path"])
    check_animatable(found, "data_path")
    keys = args.get("keys", [])
    _check(args, keys)
    numbers = key_numbers(found, keys)
    changes, warnings = Changes(), _drivers(found)
    with context.changing():
        if "action" in args:
            _use_action(found, args["action"], changes)
        removed = _remove(found, args["remove"]) if "remove" in args else 0
        if keys:
            warnings += _insert(context, found, keys, numbers, changes)
        if "extrapolation" in args:
            _extrapolate(found, args["extrapolation"])
        # Other properties that are animated keep what was set by hand since the frame began.
        found.data_block.update_tag()
        changes.change(label(found.block), ["animation"])
        animation = found.data_block.animation_data
        result = {"animated": label(found.block), "removed": removed, "warnings": warnings,
                  "action": animation.action.name if animation and animation.action else None,
                  "curves": [_described(curve) for curve in _curves(found).values()]}
    return context.commit(f"Animate {found.block.name}", changes, result)


def _check(args: dict[str, Any], keys: list[dict[str, Any]]) -> None:
    if not any(member in args for member in ("keys", "remove", "extrapolation")):
        raise invalid("Nothing is asked for: give keys, remove or extrapolation.", "keys",
                      'For instance "keys": [{"frame": 1, "value": 0}, {"frame": 24, "value": 1}].')
    frames: dict[float, int] = {}
    for index, key in enumerate(keys):
        first = frames.setdefault(key["frame"], index)
        if first != index:
            raise invalid(f"keys[{index}].frame is {key['frame']:g}, as that of keys[{first}].", f"keys[{index}].frame",
                          "A frame has one value.")
    if "remove" in args and args["remove"]["first"] > args["remove"]["last"]:
        raise invalid("remove.first is after remove.last.", "remove.first")


def _drivers(found: Property) -> list[str]:
    animation = found.data_block.animation_data
    if animation is not None and any(driver.data_path == found.path for driver in animation.drivers):
        return [f"{found.path} has a driver, which overrides its keys."]
    return []


def _use_action(found: Property, name: str, changes: Changes) -> None:
    action = local(bpy.data.actions, name)
    if action is None:
        action = bpy.data.actions.new(name)
        changes.added.append(f"action:{action.name}")
    animation = found.data_block.animation_data_create()
    try:
        animation.action = action
    except (AttributeError, RuntimeError, TypeError) as exc:
        raise invalid(f"The action {name!r} cannot be used here: {exc}.", "action") from exc
    if animation.action != action:
        raise invalid(f"The action {name!r} is for another kind of data.", "action", "Use another name; it is made if missing.")


def _curves(found: Property) -> dict[int, Any]:
    """By channel."""
    animation = found.data_block.animation_data
    path, channels = found.path, found.channels
    return {} if animation is None else {curve.array_index: curve for curve in compat.action_curves(animation)
                                         if curve.data_path == path and curve.array_index in channels}


def _remove(found: Property, frames: dict[str, Any]) -> int:
    removed = 0
    for curve in _curves(found).values():
        points = curve.keyframe_points
        for index in range(len(points) - 1, -1, -1):
            if frames["first"] <= points[index].co.x <= frames["last"]:
                points.remove(points[index], fast=True)
                removed += 1
        curve.update()
        if len(points) == 0:
            compat.remove_curve(found.data_block.animation_data, curve)
    return removed


def _insert(context: Context, found: Property, keys: list[dict[str, Any]], numbers: list[list[float]],
            changes: Changes) -> list[str]:
    made = _make_curves(found, keys[0]["frame"], changes)
    discrete = found.prop is not None and found.prop.type in ("BOOLEAN", "ENUM")
    for position, channel in enumerate(found.channels):
        curve = made[channel]
        for key, values in zip(keys, numbers):
            point = curve.keyframe_points.insert(key["frame"], values[position], options={"FAST"})
            point.interpolation = key.get("interpolation", "constant" if discrete else "bezier").upper()
            point.easing = key.get("easing", "auto").upper()
            point.handle_left_type = point.handle_right_type = key.get("handles", "auto_clamped").upper()
        curve.update()
        context.stop_point()
    animation = found.data_block.animation_data
    return [f"Others use the action {animation.action.name!r}, too: they move alike."] \
        if compat.animates_others(animation) else []


def _make_curves(found: Property, frame: float, changes: Changes) -> dict[int, Any]:
    """Blender makes an action, a slot and the flags of a curve with the first key, which the real one replaces."""
    block, curves = found.data_block, _curves(found)
    before = set(bpy.data.actions.keys())
    for channel in found.channels:
        if channel not in curves:
            index = channel if found.is_array else -1
            try:
                block.keyframe_insert(found.path, index=index, frame=frame)
            except (RuntimeError, TypeError) as exc:
                raise invalid(f"{found.path} cannot be animated: {str(exc).strip().removeprefix('Error: ')}.", "data_path") from exc
    changes.added += [f"action:{name}" for name in bpy.data.actions.keys() if name not in before]
    curves = _curves(found)
    if any(channel not in curves for channel in found.channels):
        raise invalid(f"Blender does not animate {found.path} here.", "data_path",
                      "Its animation may be locked or in an NLA strip that is being edited.")
    return curves


def _extrapolate(found: Property, how: str) -> None:
    curves = _curves(found)
    if not curves:
        raise invalid(f"{found.path} has no keys to go on from.", "extrapolation", "Give keys, too.")
    for curve in curves.values():
        cycles = [modifier for modifier in curve.modifiers if modifier.type == "CYCLES"]
        if how in _CYCLES:
            cycle = cycles[0] if cycles else curve.modifiers.new("CYCLES")
            cycle.mode_before = cycle.mode_after = _CYCLES[how]
        else:
            for cycle in cycles:
                curve.modifiers.remove(cycle)
            curve.extrapolation = how.upper()


def _described(curve: Any) -> dict[str, Any]:
    start, end = curve.range()
    cycles = [modifier.mode_after.lower() for modifier in curve.modifiers if modifier.type == "CYCLES"]
    return {"data_path": curve.data_path, "array_index": curve.array_index, "keyframes": len(curve.keyframe_points),
            "frame_range": [number(start), number(end)], "extrapolation": (cycles or [curve.extrapolation.lower()])[0]}
