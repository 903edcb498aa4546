"""The images of an asset into the .blend file, which then needs nothing of where they came from."""

from __future__ import annotations

from typing import Any

import bpy

from .asset_origin import Origin, origin_of


def pack_images(origin: Origin, warnings: list[str]) -> dict[str, int]:
    """All that this asset has in the open file, also from before. Returns how many they are, and their bytes."""
    packed = size = 0
    for image in bpy.data.images:
        if image.library is not None or not _is_of(image, origin) or image.source not in ("FILE", "TILED"):
            continue
        try:
            if not image.packed_files:
                image.pack()
        except RuntimeError as exc:
            warnings.append(f"{image.name} was not packed and stays where it is: {str(exc).strip()}")
            continue
        packed += 1
        size += sum(one.packed_file.size for one in image.packed_files)
    return {"images": packed, "bytes": size}


def _is_of(image: Any, origin: Origin) -> bool:
    found = origin_of(image)
    return found is not None and all(found[name] == origin[name] for name in ("provider", "id"))
