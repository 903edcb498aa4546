"""Numbers, angles and colours as the tools speak them."""

from __future__ import annotations

import math
from typing import Any, Iterable

from .errors import invalid


def number(value: float) -> float:
    """A float32 without the digits that float64 makes up for it."""
    return float(f"{value:.7g}") + 0.0  # -0.0 becomes 0.0


def numbers(values: Iterable[float]) -> list[float]:
    return [float(f"{value:.7g}") + 0.0 for value in values]


def degrees(values: Iterable[float]) -> list[float]:
    return [round(math.degrees(value), 5) + 0.0 for value in values]


def radians(values: Iterable[float]) -> list[float]:
    return [math.radians(value) for value in values]


def color(value: Any, field: str) -> tuple[float, float, float, float]:
    """Linear RGBA from [r, g, b], [r, g, b, a], "#rrggbb" or "#rrggbbaa" (sRGB). Alpha is 1 where it is not given."""
    if isinstance(value, str):
        digits = value.removeprefix("#")
        try:
            channels = [byte / 255 for byte in bytes.fromhex(digits)]
        except ValueError:
            channels = []
        if len(digits) not in (6, 8) or len(channels) not in (3, 4):
            raise invalid(f"{field} is {value!r}, not a colour.", field, 'Write "#rrggbb", "#rrggbbaa" or [r, g, b].')
        rgba = [_srgb_to_linear(channel) for channel in channels[:3]] + channels[3:]
    else:
        rgba = list(value)
    return (rgba[0], rgba[1], rgba[2], rgba[3] if len(rgba) == 4 else 1.0)


def has_alpha(value: Any) -> bool:
    return len(value.removeprefix("#")) == 8 if isinstance(value, str) else len(value) == 4


def _srgb_to_linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
