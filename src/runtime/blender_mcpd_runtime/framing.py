"""Link v1 framing: u32 json_bytes | u32 blob_bytes | json | blob, big endian. Knows no socket."""

from __future__ import annotations

import struct
from typing import Iterator

HEADER = struct.Struct(">II")

MAX_JSON_BYTES = 64 << 20
MAX_BLOB_BYTES = 1 << 30
# Before the token is checked nobody gets to make Blender hold more than this.
MAX_HELLO_BYTES = 64 << 10


class FrameError(Exception):
    """The peer broke the framing; the connection cannot go on."""


def frame(json_bytes: bytes, blob_bytes: int = 0) -> bytes:
    """The frame up to its blob, which the caller sends right after."""
    return HEADER.pack(len(json_bytes), blob_bytes) + json_bytes


class FrameReader:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.max_json = MAX_HELLO_BYTES
        self.max_blob = 0

    def accept_full_size(self) -> None:
        self.max_json = MAX_JSON_BYTES
        self.max_blob = MAX_BLOB_BYTES

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def frames(self) -> Iterator[bytes]:
        """The JSON of every whole frame. Blobs are read and dropped: no operation takes one."""
        while len(self._buffer) >= HEADER.size:
            json_bytes, blob_bytes = HEADER.unpack_from(self._buffer)
            if json_bytes > self.max_json or blob_bytes > self.max_blob:
                raise FrameError(f"frame of {json_bytes} + {blob_bytes} bytes is over the limit")
            end = HEADER.size + json_bytes
            if len(self._buffer) < end + blob_bytes:
                return
            body = bytes(self._buffer[HEADER.size:end])
            del self._buffer[:end + blob_bytes]
            yield body
