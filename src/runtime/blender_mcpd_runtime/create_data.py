"""The object data (mesh, light, camera, …) of each kind that create_objects makes."""

from __future__ import annotations

import math
from typing import Any

import bpy

from . import primitives
from .shading import shade
from .values import color

# Blender's own 10 W are almost black at the scale of a default scene; its startup lamp has 1000 W.
LIGHT_ENERGY = {"point": 1000.0, "spot": 1000.0, "area": 1000.0, "sun": 1.0}


def make_data(item: dict[str, Any], name: str, field: str) -> Any:
    """None for an empty."""
    kind = item["kind"]
    if kind in primitives.BUILDERS:
        data = primitives.build(kind, name, item.get("size", primitives.DEFAULT_SIZE), item.get("segments"))
    elif kind == "mesh":
        data = _mesh(item["mesh"], name)
    elif kind == "light":
        return _light(item.get("light", {}), name, f"{field}.light")
    elif kind == "camera":
        return _camera(item, name)
    elif kind == "text":
        return _text(item, name)
    elif kind == "curve":
        return _curve(item["curve"], name)
    else:
        return None
    if "shade" in item:
        shade(data, item["shade"])
    return data


def _mesh(spec: dict[str, Any], name: str) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(spec["vertices"], spec.get("edges", []), spec.get("faces", []))
    mesh.update(calc_edges=True)
    return mesh


def _light(spec: dict[str, Any], name: str, field: str) -> Any:
    kind = spec.get("type", "point")
    light = bpy.data.lights.new(name, kind.upper())
    light.energy = spec.get("energy", LIGHT_ENERGY[kind])
    if "color" in spec:
        light.color = color(spec["color"], f"{field}.color")[:3]
    if "size" in spec:
        if kind == "area":
            light.size = spec["size"]
        elif kind != "sun":
            light.shadow_soft_size = spec["size"] / 2  # a radius
    if "angle" in spec:
        if kind == "spot":
            light.spot_size = math.radians(spec["angle"])
        elif kind == "sun":
            light.angle = math.radians(spec["angle"])
    return light


def _camera(item: dict[str, Any], name: str) -> Any:
    spec = item.get("camera", {})
    camera = bpy.data.cameras.new(name)
    if "size" in item:
        camera.display_size = item["size"]
    if "lens" in spec:
        camera.lens = spec["lens"]
    if "clip_end" in spec:
        camera.clip_end = spec["clip_end"]
    if "orthographic_scale" in spec:
        camera.type = "ORTHO"
        camera.ortho_scale = spec["orthographic_scale"]
    return camera


def _text(item: dict[str, Any], name: str) -> Any:
    spec = item.get("text", {})
    text = bpy.data.curves.new(name, "FONT")
    text.body = spec.get("body", "Text")
    text.extrude = spec.get("extrude", 0.0)
    text.align_x = spec.get("align", "left").upper()
    text.size = spec.get("font_size", item.get("size", 1.0))
    return text


def _curve(spec: dict[str, Any], name: str) -> Any:
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions = "3D"
    curve.bevel_depth = spec.get("bevel_depth", 0.0)
    points = spec["points"]
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    spline.points.foreach_set("co", [value for point in points for value in (*point, 1.0)])
    spline.use_cyclic_u = spec.get("closed", False)
    return curve
