"""lookup_api: what this Blender's API has, from its own RNA."""

from __future__ import annotations

import inspect
import re
from typing import Any, Callable

import bpy

from . import compat, pages
from .context import Context
from .errors import OpError
from .file_formats import Direction, describe
from .lookup import nearest
from .rna_describe import bases, describe_function, describe_property, own_functions, own_properties, signature
from .rna_enums import live_identifiers, operator_properties, samples
from .rna_index import index
from .rna_makers import how_to_make
from .rna_nodes import is_node_type, sockets, tree_types
from .rna_search import nearest_names, search

DEFAULT_LIMIT = 40
MAX_DOC = 2_000

# Tools whose formats depend on how Blender is built.
_FILE_TOOLS: dict[str, Direction] = {"import_file": "import", "export_file": "export"}
_ROOTS = {"data": "BlendData", "context": "Context"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


def lookup_api(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    query = args["query"].strip()
    if query in _FILE_TOOLS:
        return {"kind": "formats", "name": query, "formats": describe(_FILE_TOOLS[query])}
    if _NAME.fullmatch(query):
        parts = query.removeprefix("bpy.").split(".")
        found = _operator(parts, args) or _member(parts, context, args)
        if found is not None:
            return found
    labelled = index().nodes_by_label.get(query.casefold(), [])
    if len(labelled) == 1 and _class(query) is None:
        others = [entry.name for entry in search(index(), query)[:6] if not entry.name.startswith(labelled[0])]
        return {**_type(getattr(bpy.types, labelled[0]), context, args), "also": others}
    return _words(query, args)


# Operators


def _operator(parts: list[str], args: dict[str, Any]) -> dict[str, Any] | None:
    if parts[0] == "ops":
        parts = parts[1:]
    if len(parts) == 1 and "_OT_" in parts[0]:  # as bpy.types has it
        module, _, function = parts[0].partition("_OT_")
        parts = [module.lower(), function]
    if len(parts) not in (2, 3):
        return None
    name, idname = f"{parts[0]}.{parts[1]}", f"{parts[0].upper()}_OT_{parts[1]}"
    if idname not in compat.operator_idnames():
        return None
    rna = compat.operator_rna(idname)
    properties = [prop for prop in rna.properties if prop.identifier != "rna_type"]
    shown = [prop for prop in properties if not prop.is_hidden]
    last = operator_properties(name)

    def live(prop: Any) -> list[str] | None:
        return None if last is None else live_identifiers(last, prop)

    if len(parts) == 3:
        (prop,) = _chosen(properties, [parts[2]], f"The operator {name}", "query")
        return {"kind": "property", "name": f"bpy.ops.{name}.{parts[2]}",
                "property": describe_property(prop, live, True)}
    about = {"kind": "operator", "name": f"bpy.ops.{name}", "label": rna.name, "description": rna.description,
             "signature": signature(f"bpy.ops.{name}", shown), "poll": last is not None}
    full = "fields" in args
    if full:
        shown = _chosen(properties, args["fields"], f"The operator {name}", "fields")
    elif len(shown) < len(properties):
        about["hidden"] = [prop.identifier for prop in properties if prop.is_hidden]
    described, more = pages.fill(shown, lambda prop: describe_property(prop, live, full), args, DEFAULT_LIMIT)
    return {**about, "properties": described, **more}


# Types and their members


def _member(parts: list[str], context: Context, args: dict[str, Any]) -> dict[str, Any] | None:
    """A type, or what a path of properties from one comes to."""
    if parts[0] == "types":
        parts = parts[1:]
    if not parts:
        return None
    cls = _class(parts[0])
    if cls is None or (len(parts) == 1 and parts[0] not in _ROOTS and cls.__name__ != parts[0]):
        return None
    if len(parts) == 1:
        return _type(cls, context, args)
    if cls.__name__ != parts[0] and _ROOTS.get(parts[0]) is None and parts[1] not in (
            *cls.bl_rna.properties.keys(), *cls.bl_rna.functions.keys()):
        return None  # mesh.bevle is none of Mesh
    rna = cls.bl_rna
    walked = rna.identifier
    for position, name in enumerate(parts[1:], 1):
        prop, function = rna.properties.get(name), rna.functions.get(name)
        last = position == len(parts) - 1
        if last and prop is not None:
            return _property(rna, prop, walked)
        if last and function is not None:
            return {"kind": "function", "name": f"{walked}.{name}",
                    "function": describe_function(function, walked, True)}
        if prop is None or prop.type not in ("POINTER", "COLLECTION"):
            found = _python_member(rna, name, walked) if last else None
            if found is None:
                raise _no_member(rna, name, walked)
            return found
        walked += f".{name}"
        rna = _next(prop, parts[position + 1])
    return None


def _class(name: str) -> Any:
    name = _ROOTS.get(name, name)
    if name.startswith("__"):
        return None
    cls = getattr(bpy.types, name, None)
    if cls is None:  # scene.render as people write it
        cls = getattr(bpy.types, name[:1].upper() + name[1:], None)
    return cls if isinstance(cls, type) and hasattr(cls, "bl_rna") else None


def _next(prop: Any, name: str) -> Any:
    """The type that has that member: of a collection its own functions, or what its members have."""
    if prop.srna is not None and (name in prop.srna.functions or name in prop.srna.properties):
        return prop.srna
    return prop.fixed_type


def _live_of(rna: Any) -> Callable[[Any], list[str] | None]:
    """As a struct of the type in the current scene takes them."""

    def live(prop: Any) -> list[str] | None:
        sample = samples().get(rna.identifier)
        return None if sample is None else live_identifiers(sample, prop)

    return live


def _property(owner: Any, prop: Any, walked: str) -> dict[str, Any]:
    about = {"kind": "property", "name": f"{walked}.{prop.identifier}",
             "property": describe_property(prop, _live_of(owner), True)}
    if prop.type == "COLLECTION" and prop.srna is not None:
        about["functions"] = [describe_function(function, prop.identifier, False)
                              for function in own_functions(prop.srna)]
    return about


def _python_member(rna: Any, name: str, walked: str) -> dict[str, Any] | None:
    """What Blender's Python adds to a type: keyframe_insert, children, …"""
    if name.startswith("_"):
        return None
    member = inspect.getattr_static(getattr(bpy.types, rna.identifier, None), name, None)
    if member is None:
        return None
    kind = "property" if isinstance(member, property) else "function"
    return {"kind": kind, "name": f"{walked}.{name}", "description": (inspect.getdoc(member) or "")[:MAX_DOC]}


def _no_member(rna: Any, name: str, walked: str) -> OpError:
    names = [*rna.properties.keys(), *rna.functions.keys()]
    similar = nearest(name, names)
    message = f"{walked} has no member {name!r}."
    if similar:
        message += " Nearest: " + ", ".join(f"{walked}.{one}" for one in similar) + "."
    return OpError("not_found", message, field="query", details={"found": walked, "nearest": similar},
                   remedy=f"Look up {rna.identifier!r} to see what it has, or search with plain words.")


def _type(cls: Any, context: Context, args: dict[str, Any]) -> dict[str, Any]:
    rna = cls.bl_rna
    is_node = is_node_type(cls)
    about: dict[str, Any] = {"kind": "node" if is_node else "type", "name": f"bpy.types.{rna.identifier}",
                             "label": rna.name, "description": rna.description,
                             "bases": [base.identifier for base in bases(rna)]}
    properties = own_properties(rna)
    functions = own_functions(rna)
    entries: list[tuple[str, Callable[[], Any]]] = []
    if is_node:
        about["add"] = [f'node_tree.nodes.new("{rna.identifier}")']
        about["trees"] = list(tree_types(rna.identifier))
    else:
        about["add"] = how_to_make(rna, index())
    if "fields" in args:
        members = {one.identifier: one for one in (*rna.functions, *rna.properties)}
        chosen = _chosen(list(members.values()), args["fields"], f"The type {rna.identifier}", "fields")
        properties = [one for one in chosen if hasattr(one, "is_readonly")]
        functions = [one for one in chosen if not hasattr(one, "is_readonly")]
    else:
        about["inherited"] = _inherited(rna)
        if is_node:
            found = sockets(rna.identifier, context)
            about.update((name, value) for name, value in found.items() if name == "sockets_unknown")
            for section in ("inputs", "outputs"):
                entries += [(section, lambda socket=socket: socket) for socket in found.get(section, [])]
    full, live = "fields" in args, _live_of(rna)
    entries += [("properties", lambda prop=prop: describe_property(prop, live, full)) for prop in properties]
    entries += [("functions", lambda one=one: describe_function(one, rna.identifier if full else "", full))
                for one in functions]
    described, more = pages.fill(entries, lambda entry: (entry[0], entry[1]()), args, DEFAULT_LIMIT)
    about = {name: value for name, value in about.items() if value not in ([], {}, "")}
    return {**about, **pages.grouped(described), **more}


def _inherited(rna: Any) -> dict[str, list[str]]:
    """Without what add-ons set when they register a type."""
    names = {base.identifier: [name for name in (prop.identifier for prop in own_properties(base))
                               if not name.startswith("bl_")] for base in bases(rna)}
    return {base: own for base, own in names.items() if own}


def _chosen(members: list[Any], names: list[str], owner: str, field: str) -> list[Any]:
    by_name = {member.identifier: member for member in members}
    for position, name in enumerate(names):
        if name not in by_name:
            similar = nearest(name, by_name)
            where = f"{field}[{position}]" if field == "fields" else field
            message = f"{owner} has no {name!r}."
            if similar:
                message += " Nearest: " + ", ".join(similar) + "."
            raise OpError("not_found", message, field=where, details={"nearest": similar},
                          remedy="Leave it out to see what there is.")
    return [by_name[name] for name in dict.fromkeys(names)]


# Words


def _words(query: str, args: dict[str, Any]) -> dict[str, Any]:
    everything = index()
    # What is written as a name is meant as one: its parts are in many others.
    is_name = bool(_NAME.fullmatch(query)) and (query != query.lower() or "." in query)
    similar = nearest_names(everything, query) if is_name else []
    matches = [] if similar else search(everything, query)
    if not matches:
        similar = similar or nearest_names(everything, query)
        message = f"This Blender has nothing named or described as {query!r}."
        if similar:
            message += " Nearest: " + ", ".join(similar) + "."
        raise OpError("not_found", message, field="query", details={"nearest": similar},
                      remedy="Use a name as mesh.bevel, BevelModifier or Object.location, or a few English words.")
    described, more = pages.fill(matches, lambda entry: {
        "kind": entry.kind, "name": entry.name, **({"label": entry.label} if entry.label else {}),
        **({"text": entry.text} if entry.text else {})}, args, 20)
    return {"kind": "matches", "matches": described, "total": len(matches), **more}
