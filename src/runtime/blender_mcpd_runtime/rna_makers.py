"""How to make something of a type: by the functions of the collections that hold it."""

from __future__ import annotations

from typing import Any

from .rna_describe import bases
from .rna_index import Index, Maker

MAX_WAYS = 4

# Where the name of a type does not say which item of the base's enum it stands for.
_OTHER_NAMES = {"KinematicConstraint": "IK", "PythonConstraint": "SCRIPT", "TransformConstraint": "TRANSFORM",
                "TransformCacheConstraint": "TRANSFORM_CACHE"}


def how_to_make(rna: Any, index: Index) -> list[str]:
    """As Object.modifiers.new(name, type="BEVEL")."""
    ways: list[str] = []
    for base in (rna, *bases(rna)):
        for maker in index.makers.get(base.identifier, []):
            call = _call(rna, base, maker)
            if call is not None and call not in ways:
                ways.append(call)
        if ways:
            break
    return ways[:MAX_WAYS]


def _call(rna: Any, base: Any, maker: Maker) -> str | None:
    """None when it makes another type of the base."""
    arguments = []
    chosen = rna is base
    for name in maker.parameters:
        if name != "type":
            arguments.append(name)
            continue
        kind = _kind(rna, base) if rna.identifier != base.identifier else None
        chosen = chosen or kind is not None
        arguments.append(f'type="{kind}"' if kind else "type")
    if not chosen and rna.identifier != base.identifier:
        return None
    return f"{maker.where}.{maker.function}({', '.join(arguments)})"


def _kind(rna: Any, base: Any) -> str | None:
    """The item of the base's `type` that makes this type."""
    types = base.properties.get("type")
    if types is None or types.type != "ENUM":
        return None
    items = types.enum_items.keys()
    if rna.identifier in _OTHER_NAMES:
        return _OTHER_NAMES[rna.identifier] if _OTHER_NAMES[rna.identifier] in items else None
    squeezed = {item.replace("_", ""): item for item in items}
    label = rna.name.upper().replace(" ", "").replace("-", "")
    for word in (rna.identifier.upper(), label):
        short = word.removeprefix(base.identifier.upper()).removesuffix(base.identifier.upper())
        if short in squeezed:
            return squeezed[short]
    by_label = {item.name.casefold(): item.identifier for item in types.enum_items}
    return by_label.get(rna.name.casefold().removesuffix(base.name.casefold()).strip())
