"""duplicate_objects: copies through the data API, whatever their number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
from mathutils import Euler, Quaternion, Vector

from . import compat
from .changes import MAX_LISTED, Changes
from .collection_links import collections_of, ensure_collection
from .context import Context
from .errors import invalid
from .lookup import children_by_parent, objects_named, with_descendants
from .relink import Relink, references
from .transforms import turn
from .values import radians

MAX_COPIES = 10_000
# Vertices and points of data that is copied, all together: some gigabytes.
MAX_POINTS = 20_000_000


def duplicate_objects(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    named = list(dict.fromkeys(objects_named(args["names"], "names")))
    sources = with_descendants(named, _children_here()) if args.get("with_children", True) else named
    count, linked, prefix = args.get("count", 1), args.get("linked", False), args.get("prefix", "")
    _check(sources, count, linked, prefix)
    changes = Changes()
    with context.changing():
        collection = ensure_collection(args["collection"], changes) if "collection" in args else None
        maker = _Maker(sources, linked, prefix, collection)
        place = _Placing(sources, args.get("step", {}))
        for _ in range(count):
            context.stop_point()
            place.step()
            place.apply(maker.copy())
    changes.added += maker.names()
    total = len(sources) * count
    created = _listed(maker.made)
    what = named[0].name if len(named) == 1 else f"{len(named)} objects"
    return context.commit(f"Duplicate {what}" + (f" ({total} copies)" if total > 1 else ""), changes,
                          {"created": created, "count": total, "warnings": place.warnings[:MAX_LISTED]})


def _listed(made: dict[Any, list[str]]) -> list[dict[str, Any]]:
    """The names of the copies by source; of many the first ones, with left_out."""
    told: list[dict[str, Any]] = []
    room = MAX_LISTED
    for obj, names in made.items():
        left_out = len(names) - max(room, 0)
        told.append({"source": obj.name, "names": names[:max(room, 0)], **({"left_out": left_out} if left_out > 0 else {})})
        room -= len(names)
    return told[:MAX_LISTED]


def _children_here() -> dict[Any, list[Any]]:
    """In the current scene."""
    here = set(bpy.context.scene.objects)
    return {parent: [child for child in children if child in here] for parent, children in children_by_parent().items()}


def _check(sources: list[Any], count: int, linked: bool, prefix: str) -> None:
    total = len(sources) * count
    if total > MAX_COPIES:
        raise invalid(f"{count} copies of {len(sources)} objects (children included) are {total}; at most {MAX_COPIES} can "
                      "be made in one call.", "count", f"Give a count of at most {MAX_COPIES // len(sources)}.")
    for obj in sources:
        if len(f"{prefix}{obj.name}.00000".encode()) > compat.MAX_NAME_BYTES:
            raise invalid(f"With this prefix the copies of {obj.name!r} would have too long names; this Blender takes "
                          f"{compat.MAX_NAME_BYTES} bytes, number included.", "prefix", "Use a shorter one.")
    points = 0 if linked else count * sum(_points(data) for data in {obj.data for obj in sources})
    if points > MAX_POINTS:
        raise invalid(f"The copies would have {points} vertices of their own; at most {MAX_POINTS} can be made in one call.",
                      "linked", "Use linked true, so that they share their data, or a smaller count.")


def _points(data: Any) -> int:
    if isinstance(data, bpy.types.Mesh):
        return len(data.vertices)
    if isinstance(data, bpy.types.Curve):
        return sum(len(spline.points) + len(spline.bezier_points) for spline in data.splines)
    return 0


class _Maker:
    """Copies all sources at once; among themselves the copies are as the sources are."""

    def __init__(self, sources: list[Any], linked: bool, prefix: str, collection: Any) -> None:
        self.sources = sources
        self.made: dict[Any, list[str]] = {obj: [] for obj in sources}
        self._linked = linked
        self._prefix = prefix
        self._taken = set(bpy.data.objects.keys()) if prefix else set()
        self._next_number: dict[str, int] = {}
        self._collections = {obj: [collection] for obj in sources} if collection else collections_of(sources)
        self._hidden = [obj for obj in sources if obj.hide_get()]
        owners = list(sources)
        if not linked:
            data = dict.fromkeys(obj.data for obj in sources if obj.data is not None)
            owners += data
            owners += [block.shape_keys for block in data if getattr(block, "shape_keys", None) is not None]
        self._relinks: list[Relink] = references(owners, set(owners))

    def copy(self) -> dict[Any, Any]:
        copies: dict[Any, Any] = {}
        for obj in self.sources:
            copies[obj] = self._copy(obj, copies)
        for obj in self.sources:
            if obj.parent in copies:
                copies[obj].parent = copies[obj.parent]
                copies[obj].matrix_parent_inverse = obj.matrix_parent_inverse  # a new parent resets it
            for collection in self._collections[obj]:
                collection.objects.link(copies[obj])
        for relink in self._relinks:
            relink(copies)
        for obj in self._hidden:
            copies[obj].hide_set(True)
        return copies

    def _copy(self, obj: Any, copies: dict[Any, Any]) -> Any:
        made = obj.copy()
        if self._prefix:
            made.name = self._free_name(self._prefix + obj.name)
        self.made[obj].append(made.name)
        if not self._linked:
            compat.own_action(made)
            if obj.data is not None:
                made.data = copies.get(obj.data) or self._copy_data(obj.data, copies)
        return made

    @staticmethod
    def _copy_data(data: Any, copies: dict[Any, Any]) -> Any:
        made = data.copy()
        compat.own_action(made)
        copies[data] = made
        keys = getattr(data, "shape_keys", None)
        if keys is not None:
            copies[keys] = made.shape_keys
            compat.own_action(made.shape_keys)
        return made

    def _free_name(self, wanted: str) -> str:
        """Names do not become free again meanwhile, so that nobody has to begin with the first number each time."""
        number = self._next_number.get(wanted, 0)
        name = f"{wanted}.{number:03}" if number else wanted
        while name in self._taken:
            number += 1
            name = f"{wanted}.{number:03}"
        self._next_number[wanted] = number + 1
        self._taken.add(name)
        return name

    def names(self) -> list[str]:
        return [name for names in self.made.values() for name in names]


@dataclass
class _Animated:
    location: bool
    rotation: bool
    scale: bool


class _Placing:
    """Where the copies stand: each a step further than the one before. Children keep their place below their parents."""

    def __init__(self, sources: list[Any], step: dict[str, Any]) -> None:
        self.warnings: list[str] = []
        self._offset, self._scale = Vector(step.get("offset", (0, 0, 0))), step.get("scale", (1, 1, 1))
        self._pivot = Vector(step["pivot"]) if "pivot" in step else None
        self._turn = Euler(radians(step.get("rotation", (0, 0, 0)))).to_quaternion()
        self._offset_now, self._scale_now, self._turn_now = Vector(), Vector((1, 1, 1)), Quaternion()
        copied = set(sources)
        self._roots = {obj: _animated(obj) for obj in sources if not _is_below(obj, copied)}
        for obj, animated in self._roots.items():
            self._warn(obj.name, animated, set(step))

    def _warn(self, name: str, animated: _Animated, asked: set[str]) -> None:
        if animated.location and asked & {"offset", "pivot"}:
            self.warnings.append(f"{name!r} has an animated location: its copies are moved by their delta_location.")
        for what in ("rotation", "scale"):
            if getattr(animated, what) and what in asked:
                self.warnings.append(f"{name!r} has an animated {what}, which its copies have, too: {what} has no effect.")

    def step(self) -> None:
        self._offset_now = self._offset_now + self._offset
        self._turn_now = self._turn @ self._turn_now
        self._scale_now = Vector([a * b for a, b in zip(self._scale_now, self._scale)])

    def apply(self, copies: dict[Any, Any]) -> None:
        for obj, animated in self._roots.items():
            copy = copies[obj]
            moved = self._offset_now.copy()
            if self._pivot is not None:
                arm = obj.location - self._pivot
                moved += self._turn_now @ arm - arm
            if animated.location:
                copy.delta_location = copy.delta_location + moved
            else:
                copy.location = obj.location + moved
            if self._turn_now.angle != 0.0:
                turn(copy, self._turn_now)
            copy.scale = [a * b for a, b in zip(obj.scale, self._scale_now)]


def _is_below(obj: Any, others: set[Any]) -> bool:
    above = obj.parent
    while above is not None and above not in others:
        above = above.parent
    return above is not None


def _animated(obj: Any) -> _Animated:
    animation = obj.animation_data
    curves = [] if animation is None else [*compat.action_curves(animation), *animation.drivers]
    paths = {curve.data_path for curve in curves}
    return _Animated("location" in paths, any(path.startswith("rotation_") for path in paths), "scale" in paths)
