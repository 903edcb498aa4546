"""SystemExit does not end Blender."""

from __future__ import annotations

import ctypes
from typing import Any, Callable

_CONFIG_BYTES = 8192  # more than PyConfig has anywhere


def keep_running() -> Callable[[], None]:
    """From here on Python prints a SystemExit that a handler, driver or timer raises, as any other exception. Returns
    what takes that back.

    By itself Python ends the process when Blender asks it to print one. It does not in the mode of `python -i`, which
    only the start of the interpreter can choose before 3.14; so the option is set where the interpreter keeps it. An
    interpreter without these functions keeps Python's behaviour.
    """
    api = ctypes.pythonapi
    try:
        set_inspect = _by_interface(api) if hasattr(api, "PyConfig_Set") else _in_place(api)
    except (AttributeError, ValueError):
        return lambda: None
    was = set_inspect(1)

    def take_back() -> None:
        set_inspect(was)

    return take_back


def _by_interface(api: Any) -> Callable[[int], int]:
    """Sets the option; returns what it was."""
    api.PyConfig_Get.restype = ctypes.py_object

    def set_inspect(value: int) -> int:
        was = int(api.PyConfig_Get(b"inspect"))
        api.PyConfig_Set(b"inspect", ctypes.py_object(value))
        return was

    return set_inspect


def _in_place(api: Any) -> Callable[[int], int]:
    """The same before 3.14."""
    api._Py_GetConfig.restype = ctypes.c_void_p
    api._PyConfig_AsDict.restype = ctypes.py_object
    live = ctypes.c_void_p(api._Py_GetConfig())
    options = api._PyConfig_AsDict(live)
    off, on = (_config(api, {**options, "inspect": value}) for value in (0, 1))
    # Where the two differ by just that; all else that differs are pointers to copies of strings.
    index, = (index for index, pair in enumerate(zip(off, on)) if pair == (0, 1))
    numbers = (ctypes.c_int * len(off)).from_address(live.value)

    def set_inspect(value: int) -> int:
        was, numbers[index] = numbers[index], value
        return was

    return set_inspect


def _config(api: Any, options: dict[str, Any]) -> Any:
    config = ctypes.create_string_buffer(_CONFIG_BYTES)
    api.PyConfig_InitIsolatedConfig(config)
    if api._PyConfig_FromDict(config, ctypes.py_object(options)) != 0:
        raise ValueError("options")
    numbers = (ctypes.c_int * (_CONFIG_BYTES // 4)).from_buffer_copy(config)
    api.PyConfig_Clear(config)
    return numbers
