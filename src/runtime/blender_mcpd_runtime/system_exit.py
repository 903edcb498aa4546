"""SystemExit does not end this Blender."""

from __future__ import annotations

import ctypes
from typing import Any

_CONFIG_BYTES = 8192  # more than PyConfig has anywhere


def keep_running() -> None:
    """From here on Python prints a SystemExit that a handler, driver or timer raises, as any other exception.

    By itself Python ends the process when Blender asks it to print one. It does not in the mode of `python -i`, which
    only the start of the interpreter can choose before 3.14; so the option is set where the interpreter keeps it. An
    interpreter without these functions keeps Python's behaviour.
    """
    api = ctypes.pythonapi
    try:
        if hasattr(api, "PyConfig_Set"):
            api.PyConfig_Set(b"inspect", ctypes.py_object(1))
        else:
            _set_inspect(api)
    except (AttributeError, ValueError):
        pass


def _set_inspect(api: Any) -> None:
    api._Py_GetConfig.restype = ctypes.c_void_p
    api._PyConfig_AsDict.restype = ctypes.py_object
    live = ctypes.c_void_p(api._Py_GetConfig())
    options = api._PyConfig_AsDict(live)
    off, on = (_config(api, {**options, "inspect": value}) for value in (0, 1))
    # Where the two differ by just that; all else that differs are pointers to copies of strings.
    index, = (index for index, pair in enumerate(zip(off, on)) if pair == (0, 1))
    if not options["inspect"]:
        (ctypes.c_int * len(off)).from_address(live.value)[index] = 1


def _config(api: Any, options: dict[str, Any]) -> Any:
    config = ctypes.create_string_buffer(_CONFIG_BYTES)
    api.PyConfig_InitIsolatedConfig(config)
    if api._PyConfig_FromDict(config, ctypes.py_object(options)) != 0:
        raise ValueError("options")
    numbers = (ctypes.c_int * (_CONFIG_BYTES // 4)).from_buffer_copy(config)
    api.PyConfig_Clear(config)
    return numbers
