"""Which file a saved copy is a copy of, in the place where Blender's own autosave notes it.

Blender takes the path, and what relative paths are relative to, from there when it recovers a file (`FileGlobal.filepath`
in DNA_fileGlobal_types.h, "filename" in files). It fills that in for autosaves only, which do not happen in background mode. The layout is
read from the description that every .blend carries; block headers are those of doc/blender_file_format.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO, Iterator

from .errors import OpError

_OLD_BLOCK = struct.Struct("<4siQii")     # code, bytes, address, struct, count
_NEW_BLOCK = struct.Struct("<4siQqq")     # code, struct, address, bytes, count: since 5.0
_OLD_HEADER_BYTES, _NEW_HEADER_BYTES = 12, 17


@dataclass
class _Block:
    code: bytes
    offset: int
    size: int


def write_origin(path: str, origin: str) -> None:
    """`path` is an uncompressed .blend that this Blender has just written."""
    text = os.fsencode(origin)
    with open(path, "r+b") as file:
        blocks = {block.code: block for block in _blocks(file) if block.code in (b"GLOB", b"DNA1")}
        if len(blocks) != 2:
            raise _unknown()
        offset, size = _field(_read(file, blocks[b"DNA1"]), b"FileGlobal", b"filename")
        if offset + size > blocks[b"GLOB"].size:
            raise _unknown()
        if len(text) >= size:
            raise OpError("blender", f"The path of the open file has {len(text)} bytes, more than Blender can note.",
                          remedy="Save it under a shorter path.")
        file.seek(blocks[b"GLOB"].offset + offset)
        file.write(text.ljust(size, b"\0"))


def _blocks(file: BinaryIO) -> Iterator[_Block]:
    header = file.read(_OLD_HEADER_BYTES)
    if not header.startswith(b"BLENDER"):
        raise _unknown()
    is_new = header[7:8].isdigit()
    kind = _NEW_BLOCK if is_new else _OLD_BLOCK
    position = _NEW_HEADER_BYTES if is_new else _OLD_HEADER_BYTES
    while True:
        file.seek(position)
        head = file.read(kind.size)
        if len(head) < kind.size:
            return
        fields = kind.unpack(head)
        block = _Block(fields[0], position + kind.size, fields[3] if is_new else fields[1])
        yield block
        position = block.offset + block.size


def _read(file: BinaryIO, block: _Block) -> bytes:
    file.seek(block.offset)
    return file.read(block.size)


class _Dna:
    """A cursor over the DNA1 block: its parts are aligned to 4 bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 4  # "SDNA"

    def part(self, code: bytes) -> None:
        self._at += -self._at % 4
        if self._data[self._at:self._at + 4] != code:
            raise _unknown()
        self._at += 4

    def number(self) -> int:
        return self._take("<i", 4)

    def short(self) -> int:
        return self._take("<h", 2)

    def text(self) -> bytes:
        end = self._data.index(b"\0", self._at)
        found = self._data[self._at:end]
        self._at = end + 1
        return found

    def _take(self, form: str, size: int) -> int:
        value: int = struct.unpack_from(form, self._data, self._at)[0]
        self._at += size
        return value


def _field(data: bytes, struct_name: bytes, field_name: bytes) -> tuple[int, int]:
    """(offset, size) of a char array in a struct."""
    dna = _Dna(data)
    dna.part(b"NAME")
    names = [dna.text() for _ in range(dna.number())]
    dna.part(b"TYPE")
    types = [dna.text() for _ in range(dna.number())]
    dna.part(b"TLEN")
    lengths = [dna.short() for _ in types]
    dna.part(b"STRC")
    for _ in range(dna.number()):
        wanted = types[dna.short()] == struct_name
        offset = 0
        for _ in range(dna.short()):
            of_type, name = dna.short(), names[dna.short()]
            size = 8 if name.startswith((b"*", b"(")) else lengths[of_type]
            base, *dimensions = name.split(b"[")
            for dimension in dimensions:
                size *= int(dimension.rstrip(b"]"))
            if wanted and base == field_name:
                return offset, size
            offset += size
    raise _unknown()


def _unknown() -> OpError:
    return OpError("blender", "This Blender writes .blend files of a form that is not known here.",
                   remedy='Keep copies with manage_file, action "save_as", instead.')
