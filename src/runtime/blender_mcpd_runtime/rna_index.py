"""What this Blender has, as text to search: operators, types, node types, and what belongs to types.

Only strings are kept, so nothing can be stale but the texts themselves: whoever looks up a name reads RNA anew.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import bpy

from . import compat
from .rna_describe import own_functions, own_properties
from .rna_nodes import is_node_type

MAX_ENTRIES = 100_000
MAX_TEXT = 160

# Their types draw the user interface: thousands, and of no use to a script.
_INTERFACE = ("Panel", "Menu", "Header", "UIList", "Operator", "Macro", "Gizmo", "GizmoGroup", "KeyingSetInfo",
              "FileHandler", "AssetShelf")
# Every node type has these, for Blender itself.
_INNER_FUNCTIONS = {"input_template", "output_template", "is_registered_node_type"}
# How the functions of collections begin that make their members.
_MAKERS = ("new", "add", "load", "insert")


class Entry(NamedTuple):
    kind: str       # operator, type, node, property, function
    name: str       # as it can be looked up
    label: str
    text: str
    words: str      # of name and label, lower case, between spaces
    more: str       # of everything else


class Maker(NamedTuple):
    """A function that makes members of a collection."""

    where: str      # Object.modifiers
    function: str   # new
    parameters: tuple[str, ...]


class Index:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.operators: list[str] = []          # mesh.bevel
        self.types: list[str] = []              # all that bpy.types has, of the interface too
        self.nodes_by_label: dict[str, list[str]] = {}
        self.makers: dict[str, list[Maker]] = {}  # by the type of what they return
        self._add_operators()
        self._add_types()
        del self.entries[MAX_ENTRIES:]

    def _add(self, kind: str, name: str, label: str, text: str, more: str = "") -> None:
        words = f" {' '.join(split_words(name))} {label.lower()} "
        self.entries.append(Entry(kind, name, label, text[:MAX_TEXT], words, f" {text} {more} ".lower()))

    def _add_operators(self) -> None:
        for idname in compat.operator_idnames():
            module, _, function = idname.partition("_OT_")
            name = f"{module.lower()}.{function}"
            rna = compat.operator_rna(idname)
            self.operators.append(name)
            parameters = " ".join(f"{prop.name} {prop.description}" for prop in rna.properties
                                  if not prop.is_hidden and prop.identifier != "rna_type")
            self._add("operator", name, rna.name, rna.description, parameters[:1000])

    def _add_types(self) -> None:
        interface = tuple(getattr(bpy.types, name) for name in _INTERFACE if hasattr(bpy.types, name))
        for name in dir(bpy.types):
            cls = getattr(bpy.types, name)
            rna = getattr(cls, "bl_rna", None)
            if rna is None or not isinstance(cls, type):
                continue
            self.types.append(name)
            if issubclass(cls, interface) and cls not in interface or "_OT_" in name:
                continue
            if is_node_type(cls):
                self.nodes_by_label.setdefault(rna.name.casefold(), []).append(name)
                self._add("node", name, rna.name, rna.description)
            else:
                self._add("type", name, rna.name, rna.description)
            self._add_members(name, rna)

    def _add_members(self, owner: str, rna: Any) -> None:
        for prop in own_properties(rna):
            self._add("property", f"{owner}.{prop.identifier}", prop.name, prop.description)
            if prop.type == "COLLECTION" and prop.srna is not None:
                self._add_makers(f"{owner}.{prop.identifier}", prop.srna)
        for function in own_functions(rna):
            if function.identifier in _INNER_FUNCTIONS:
                continue
            self._add("function", f"{owner}.{function.identifier}", "", function.description)

    def _add_makers(self, where: str, rna: Any) -> None:
        for function in rna.functions:
            if not function.identifier.startswith(_MAKERS):
                continue
            for output in function.parameters:
                if output.is_output and output.type == "POINTER" and output.fixed_type is not None:
                    parameters = tuple(prop.identifier for prop in function.parameters
                                       if not prop.is_output and prop.is_required)
                    maker = Maker(where, function.identifier, parameters)
                    self.makers.setdefault(output.fixed_type.identifier, []).append(maker)


_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def split_words(text: str) -> list[str]:
    """mesh.bevel, ShaderNodeBsdfPrincipled and "make parent" alike, in lower case."""
    words = [word.lower() for word in _CAMEL.findall(text)]
    return words or [word for word in text.lower().split() if word]


_index: Index | None = None
_fingerprint: tuple[Any, ...] = ()


def index() -> Index:
    """Of all that is registered now: made again when an add-on came or went. Main thread only."""
    global _index, _fingerprint
    fingerprint = _registered()
    if _index is None or fingerprint != _fingerprint:
        _index, _fingerprint = Index(), fingerprint
    return _index


def _registered() -> tuple[Any, ...]:
    # Add-ons hang their properties on these.
    extended = tuple(len(getattr(bpy.types, name).bl_rna.properties)
                     for name in ("Scene", "Object", "Mesh", "Material", "Collection", "World", "WindowManager",
                                  "Light", "Camera", "Armature", "Bone", "PoseBone", "ViewLayer", "RenderSettings"))
    return hash(tuple(dir(bpy.types))), hash(tuple(compat.operator_idnames())), extended
