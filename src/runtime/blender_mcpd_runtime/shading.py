"""Flat, smooth or automatic shading of a mesh."""

from __future__ import annotations

from typing import Any

from . import compat


def shade(mesh: Any, how: str) -> None:
    mesh.polygons.foreach_set("use_smooth", [how != "flat"] * len(mesh.polygons))
    if how == "auto":
        compat.shade_auto(mesh)
    else:
        compat.shade_not_auto(mesh)
    mesh.update()
