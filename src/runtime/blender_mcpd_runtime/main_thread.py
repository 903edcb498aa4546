"""Reaches the main thread of a Blender that is not ours while it runs a command, and at no other time."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Callable

from .signal_actions import handler_address

Handler = Callable[[int, "FrameType | None"], None]


class MainThread:
    """`strike` has the main thread call the handler, which may raise, between two steps of the Python that it runs.

    By SIGUSR1, which ends sleeps and system calls as well, where nobody else uses that signal: a handler of somebody
    else's stays, and without ours the signal would end Blender. Otherwise as a pending call of the interpreter, which
    waits for the next step of Python. PyThreadState_SetAsyncExc would raise by itself, too late to look whether the
    command still runs.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._call = _Call(handler)
        self._lock = threading.Lock()
        self._armed = False

    # Main thread, around a command

    def __enter__(self) -> None:
        if handler_address(signal.SIGUSR1) == 0:  # Python knows nothing of handlers in C
            signal.signal(signal.SIGUSR1, self._handler)
        with self._lock:
            self._armed = True

    def __exit__(self, _type: type[BaseException] | None, _exc: BaseException | None,
                 _traceback: TracebackType | None) -> None:
        with self._lock:
            self._armed = False
        signal.sigpending()  # what was sent until now is delivered at the end of a system call: here, not below
        if signal.getsignal(signal.SIGUSR1) is self._handler:
            signal.signal(signal.SIGUSR1, signal.SIG_DFL)

    # Any other thread

    def strike(self) -> None:
        with self._lock:
            if not self._armed:
                return
            if signal.getsignal(signal.SIGUSR1) is self._handler:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
            else:
                self._call.schedule()


class _Call:
    """A pending call is a C function that gets a pointer and tells by its result whether it has raised: to ask an object
    for its truth is one. The interpreter keeps no reference, but makes the call before the next turn of the pump, which
    does."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def schedule(self) -> None:
        is_true = ctypes.cast(ctypes.pythonapi.PyObject_IsTrue, ctypes.c_void_p)
        ctypes.pythonapi.Py_AddPendingCall(is_true, ctypes.c_void_p(id(self)))

    def __bool__(self) -> bool:
        self._handler(signal.SIGUSR1, sys._getframe(1))
        return False
