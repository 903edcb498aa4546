"""What a script does to the process as a whole lasts as long as the script, and does not end it."""

from __future__ import annotations

import builtins
import errno
import faulthandler
import gc
import os
import posix
import signal
import socket
import sys
import tempfile
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import bpy

from .descriptors import OpenFiles, identity, is_out_of_reach, open_files
from .signal_actions import read_action, write_action

# Those whose disposition decides about the life of Blender, about interrupts, or about a render that is cancelled.
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM,
            signal.SIGTERM, signal.SIGCHLD)
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_MIN_RECURSION = 500
# Whether scripts cannot close what others have opened. With windows Xlib ends Blender when it loses its connection, and
# add-ons have connections as well.
guards_descriptors = False
_left_by_scripts: OpenFiles = {}


@contextmanager
def contained() -> Iterator[None]:
    """Around a script. Main thread only."""
    restore = _process_state()
    with_names = _without_exits()
    try:
        yield
    finally:
        with_names()
        restore()


# Ways to end Blender

def _ends_blender(name: str) -> RuntimeError:
    return RuntimeError(f"{name} would end Blender, and with it what is not saved; a script may not do that.")


def _refusing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    pid = os.getpid()

    def refuse(*args: Any, **kwargs: Any) -> Any:
        if os.getpid() != pid:
            return real(*args, **kwargs)  # in a child that the script has forked
        raise _ends_blender(f"{name}()")

    return refuse


def _refusing_own(name: str, real: Callable[..., Any], own: Callable[[int], bool]) -> Callable[..., Any]:
    """A function that sends a signal: not to this process, unless Python code of the script waits for it. Its group may
    have others in it."""
    pid = os.getpid()

    def send(target: int, number: int) -> Any:
        harmless = number == 0 or \
            (target == pid and number != signal.SIGUSR1 and callable(signal.getsignal(number)))
        if os.getpid() == pid and own(target) and not harmless:
            raise _ends_blender(f"{name}() on its own process")
        return real(target, number)

    return send


class _ScriptExit(BaseException):
    """Stands for SystemExit. Blender exits, or crashes, on the real one when a callback or operator lets it out."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.code = args[0] if len(args) == 1 else args or None


_ScriptExit.__name__ = _ScriptExit.__qualname__ = "SystemExit"
_ScriptExit.__module__ = "builtins"


def _script_exit(status: Any = None, /) -> None:
    raise _ScriptExit(status)


def _set_recursion_limit(real: Callable[[int], None]) -> Callable[[int], None]:
    def setrecursionlimit(limit: int, /) -> None:
        if limit < _MIN_RECURSION:
            raise ValueError(f"the limit holds for all threads, and blender-mcpd needs {_MIN_RECURSION}")
        real(limit)

    return setrecursionlimit


def _guarded(before: OpenFiles) -> dict[str, Callable[..., Any]]:
    """Functions that close descriptors, but neither those that were open before the script and are none of an earlier
    one's, nor connections of the runtime."""
    pid, thread = os.getpid(), threading.get_ident()
    real_close, real_range, real_dup2 = posix.close, posix.closerange, posix.dup2

    def guards(fd: Any) -> bool:
        if os.getpid() != pid or threading.get_ident() != thread or not isinstance(fd, int) or fd <= 2:
            return False
        file = identity(fd)
        return file is not None and (before.get(fd) == file != _left_by_scripts.get(fd) or is_out_of_reach(fd))

    def close(fd: int) -> None:
        if guards(fd):
            raise OSError(errno.EBADF, "This descriptor is Blender's own, and none of the script's")
        real_close(fd)

    def closerange(fd_low: int, fd_high: int, /) -> None:
        begin = fd_low
        for kept in sorted(open_files()):
            if fd_low <= kept < fd_high and guards(kept):
                real_range(begin, kept)
                begin = kept + 1
        real_range(begin, fd_high)

    def dup2(fd: int, fd2: int, inheritable: bool = True) -> int:
        if guards(fd2):
            raise OSError(errno.EBADF, "That descriptor is Blender's own, and none of the script's")
        return real_dup2(fd, fd2, inheritable)

    return {"close": close, "closerange": closerange, "dup2": dup2}


def _note_left_by_script(before: OpenFiles) -> None:
    """What is open now and was not before; later scripts may close it."""
    now = open_files()
    kept = {fd: file for fd, file in now.items()
            if not is_out_of_reach(fd) and (before.get(fd) != file or _left_by_scripts.get(fd) == file)}
    _left_by_scripts.clear()
    _left_by_scripts.update(kept)


class _WindowManagerOperators:
    """bpy.ops.wm without one of its operators."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if name == "quit_blender":
            return _refusing("bpy.ops.wm.quit_blender", lambda: None)
        return getattr(self._real, name)

    def __dir__(self) -> list[str]:
        return dir(self._real)


def _without_exits() -> Callable[[], None]:
    """Replaces what ends the process or our threads; returns what puts it back."""
    def is_own(pid: int) -> bool:
        return pid in (0, -1, os.getpid(), -os.getpgrp())

    def is_own_group(group: int) -> bool:
        return group in (0, os.getpgrp())

    replaced: list[tuple[Any, str, Any]] = []

    def replace(owner: Any, name: str, value: Any) -> None:
        replaced.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    for name in ("_exit", "abort", "execv", "execve"):
        refuse = _refusing(f"os.{name}", getattr(posix, name))
        replace(os, name, refuse)
        replace(posix, name, refuse)
    for name, own in (("kill", is_own), ("killpg", is_own_group)):
        send = _refusing_own(f"os.{name}", getattr(posix, name), own)
        replace(os, name, send)
        replace(posix, name, send)
    before = open_files() if guards_descriptors else None
    for name, guarded in _guarded(before).items() if before is not None else ():
        replace(os, name, guarded)
        replace(posix, name, guarded)
    raise_signal = signal.raise_signal
    to_self = _refusing_own("signal.raise_signal", lambda _pid, number: raise_signal(number), is_own)
    replace(signal, "raise_signal", lambda number, /: to_self(os.getpid(), number))
    replace(sys, "setrecursionlimit", _set_recursion_limit(sys.setrecursionlimit))
    replace(sys, "exit", _script_exit)
    replace(builtins, "SystemExit", _ScriptExit)
    bpy.ops.wm = _WindowManagerOperators(bpy.ops.wm)

    def put_back() -> None:
        for owner, name, value in reversed(replaced):
            setattr(owner, name, value)
        vars(bpy.ops).pop("wm", None)  # Blender makes it anew for each access
        if before is not None:
            _note_left_by_script(before)

    return put_back


# State of the process

def _process_state() -> Callable[[], None]:
    """Notes it; returns what restores it."""
    restorers = [_directory(), _environment(), _interpreter(), _signals()]

    def restore() -> None:
        for each in restorers:
            each()

    return restore


def _directory() -> Callable[[], None]:
    umask = os.umask(0o077)
    os.umask(umask)
    try:
        folder: str | None = os.getcwd()
    except FileNotFoundError:
        folder = None
    temporary = tempfile.tempdir

    def restore() -> None:
        os.umask(umask)
        tempfile.tempdir = temporary
        try:
            if folder is not None and os.getcwd() != folder:
                os.chdir(folder)
        except OSError:
            _to_folder(folder)

    return restore


def _to_folder(folder: str) -> None:
    """From a folder that the script has removed, maybe with that one."""
    for candidate in (folder, "/"):
        try:
            os.chdir(candidate)
            return
        except OSError:
            pass


def _environment() -> Callable[[], None]:
    noted = dict(os.environ)

    def restore() -> None:
        if dict(os.environ) != noted:
            os.environ.clear()
            os.environ.update(noted)

    return restore


def _interpreter() -> Callable[[], None]:
    recursion, switching = sys.getrecursionlimit(), sys.getswitchinterval()
    collects, thresholds = gc.isenabled(), gc.get_threshold()
    timeout = socket.getdefaulttimeout()
    traced = [(owner, owner.gettrace(), owner.getprofile()) for owner in (sys, threading)]

    def restore() -> None:
        sys.setrecursionlimit(recursion)
        sys.setswitchinterval(switching)
        (gc.enable if collects else gc.disable)()
        gc.set_threshold(*thresholds)
        socket.setdefaulttimeout(timeout)
        for owner, trace, profile in traced:
            owner.settrace(trace)
            owner.setprofile(profile)
        faulthandler.cancel_dump_traceback_later()

    return restore


def _signals() -> Callable[[], None]:
    actions = {number: read_action(number) for number in _SIGNALS}
    interrupt = signal.getsignal(signal.SIGUSR1)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    timers = [timer for timer in _TIMERS if signal.getitimer(timer)[0] == 0]  # the others are not the script's

    def restore() -> None:
        for timer in timers:
            signal.setitimer(timer, 0)
        if signal.getsignal(signal.SIGUSR1) is not interrupt:
            signal.signal(signal.SIGUSR1, interrupt)
        for number, action in actions.items():
            write_action(number, action)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    return restore
