"""get_viewport_screenshot, and render_viewport, which does its work in another Blender where it cannot be drawn."""

from __future__ import annotations

import time
from typing import Any, Protocol

import bpy
from mathutils import Vector

from . import viewport_draw
from .bounds import Box, visible_box
from .context import Context, Result
from .errors import OpError
from .lookup import objects_named
from .object_info import world_bounds
from .picture import GAP, Picture, sheet
from .shots import Shot, all_labels, framed, from_camera, named, sizes, towards

DEFAULT_MAX_SIZE = 800
ASPECT = 4 / 3  # of a picture that has none of its own
SHEETS = {4: ("front", "right", "top", "iso"), 6: ("front", "back", "left", "right", "top", "iso")}
SHEET_COLUMNS = {4: 2, 6: 3}
# In base64, with what is said of it, less than the megabyte that some clients take.
MAX_PNG_BYTES = 700_000
MAX_TRIES = 6
SMALLEST = 64  # pixels


class Device(Protocol):
    """What takes pictures."""

    engine: str
    notes: list[str]

    def take(self, context: Context, shot: Shot, width: int, height: int) -> Picture: ...


def get_viewport_screenshot(context: Context, args: dict[str, Any]) -> Any:
    """The picture, or {"plan": …} for render_viewport in a Blender on a copy, where this one cannot draw."""
    view3d = viewport_draw.find()
    plan = _plan(args, view3d)
    plan["generation"] = context.document.generation
    reason = viewport_draw.obstacle(view3d, plan["shading"])
    if reason is None:
        context.hold_interrupts()
        with viewport_draw.Viewport(view3d, plan["shading"], bare=plan["bare"]) as device:
            return _picture(context, plan, device)
    return {"plan": {**plan, "fallback": reason}}


def render_viewport(context: Context, plan: dict[str, Any]) -> Result:
    """Leaves the scene in disorder: for a Blender that is thrown away."""
    from .viewport_render import Renderer  # nobody else needs it

    context.hold_interrupts()
    with Renderer(plan["shading"], [Shot.from_json(shot) for shot in plan["shots"]]) as device:
        return _picture(context, plan, device)


def _plan(args: dict[str, Any], view3d: viewport_draw.View3D | None) -> dict[str, Any]:
    """What is to be seen, in JSON."""
    notes: list[str] = []
    shots = _shots(args, view3d, notes)
    return {
        "shots": [shot.to_json() for shot in shots], "columns": SHEET_COLUMNS.get(args.get("contact_sheet"), 1),
        "max_size": args.get("max_size", DEFAULT_MAX_SIZE),
        "shading": args.get("shading") or (view3d.shading if view3d else "solid"),
        "bare": shots[0].label != "current" or "frame_objects" in args, "notes": notes,
    }


def _shots(args: dict[str, Any], view3d: viewport_draw.View3D | None, notes: list[str]) -> list[Shot]:
    view = args.get("view", "current")
    scene, depsgraph = bpy.context.scene, bpy.context.evaluated_depsgraph_get()
    names = args.get("frame_objects")
    if view == "camera":
        return [_camera_shot(scene, depsgraph)]
    if view == "current" and view3d is None and "contact_sheet" not in args:
        notes.append("There is no current view: iso is shown instead.")
        view = "iso"
    if view == "current" and names is None and "contact_sheet" not in args:
        return [view3d.shot()]

    subject, whole = _subject(names, depsgraph, view3d.space if view3d else None, notes)
    if "contact_sheet" in args:
        return [named(label, ASPECT, subject, whole) for label in SHEETS[args["contact_sheet"]]]
    if view == "current":
        now = view3d.shot()
        return [framed("current", now.matrix.to_3x3(), now.orthographic, ASPECT, subject, whole)]
    if isinstance(view, str):
        return [named(view, ASPECT, subject, whole)]
    azimuth, elevation = view.get("azimuth", 0), view.get("elevation", 0)
    label = f"azimuth {azimuth:g}, elevation {elevation:g}"
    return [framed(label, towards(azimuth, elevation), False, ASPECT, subject, whole)]


def _camera_shot(scene: Any, depsgraph: Any) -> Shot:
    if scene.camera is None:
        raise OpError("not_found", "The scene has no camera.", field="view",
                      remedy="Take another view, such as \"iso\", or give the scene a camera with set_scene.")
    return from_camera("camera", scene.camera, depsgraph, scene)


def _subject(names: list[str] | None, depsgraph: Any, space: Any, notes: list[str]) -> tuple[Box, Box]:
    """What is framed, and all there is."""
    whole, is_anything = visible_box(depsgraph, space)
    if not is_anything:
        notes.append("The scene shows nothing that has a surface.")
    subject = whole if names is None else _box_of(objects_named(names, "frame_objects"), depsgraph, space, notes)
    for box in (subject, whole):
        box.widen()
    return subject, whole


def _box_of(objects: list[Any], depsgraph: Any, space: Any, notes: list[str]) -> Box:
    """With all that hangs below them."""
    family = {member.as_pointer(): member for obj in objects for member in (obj, *obj.children_recursive)}
    box, has_surface = visible_box(depsgraph, space, set(family))
    hidden = [obj.name for obj in objects if not obj.visible_get(viewport=space)]
    if hidden:
        notes.append(f"Hidden, and not in the picture: {', '.join(hidden)}.")
    elif not has_surface:
        notes.append("What is framed has no surface: the picture shows its place.")
    if box.is_empty:
        for obj in objects:
            box.add([Vector(corner) for corner in world_bounds(obj)])
    return box


def _picture(context: Context, plan: dict[str, Any], device: Device) -> Result:
    started = time.perf_counter()
    shots = [Shot.from_json(shot) for shot in plan["shots"]]
    notes = [*plan["notes"], *device.notes]
    max_size = plan["max_size"]
    for _ in range(MAX_TRIES):
        picture = _compose(context, device, shots, plan["columns"], max_size)
        png = picture.png()
        if len(png) <= MAX_PNG_BYTES or max_size <= SMALLEST:
            break
        max_size = max(SMALLEST, int(max_size * (MAX_PNG_BYTES / len(png)) ** 0.5 * 0.95))
    if max_size < plan["max_size"]:
        notes.append(f"Made smaller than {plan['max_size']} pixels, so that it has at most {MAX_PNG_BYTES // 1000} kB.")
    return Result({
        "image": {"mime_type": "image/png", "width": picture.width, "height": picture.height, "bytes": len(png)},
        "views": all_labels(shots), "shading": plan["shading"], "engine": device.engine,
        "fallback": plan.get("fallback"), "seconds": round(time.perf_counter() - started, 3), "notes": notes,
        "generation": plan["generation"],
    }, png)


def _compose(context: Context, device: Device, shots: list[Shot], columns: int, max_size: int) -> Picture:
    width, height = sizes(shots, columns, max_size, GAP)
    pictures = []
    for index, shot in enumerate(shots):
        context.stop_point()
        pictures.append(device.take(context, shot, width, height))
        if len(shots) > 1:
            pictures[-1].label(shot.label)
            context.progress(index + 1, len(shots), shot.label)
    return sheet(pictures, columns)
