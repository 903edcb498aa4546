"""The count of changes, in memory that a daemon on this machine reads without asking."""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import secrets
import struct
from typing import Any

from .descriptors import identity, move_out_of_reach

# A page: 16 random bytes that say whose it is, then words of 64 bits, in the order and size of this machine.
_NONCE_BYTES = 16
_SEEN, _UNSEEN, _UNWATCHED = (_NONCE_BYTES // 8 + at for at in range(3))
_Words = ctypes.c_uint64 * (_NONCE_BYTES // 8 + 3)


class Generation:
    """Each word has one thread that writes it, but for `unwatched`. Where memory cannot be shared it is private."""

    def __init__(self) -> None:
        self._nonce = secrets.token_bytes(_NONCE_BYTES)
        self._fd, self._words = _shared_page()
        self._file = identity(self._fd)
        self._words[0], self._words[1] = struct.unpack("=2Q", self._nonce)

    @property
    def value(self) -> int:
        return self._words[_SEEN] + self._words[_UNSEEN]

    def count(self) -> None:
        """A change. Main thread."""
        self._words[_SEEN] += 1

    def count_unseen(self) -> None:
        """A change that there may have been. I/O thread."""
        self._words[_UNSEEN] += 1

    @property
    def unwatched(self) -> bool:
        """Something edits without being seen: who wants to know the generation has to ask."""
        return bool(self._words[_UNWATCHED])

    @unwatched.setter
    def unwatched(self, is_so: bool) -> None:
        self._words[_UNWATCHED] = int(is_so)

    def place(self) -> dict[str, Any]:
        """Where a daemon finds it, for the hello; empty when it is not shared."""
        return {"generation": {"fd": self._fd, "nonce": self._nonce.hex()}} if self._file else {}

    def withdraw(self) -> None:
        """Nobody finds it any more. Who has found it keeps it."""
        if self._file and identity(self._fd) == self._file:  # a script may have closed it
            os.close(self._fd)


def _shared_page() -> tuple[int, Any]:
    """With its descriptor, or -1. It is sealed: nobody who has mapped it can lose it. It stays mapped, as who counts may do so
    to the last."""
    size = mmap.PAGESIZE
    try:
        fd = move_out_of_reach(os.memfd_create("blender-mcpd-generation", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING))
        os.ftruncate(fd, size)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return fd, _Words.from_address(_map(fd, size))
    except (AttributeError, OSError):  # another system, or a kernel that refuses
        return -1, _Words()


def _map(fd: int, size: int) -> int:
    """Python's own mmap keeps a descriptor besides, with a low number: a script would close it, and the end of the mapping
    whatever has got that number since."""
    function = ctypes.CDLL(None, use_errno=True).mmap
    function.restype = ctypes.c_void_p
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    address = function(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, fd, 0)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return address
