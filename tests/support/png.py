"""Reads the pictures that Blender writes: 8 bits a channel, RGB or RGBA, not interlaced."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}


class Picture(NamedTuple):
    width: int
    height: int
    pixels: list[bytes]

    def colours(self) -> set[bytes]:
        return set(self.pixels)


def read(data: bytes) -> Picture:
    """ValueError when it is no such picture, or not whole."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG signature")
    chunks = _chunks(data)
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or depth != 8 or kind not in CHANNELS or interlaced:
        raise ValueError(f"not the expected kind of PNG: {depth} bits, type {kind}")
    size = CHANNELS[kind]
    packed = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    stride = width * size + 1
    if len(packed) != stride * height:
        raise ValueError("wrong number of pixels")
    pixels, above = [], bytes(width * size)
    for row in range(height):
        above = _unfilter(packed[row * stride], packed[row * stride + 1:(row + 1) * stride], above, size)
        pixels += [above[at:at + size] for at in range(0, len(above), size)]
    return Picture(width, height, pixels)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], len(SIGNATURE)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        (crc,) = struct.unpack_from(">I", data, at + 8 + length)
        if crc != zlib.crc32(name + body):
            raise ValueError(f"wrong checksum of {name!r}")
        chunks.append((name, body))
        at += length + 12
    return chunks


def _unfilter(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    """One row; the filters of the PNG specification, chapter 9."""
    row = bytearray(line)
    for at in range(len(row)):
        left = row[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        row[at] = (row[at] + (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]) & 255
    return bytes(row)


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
