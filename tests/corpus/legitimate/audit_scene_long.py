"""Looks a scene over and says what a technical artist would complain about."""

from __future__ import annotations

import bpy
from collections import defaultdict
from typing import Iterable, NamedTuple


class Issue(NamedTuple):
    severity: str
    where: str
    what: str


LIMITS = {"triangles": 200_000, "texture": 4096, "materials": 8, "name": 48}


def scale_issues(objects: Iterable[bpy.types.Object]) -> list[Issue]:
    out = []
    for o in objects:
        if o.type != 'MESH':
            continue
        if any(abs(s - 1.0) > 1e-3 for s in o.scale):
            out.append(Issue("warn", o.name, f"scale is not applied: {tuple(round(s, 3) for s in o.scale)}"))
        if any(s < 0 for s in o.scale):
            out.append(Issue("error", o.name, "negative scale"))
    return out


def mesh_issues(objects):
    for o in objects:
        if o.type != 'MESH':
            continue
        me = o.data
        tris = sum(len(p.vertices) - 2 for p in me.polygons)
        if tris > LIMITS["triangles"]:
            yield Issue("warn", o.name, f"{tris:,} triangles")
        ngons = sum(1 for p in me.polygons if len(p.vertices) > 4)
        if ngons:
            yield Issue("info", o.name, f"{ngons} n-gons")
        if not me.uv_layers:
            yield Issue("info", o.name, "no UV map")
        if len(o.material_slots) > LIMITS["materials"]:
            yield Issue("warn", o.name, f"{len(o.material_slots)} material slots")
        for i, slot in enumerate(o.material_slots):
            if slot.material is None:
                yield Issue("warn", o.name, f"slot {i} is empty")


def image_issues():
    for image in bpy.data.images:
        if max(image.size) > LIMITS["texture"]:
            yield Issue("warn", image.name, f"{image.size[0]} x {image.size[1]} pixels")
        if image.source == 'FILE' and not image.has_data and not image.packed_file:
            yield Issue("error", image.name, f"cannot be read: {image.filepath}")


def name_issues():
    seen = defaultdict(list)
    for o in bpy.data.objects:
        seen[o.name.split(".")[0]].append(o)
        if len(o.name) > LIMITS["name"]:
            yield Issue("info", o.name, "long name")
    for base, obs in seen.items():
        if len(obs) > 20:
            yield Issue("info", base, f"{len(obs)} copies by suffix")


def report(issues: list[Issue]) -> str:
    order = {"error": 0, "warn": 1, "info": 2}
    issues.sort(key=lambda i: (order[i.severity], i.where))
    if not issues:
        return "Nothing to complain about."
    width = max(len(i.where) for i in issues)
    return "\n".join(f"{i.severity:<6}{i.where:<{width}}  {i.what}" for i in issues)


def main():
    scene = bpy.context.scene
    issues = scale_issues(scene.objects)
    issues.extend(mesh_issues(scene.objects))
    issues.extend(image_issues())
    issues.extend(name_issues())
    print(report(issues))
    scene["audit_errors"] = sum(i.severity == "error" for i in issues)


main()
