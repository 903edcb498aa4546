"""Refuses what scripts do beside the scene, however it is spelt: programs, network, native code, files elsewhere.

A CPython audit hook (PEP 578). It is a tripwire with messages that help, and no boundary: docs/security.md lists what it
cannot see. The sandbox holds what it misses.

Whose doing an event is, is read from the stack. It is Blender's or ours when all of its Python comes from files that were
installed before, and it began where the runtime begins. So code that a script leaves for later (handlers, threads, drivers)
is judged as the script is, and our own operations and the add-ons that they call are not.

The hook uses only what it has taken at its birth, none of which can be changed: scripts get at frames and modules.
"""

from __future__ import annotations

import _posixsubprocess
import ctypes
import importlib
import io
import os
import pathlib
import posix
import sys
import sysconfig
from types import CodeType, FrameType
from typing import Any, Callable, Sequence

import bpy

# Events by rule, or how those of a rule begin. The rules are those of the static policy.
_PROCESS = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile",
                      "subprocess.Popen", "pty.spawn", "os.killpg"})
_NETWORK = "socket."
_NATIVE = "ctypes."
_HARMLESS = frozenset({"socket.gethostname"})
_INTERPRETER = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.addaudithook",
                          "cpython.PyInterpreterState_New"})
_NATIVE_MODULES = frozenset({"_ctypes", "_posixsubprocess", "_xxsubinterpreters", "_interpreters", "_testcapi",
                             "_testinternalcapi", "cffi", "_cffi_backend", "ctypes", "readline"})
# The positions of paths among the arguments, and of the descriptors of the folders that they are relative to. A link in the
# last place is followed by some.
_FOLLOWED = {"os.truncate": ((0, None),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
             "os.setxattr": ((0, None),), "os.removexattr": ((0, None),)}
_NOT_FOLLOWED = {"os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),), "os.rename": ((0, 2), (1, 3)),
                 "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),)}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/full"})
# How the names of the modules begin that are built into Python.
_FROZEN = "<frozen "


def arm(folders: Sequence[str], own_threads: Sequence[CodeType]) -> None:
    """From here on, for the life of the process. Scripts may write in `folders`. Events of a thread that runs one of
    `own_threads` are not theirs."""
    _without_fork_exec()
    sys.addaudithook(_hook(tuple(map(os.path.realpath, folders)), _installed(folders), _begin(), tuple(own_threads)))


def _installed(folders: Sequence[str]) -> tuple[str, ...]:
    """The beginnings of the names of files that no script has made."""
    parts = {os.path.dirname(os.path.dirname(os.path.abspath(__file__))), sysconfig.get_path("stdlib"),
             sysconfig.get_path("platstdlib"), bpy.utils.resource_path("LOCAL"), bpy.utils.resource_path("USER"),
             bpy.utils.resource_path("SYSTEM"), *bpy.utils.script_paths(), *sys.path}
    writable = tuple(os.path.join(folder, "") for folder in folders)
    found = {os.path.join(part, "") for part in parts if part and os.path.isabs(part)}
    return tuple(part for part in found if not any(folder.startswith(part) for folder in writable))


def _begin() -> CodeType:
    """Of the main thread's stack."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code


def _without_fork_exec() -> None:
    """What subprocess starts programs with raises no event of its own before Python 3.14."""
    def refuse(*_args: Any) -> None:
        raise PermissionError("process.run: blender-mcpd starts no programs from Blender (docs/security.md)")

    _posixsubprocess.fork_exec = refuse
    subprocess = sys.modules.get("subprocess")
    if subprocess is not None and hasattr(subprocess, "_fork_exec"):
        subprocess._fork_exec = refuse


def _hook(folders: tuple[str, ...], installed: tuple[str, ...], begin: CodeType,
          own_threads: tuple[CodeType, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    get_frame, get_pid, startswith, contains = sys._getframe, posix.getpid, str.startswith, str.__contains__
    type_of, as_path, no_permission, value_error = type, posix.fspath, PermissionError, ValueError
    whole_number, text, raw_bytes, decode, join = int, str, bytes, bytes.decode, "".join
    paths_of = frozenset({str, bytes, pathlib.PosixPath, posix.DirEntry})
    place, place_of_link = _place(True), _place(False)
    process, network, native, harmless, interpreter = _PROCESS, _NETWORK, _NATIVE, _HARMLESS, _INTERPRETER
    native_modules, writes, devices, frozen, holds = _NATIVE_MODULES, _WRITES, _DEVICES, _FROZEN, _holds()
    followed, not_followed = tuple(_FOLLOWED.items()), tuple(_NOT_FOLLOWED.items())
    of_files, not_followed_events = frozenset({*_FOLLOWED, *_NOT_FOLLOWED}), frozenset(_NOT_FOLLOWED)
    machinery = tuple(os.path.join(os.path.dirname(module.__file__), "") for module in (importlib, ctypes))
    watched = frozenset({*_PROCESS, *_INTERPRETER, *_FOLLOWED, *_NOT_FOLLOWED, "open", "os.kill", "import", "compile",
                         "code.__new__", "marshal.loads", "marshal.load", "sqlite3.connect", "webbrowser.open"})

    def is_foreign(frame: FrameType) -> bool:
        """Whether a script has to do with it."""
        while True:
            code = frame.f_code
            name = code.co_filename
            if not (startswith(name, installed) or startswith(name, frozen)) or contains(name, "/../"):
                return True
            for own in own_threads:
                if code is own:
                    return False
            if frame.f_back is None:
                return code is not begin
            frame = frame.f_back

    def asked_by_installed(frame: FrameType | None, at_import: bool) -> bool:
        """Whether a file that no script has made asks for it, while it is imported or at any time."""
        while frame is not None and (startswith(frame.f_code.co_filename, frozen)
                                     or startswith(frame.f_code.co_filename, machinery)):
            frame = frame.f_back
        return frame is not None and startswith(frame.f_code.co_filename, installed) and \
            (frame.f_code.co_name == "<module>" or not at_import)

    def is_elsewhere(found: str) -> bool:
        if not startswith(found, "/") or found in devices:
            return False
        if startswith(found, installed):
            return True
        for folder in folders:
            if found == folder or startswith(found, folder + "/"):
                return False
        return True

    def name_of(path: Any) -> str | None:
        """None: nobody can tell what it will be when it is used."""
        if type_of(path) not in paths_of:
            return None
        path = as_path(path)
        if type_of(path) is raw_bytes:
            return decode(path, "utf-8", "surrogateescape")
        return path if type_of(path) is text else None

    def check_file(event: str, path: Any, folder: Any, resolve: Callable[[str, int], str | None]) -> None:
        if type_of(path) is whole_number:
            return
        name = name_of(path)
        found = None if name is None else resolve(name, folder if type_of(folder) is whole_number else -1)
        if found is None:
            raise no_permission(join(("file.write: blender-mcpd refuses ", event, ": where that writes cannot be told. "
                                      "Give an absolute path, as text")))
        if is_elsewhere(found):
            raise no_permission(join(("file.write: blender-mcpd refuses ", event, " of ", found, ": scripts write in the allowed "
                                      "folders alone (files.roots). Choose another path, or have the user add its folder")))

    def refuse(rule: str, event: str, what: str) -> None:
        raise no_permission(join((rule, ": blender-mcpd refuses ", event, ": scripts ", what, ". The setting is "
                                  "script.audit_hook, and only the user can change it")))

    def judge_code(event: str, args: tuple[Any, ...]) -> None:
        """Code must not look as if it came from a file that no script has made."""
        name = args[1]
        if type_of(name) is raw_bytes:
            name = decode(name, "utf-8", "surrogateescape")
        looks_installed = type_of(name) is text and (startswith(name, frozen) or startswith(name, installed))
        if looks_installed and (event == "code.__new__" or not holds(name, args[0])):
            refuse("code.dynamic", event, "make no code in the name of an installed file")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in watched and not startswith(event, network) and not startswith(event, native):
            return
        if event == "open":
            if not args[2] & writes:
                return
        elif event == "import":
            if args[0] not in native_modules:
                return
        elif event == "socket.sendmsg":
            if args[1] is None:  # to where it is connected already: the runtime's progress, from threads of Blender's
                return
        elif event in harmless or (event == "os.kill" and args[0] == get_pid()):
            return
        try:
            caller = get_frame(1)
        except value_error:  # a thread that runs no Python
            caller = None
        if caller is not None and not is_foreign(caller):
            return
        if event == "open":
            is_relative = args[1] is None and not startswith(name_of(args[0]) or "/", "/")
            check_file(event, None if is_relative else args[0], -1, place)
        elif event in of_files:
            resolve = place if event not in not_followed_events else place_of_link
            for known, positions in followed + not_followed:
                for position, folder in positions if known == event else ():
                    check_file(event, args[position], -1 if folder is None else args[folder], resolve)
        elif event == "sqlite3.connect":
            name = name_of(args[0])
            if name is not None and startswith(name, "file:"):
                refuse("file.write", event, "open databases by their plain paths")
            if name not in ("", ":memory:"):
                check_file(event, args[0], -1, place)
        elif event == "import":
            if not asked_by_installed(caller, False):
                refuse("native.ctypes", join(("import of ", args[0])), "call no native code")
        elif event in ("compile", "code.__new__"):
            judge_code(event, args)
        elif startswith(event, "marshal."):
            if caller is None or not startswith(caller.f_code.co_filename, frozen):
                refuse("code.dynamic", event, "run no code that arrives as data")
        elif startswith(event, native):
            if not asked_by_installed(caller, True):
                refuse("native.ctypes", event, "call no native code")
        elif startswith(event, network) or event == "webbrowser.open":
            refuse("network.open", event, "use no network")
        elif event in interpreter:
            refuse("code.dunder", event, "do not walk through the interpreter")
        else:
            refuse("process.run", event, "start, replace and signal no processes")

    return hook


def _place(follow: bool) -> Callable[[str, int], str | None]:
    """Makes the function that says where a path leads, as the kernel sees it; None when that cannot be told."""
    open_path, close, read_link, os_error, value_error, text = posix.open, posix.close, posix.readlink, OSError, ValueError, str
    rpartition, rstrip, startswith = str.rpartition, str.rstrip, str.startswith
    flags = os.O_PATH | os.O_CLOEXEC

    def real(path: str) -> str:
        fd = open_path(path, flags)
        try:
            return read_link("/proc/self/fd/" + text(fd))
        finally:
            close(fd)

    def place(path: str, folder: int) -> str | None:
        try:
            if folder >= 0 and not startswith(path, "/"):
                path = read_link("/proc/self/fd/" + text(folder)) + "/" + path
            head, _, name = rpartition(rstrip(path, "/"), "/")
            if follow or name in ("", ".", ".."):
                try:
                    return real(path)
                except os_error:
                    pass
                try:
                    read_link(path)
                    return None  # to where nothing is yet
                except os_error:
                    pass
            return real(head or ("/" if startswith(path, "/") else ".")) + "/" + name
        except (os_error, value_error):
            return ""  # there is no such folder: the kernel will say so

    return place


def _holds() -> Callable[[str, Any], bool]:
    """Makes the function that says whether a file has this text."""
    open_file, encode, text, type_of, os_error = io.open, str.encode, str, type, OSError

    def holds(path: str, source: Any) -> bool:
        try:
            with open_file(path, "rb") as file:
                return file.read() == (encode(source) if type_of(source) is text else source)
        except os_error:
            return False

    return holds
