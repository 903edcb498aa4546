"""Pictures of 8 bits a channel, RGB, put together and written without any help: not every Blender has numpy."""

from __future__ import annotations

import struct
import zlib
from typing import Sequence

# Five columns by seven rows; each number is a row, the leftmost column is the highest bit.
GLYPHS = {
    "A": (14, 17, 17, 31, 17, 17, 17), "B": (30, 17, 17, 30, 17, 17, 30), "C": (14, 17, 16, 16, 16, 17, 14),
    "D": (30, 17, 17, 17, 17, 17, 30), "E": (31, 16, 16, 30, 16, 16, 31), "F": (31, 16, 16, 30, 16, 16, 16),
    "G": (14, 17, 16, 23, 17, 17, 15), "H": (17, 17, 17, 31, 17, 17, 17), "I": (14, 4, 4, 4, 4, 4, 14),
    "K": (17, 18, 20, 24, 20, 18, 17), "L": (16, 16, 16, 16, 16, 16, 31), "M": (17, 27, 21, 21, 17, 17, 17),
    "N": (17, 25, 21, 19, 17, 17, 17), "O": (14, 17, 17, 17, 17, 17, 14), "P": (30, 17, 17, 30, 16, 16, 16),
    "R": (30, 17, 17, 30, 20, 18, 17), "S": (15, 16, 16, 14, 1, 1, 30), "T": (31, 4, 4, 4, 4, 4, 4),
}
GLYPH_COLUMNS, GLYPH_ROWS = 5, 7
INK, PAPER = b"\xf0\xf0\xf0", b"\x18\x18\x18"
GAP = 2  # pixels between the pictures of a sheet
GAP_COLOR = b"\x80\x80\x80"


class Picture:
    """Rows from top to bottom."""

    def __init__(self, width: int, height: int, rgb: bytes | bytearray) -> None:
        if len(rgb) != width * height * 3:
            raise ValueError(f"{len(rgb)} bytes are no picture of {width} x {height}")
        self.width, self.height = width, height
        self.rgb = bytearray(rgb)

    @classmethod
    def from_rgba(cls, width: int, height: int, rgba: bytes) -> Picture:
        """Rows from bottom to top, as a graphics card has them."""
        rgb = bytearray(width * height * 3)
        for channel in range(3):
            rgb[channel::3] = rgba[channel::4]
        return cls(width, height, _upside_down(rgb, width * 3))

    @classmethod
    def from_bmp(cls, data: bytes) -> Picture:
        """As Blender writes it: 24 bits, not packed, from bottom to top, rows filled to four bytes."""
        if data[:2] != b"BM" or len(data) < 54:
            raise ValueError("no BMP")
        (start,) = struct.unpack_from("<I", data, 10)
        width, height, _, bits, packing = struct.unpack_from("<iiHHI", data, 18)
        stride = (width * 3 + 3) // 4 * 4
        if bits != 24 or packing or width <= 0 or height <= 0 or len(data) < start + stride * height:
            raise ValueError(f"not the expected kind of BMP: {bits} bits, packing {packing}, {width} x {height}")
        bgr = b"".join([data[at:at + width * 3] for at in range(start, start + stride * height, stride)])
        rgb = bytearray(len(bgr))
        for channel in range(3):
            rgb[channel::3] = bgr[2 - channel::3]
        return cls(width, height, _upside_down(rgb, width * 3))

    def put(self, other: Picture, left: int, top: int) -> None:
        """Over what is there; it must fit in."""
        for row in range(other.height):
            at = ((top + row) * self.width + left) * 3
            self.rgb[at:at + other.width * 3] = other.rgb[row * other.width * 3:(row + 1) * other.width * 3]

    def label(self, text: str) -> None:
        """In the upper left corner, as much of it as fits in."""
        scale = max(1, round(min(self.width, self.height) / 150))
        tag = _tag(text, scale)
        if tag.width <= self.width and tag.height <= self.height:
            self.put(tag, 0, 0)

    def png(self) -> bytes:
        stride = self.width * 3
        rows = b"".join([b"\0" + self.rgb[at:at + stride] for at in range(0, len(self.rgb), stride)])
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 6))
                + _chunk(b"IEND", b""))


def sheet(pictures: Sequence[Picture], columns: int) -> Picture:
    """Pictures of one size in rows."""
    width, height = pictures[0].width, pictures[0].height
    rows = -(-len(pictures) // columns)
    whole_width, whole_height = columns * (width + GAP) - GAP, rows * (height + GAP) - GAP
    whole = Picture(whole_width, whole_height, GAP_COLOR * (whole_width * whole_height))
    for index, picture in enumerate(pictures):
        whole.put(picture, index % columns * (width + GAP), index // columns * (height + GAP))
    return whole


def _tag(text: str, scale: int) -> Picture:
    """The text on paper of its own, with a margin of as much as a column of a glyph."""
    glyphs = [GLYPHS.get(letter, (0,) * GLYPH_ROWS) for letter in text.upper()]
    width = (len(glyphs) * (GLYPH_COLUMNS + 1) + 3) * scale
    lines = [PAPER * width] * (2 * scale)
    for row in range(GLYPH_ROWS):
        dots = ["00"]
        dots += [f"{glyph[row]:0{GLYPH_COLUMNS}b}0" for glyph in glyphs]
        dots += ["0"]
        lines += [b"".join([(INK if dot == "1" else PAPER) * scale for dot in "".join(dots)])] * scale
    lines += [PAPER * width] * (2 * scale)
    return Picture(width, len(lines), b"".join(lines))


def _upside_down(rgb: bytearray, stride: int) -> bytes:
    return b"".join([rgb[at:at + stride] for at in range(len(rgb) - stride, -1, -stride)])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
