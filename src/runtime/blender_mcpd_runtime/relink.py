"""References between objects that are copied together: their copies refer to each other."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

import bpy

from . import compat

# Makes one reference of a copy point to another copy. Both are found by the mapping from what was copied.
Relink = Callable[[dict[Any, Any]], None]


def references(owners: Iterable[Any], copied: set[Any]) -> list[Relink]:
    """Of data-blocks of which all of `copied` are copied, too: in modifiers, constraints, drivers and data."""
    found: list[Relink] = []
    for owner in owners:
        for struct in _parts(owner):
            found += _pointers(owner, struct, copied)
        if isinstance(owner, bpy.types.Object):
            for modifier in owner.modifiers:
                found += [_node_input(owner, modifier.name, identifier, value)
                          for identifier, value in compat.modifier_inputs(modifier).items()
                          if isinstance(value, bpy.types.ID) and value in copied]
        found += _driver_targets(owner, copied)
    return found


def _parts(owner: Any) -> Iterator[Any]:
    if not isinstance(owner, bpy.types.Object):
        yield owner
        if isinstance(owner, bpy.types.Camera):
            yield owner.dof
        return
    yield from owner.modifiers
    for holder in (owner, *(owner.pose.bones if owner.pose else ())):
        for constraint in holder.constraints:
            yield constraint
            yield from getattr(constraint, "targets", ())


def _pointers(owner: Any, struct: Any, copied: set[Any]) -> Iterator[Relink]:
    for prop in struct.bl_rna.properties:
        if prop.type != "POINTER" or prop.is_readonly:
            continue
        value = getattr(struct, prop.identifier)
        if isinstance(value, bpy.types.ID) and value in copied:
            path = "" if struct == owner else struct.path_from_id()
            yield _pointer(owner, path, prop.identifier, value)


def _pointer(owner: Any, path: str, identifier: str, value: Any) -> Relink:
    def relink(copies: dict[Any, Any]) -> None:
        copy = copies[owner]
        setattr(copy.path_resolve(path) if path else copy, identifier, copies[value])
    return relink


def _node_input(owner: Any, modifier: str, identifier: str, value: Any) -> Relink:
    def relink(copies: dict[Any, Any]) -> None:
        compat.set_modifier_input(copies[owner].modifiers[modifier], identifier, copies[value])
    return relink


def _driver_targets(owner: Any, copied: set[Any]) -> Iterator[Relink]:
    animation = owner.animation_data
    for place, curve in enumerate(animation.drivers if animation else ()):
        for name, variable in enumerate(curve.driver.variables):
            for index, target in enumerate(variable.targets):
                if target.id in copied:
                    yield _driver_target(owner, (place, name, index), target.id)


def _driver_target(owner: Any, place: tuple[int, int, int], value: Any) -> Relink:
    def relink(copies: dict[Any, Any]) -> None:
        driver = copies[owner].animation_data.drivers[place[0]].driver
        driver.variables[place[1]].targets[place[2]].id = copies[value]
    return relink
