"""Settings of a scene, by the names that the tools have for them."""

from __future__ import annotations

import math
from typing import Any, Callable

from . import compat
from .errors import OpError, invalid
from .lookup import object_named
from .rna_values import enum_values, folded, one_of, set_enum, set_property
from .values import number
from .world_settings import describe_world

# Of film and television: 23.976 is 24000/1001, and so on.
NTSC_BASE = 1.001
SAMPLES = {"cycles": ("cycles", "samples"), "eevee": ("eevee", "taa_render_samples")}

Setter = Callable[[Any, Any, str], None]


def engine_name(scene: Any) -> str:
    """As the tools call it; that of an add-on's engine is its identifier."""
    names = {identifier: name for name, identifier in compat.ENGINES.items()}
    return names.get(scene.render.engine, scene.render.engine)


def check_camera(name: str, field: str) -> None:
    camera = object_named(name, field)
    if camera.type != "CAMERA":
        raise invalid(f"{name!r} is a {camera.type} object, not a camera.", field)


def check_frames(scene: Any, frame: dict[str, Any], field: str) -> None:
    """Blender would move the other end."""
    start, end = frame.get("start", scene.frame_start), frame.get("end", scene.frame_end)
    if start > end:
        which = "start" if "start" in frame else "end"
        raise invalid(f"{field} would start at {start} and end at {end}.", f"{field}.{which}", "Give both start and end.")


def set_camera(scene: Any, name: str, field: str) -> None:
    scene.camera = object_named(name, field)


def set_units(scene: Any, units: dict[str, Any], field: str) -> None:
    settings = scene.unit_settings
    # The lengths there are depend on the system.
    for member, attribute in (("system", "system"), ("length_unit", "length_unit")):
        if member in units:
            set_enum(settings, attribute, units[member], f"{field}.{member}")
    if "scale" in units:
        set_property(settings, "scale_length", units["scale"], f"{field}.scale")


def set_frame(scene: Any, frame: dict[str, Any], field: str) -> None:
    start, end = frame.get("start", scene.frame_start), frame.get("end", scene.frame_end)
    scene.frame_end = max(end, scene.frame_start)
    scene.frame_start = start
    scene.frame_end = end
    if "step" in frame:
        scene.frame_step = frame["step"]
    if "fps" in frame:
        _set_fps(scene.render, frame["fps"])
    if "current" in frame:
        scene.frame_set(frame["current"])


def _set_fps(render: Any, fps: float) -> None:
    whole = math.ceil(fps)
    base = whole / fps
    render.fps = whole
    render.fps_base = NTSC_BASE if math.isclose(base, NTSC_BASE, rel_tol=2e-5) else base


def set_engine(scene: Any, name: str, field: str) -> None:
    identifier = compat.ENGINES[name]
    if identifier not in enum_values(scene.render, "engine"):
        there = [known for known, found in compat.ENGINES.items() if found in enum_values(scene.render, "engine")]
        raise OpError("blender", f"This Blender has no {name}; it has {', '.join(there)}.", field=field,
                      remedy="Choose another engine.")
    scene.render.engine = identifier


def set_samples(scene: Any, samples: int, field: str) -> None:
    engine = engine_name(scene)
    if engine not in SAMPLES:
        raise invalid(f"The engine {engine} has no sample count.", field, "Leave samples out, or set engine to eevee or "
                      "cycles.")
    owner, attribute = SAMPLES[engine]
    set_property(getattr(scene, owner), attribute, samples, field)


def set_render(scene: Any, spec: dict[str, Any], field: str) -> None:
    render = scene.render
    if "engine" in spec:
        set_engine(scene, spec["engine"], f"{field}.engine")
    if "samples" in spec:
        set_samples(scene, spec["samples"], f"{field}.samples")
    for attribute, size in zip(("resolution_x", "resolution_y"), spec.get("resolution", ())):
        set_property(render, attribute, size, f"{field}.resolution")
    for member, attribute in (("percentage", "resolution_percentage"), ("transparent", "film_transparent")):
        if member in spec:
            set_property(render, attribute, spec[member], f"{field}.{member}")


def set_color_management(scene: Any, color: dict[str, Any], field: str) -> None:
    view = scene.view_settings
    if "view_transform" in color:
        set_enum(view, "view_transform", color["view_transform"], f"{field}.view_transform")
    if "look" in color:
        view.look = _look(color["look"], enum_values(view, "look"), f"{field}.look")
    for member in ("exposure", "gamma"):
        if member in color:
            set_property(view, member, color[member], f"{field}.{member}")


def _look(value: str, looks: list[str], field: str) -> str:
    """Some configurations write the view transform before it: "AgX - Punchy" is Punchy."""
    short = {folded(look.rpartition(" - ")[2]): look for look in looks}
    return short.get(folded(value)) or one_of(value, looks, field)


SETTERS: dict[str, Setter] = {
    "camera": set_camera, "units": set_units, "frame": set_frame, "render": set_render,
    "color_management": set_color_management,
}


def describe_scene(scene: Any) -> dict[str, Any]:
    render, units, view = scene.render, scene.unit_settings, scene.view_settings
    engine = engine_name(scene)
    samples = None
    if engine in SAMPLES:
        owner, attribute = SAMPLES[engine]
        samples = getattr(getattr(scene, owner), attribute)
    return {
        "name": scene.name,
        "camera": scene.camera.name if scene.camera else None,
        "world": describe_world(scene.world),
        "units": {"system": units.system, "length_unit": units.length_unit, "scale": number(units.scale_length)},
        "frame": {"current": scene.frame_current, "start": scene.frame_start, "end": scene.frame_end,
                  "step": scene.frame_step, "fps": round(render.fps / render.fps_base, 3)},
        "render": {"engine": engine, "samples": samples, "resolution": [render.resolution_x, render.resolution_y],
                   "percentage": render.resolution_percentage, "transparent": render.film_transparent},
        "color_management": {"view_transform": view.view_transform, "look": view.look,
                             "exposure": number(view.exposure), "gamma": number(view.gamma)},
    }
