"""Small assets for tests: pictures, environments and models, written by hand."""

from __future__ import annotations

import json
import math
import struct
import zlib
from pathlib import Path
from typing import Any, Callable

Colour = tuple[int, int, int]
Light = tuple[float, float, float]


def png(width: int, height: int, colour: Callable[[int, int], Colour]) -> bytes:
    """8 bits, RGB; `colour` of x and y, from the upper left."""
    rows = b"".join(b"\0" + b"".join(bytes(colour(x, y)) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flat(value: int | Colour, size: int = 8) -> bytes:
    colour = (value,) * 3 if isinstance(value, int) else value
    return png(size, size, lambda x, y: colour)


def bricks(size: int = 64) -> dict[str, bytes]:
    """Maps of a wall, by role; red bricks with grey, rough, deep joints."""
    def is_joint(x: int, y: int) -> bool:
        row = y // (size // 8)
        return y % (size // 8) < 2 or (x + row % 2 * size // 8) % (size // 4) < 2

    def normal(sign: int) -> Callable[[int, int], Colour]:
        def of(x: int, y: int) -> Colour:
            slope = is_joint(x, y + 1) - is_joint(x, y - 1)
            return 128, 128 + sign * 90 * slope, 230
        return of

    return {
        "color": png(size, size, lambda x, y: (120, 120, 120) if is_joint(x, y) else (170, 60, 40)),
        "roughness": png(size, size, lambda x, y: (250,) * 3 if is_joint(x, y) else (140,) * 3),
        "ambient_occlusion": png(size, size, lambda x, y: (90,) * 3 if is_joint(x, y) else (255,) * 3),
        "displacement": png(size, size, lambda x, y: (60,) * 3 if is_joint(x, y) else (190,) * 3),
        "normal_gl": png(size, size, normal(1)), "normal_dx": png(size, size, normal(-1)),
        "metallic": flat(0), "arm": png(size, size, lambda x, y: (255, 140, 0)),
    }


def sky(x: int, y: int, width: int, height: int) -> Light:
    """Blue above, brown below, and a sun of 60: in the direction of +Y, half way up."""
    if math.hypot(x - width // 4, y - height // 4) <= width / 32:
        return 60.0, 55.0, 45.0
    return (0.2, 0.4, 1.0) if y < height // 2 else (0.2, 0.12, 0.05)


def hdr(width: int = 64, height: int = 32) -> bytes:
    """The sky as Radiance has it."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            light = sky(x, y, width, height)
            mantissa, exponent = math.frexp(max(light))
            scale = mantissa * 256 / max(light)
            pixels += bytes((*(int(part * scale) for part in light), exponent + 128))
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (height, width) + bytes(pixels)


def exr(width: int = 64, height: int = 32) -> bytes:
    """The sky as OpenEXR has it: 32 bits a channel, in lines, not packed."""
    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return f"{name}\0{kind}\0".encode() + struct.pack("<I", len(value)) + value

    channels = b"".join(name + b"\0" + struct.pack("<iBxxxii", 2, 0, 1, 1) for name in (b"B", b"G", b"R")) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = b"\x76\x2f\x31\x01\x02\0\0\0" + b"".join((
        attribute("channels", "chlist", channels), attribute("compression", "compression", b"\0"),
        attribute("dataWindow", "box2i", window), attribute("displayWindow", "box2i", window),
        attribute("lineOrder", "lineOrder", b"\0"), attribute("pixelAspectRatio", "float", struct.pack("<f", 1)),
        attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0)),
        attribute("screenWindowWidth", "float", struct.pack("<f", 1)))) + b"\0"
    size = 12 * width
    lines = b"".join(struct.pack("<ii", y, size) + struct.pack(f"<{3 * width}f", *(
        sky(x, y, width, height)[channel] for channel in (2, 1, 0) for x in range(width))) for y in range(height))
    first = len(head) + 8 * height
    return head + b"".join(struct.pack("<Q", first + y * (8 + size)) for y in range(height)) + lines


def gltf(sizes: tuple[float, float, float], at: tuple[float, float, float] = (0, 0, 0), image: str | None = None,
         roots: int = 1) -> tuple[dict[str, Any], bytes]:
    """(document, buffer) of boxes in metres, Y up, in a row along X; each is a child of a root of its own."""
    half = [size / 2 for size in sizes]
    corners = [[(1 if index >> axis & 1 else -1) * half[axis] + at[axis] for axis in range(3)] for index in range(8)]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    points, uvs, triangles = [], [], []
    for face in faces:
        base = len(points)
        points += [corners[corner] for corner in face]
        uvs += [(0, 0), (1, 0), (1, 1), (0, 1)]
        triangles += [base, base + 1, base + 2, base, base + 2, base + 3]
    buffer = b"".join(struct.pack("<3f", *point) for point in points) + b"".join(struct.pack("<2f", *uv) for uv in uvs) \
        + struct.pack(f"<{len(triangles)}H", *triangles)
    points_size, uvs_size = 12 * len(points), 8 * len(uvs)
    low, high = ([round(value, 7) for value in map(pick, zip(*points))] for pick in (min, max))
    document: dict[str, Any] = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [2 * index for index in range(roots)],
                                                             "extras": {"from": "the file"}}],
        "nodes": [node for index in range(roots)
                  for node in ({"name": f"Root{index}", "children": [2 * index + 1], "translation": [2 * index, 0, 0]},
                               {"name": f"Box{index}", "mesh": 0})],
        "meshes": [{"name": "Box", "primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2,
                                                    "material": 0}]}],
        "materials": [{"name": "Paint", "pbrMetallicRoughness": {"baseColorFactor": [0.1, 0.5, 0.2, 1],
                                                                 "roughnessFactor": 0.3}}],
        "buffers": [{"byteLength": len(buffer)}],
        "bufferViews": [{"buffer": 0, "byteLength": points_size},
                        {"buffer": 0, "byteOffset": points_size, "byteLength": uvs_size},
                        {"buffer": 0, "byteOffset": points_size + uvs_size, "byteLength": 2 * len(triangles)}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3", "min": low, "max": high},
                      {"bufferView": 1, "componentType": 5126, "count": len(uvs), "type": "VEC2"},
                      {"bufferView": 2, "componentType": 5123, "count": len(triangles), "type": "SCALAR"}],
    }
    if image is not None:
        document["images"], document["textures"] = [{"uri": image}], [{"source": 0}]
        document["materials"][0]["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 0}}
    return document, buffer


def write_glb(path: Path, *args: Any, **options: Any) -> str:
    document, buffer = gltf(*args, **options)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    buffer += b"\0" * (-len(buffer) % 4)
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(buffer)) + struct.pack("<I4s", len(text), b"JSON")
                     + text + struct.pack("<I4s", len(buffer), b"BIN\0") + buffer)
    return str(path)


def write_gltf(path: Path, *args: Any, **options: Any) -> str:
    """With its buffer beside it."""
    document, buffer = gltf(*args, **options)
    document["buffers"][0]["uri"] = path.stem + ".bin"
    path.write_text(json.dumps(document))
    path.with_suffix(".bin").write_bytes(buffer)
    return str(path)


def obj(sizes: tuple[float, float, float]) -> str:
    half = [size / 2 for size in sizes]
    corners = [" ".join(str((1 if index >> axis & 1 else -1) * half[axis]) for axis in range(3)) for index in range(8)]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return "o Box\n" + "".join(f"v {corner}\n" for corner in corners) \
        + "".join("f " + " ".join(str(corner + 1) for corner in face) + "\n" for face in faces)
