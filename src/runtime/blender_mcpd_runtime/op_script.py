"""execute_blender_code: run a script, and say what it printed, returned, changed, or where it failed."""

from __future__ import annotations

import linecache
import math
import os
import time
import traceback
from types import TracebackType
from typing import Any

import bpy
import mathutils

from .capture import captured
from .changes import Changes
from .containment import contained
from .context import Context
from .encoding import to_plain
from .errors import Interrupted, OpError, interrupted_error
from .interrupts import disarm, tracing
from .snapshot import Snapshot, compare

SCRIPT_FILE = "<script>"
EXPRESSION_FILE = "<return_expression>"
MAX_TRACEBACK_CHARS = 20_000
RUNTIME_FOLDER = os.path.dirname(__file__)

_session: dict[str, Any] = {}
_session_loads = 0


def execute_blender_code(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    document = context.document
    namespace = _namespace(args.get("namespace", "fresh"), document.loads)
    before = Snapshot()
    document.watch()
    loads, mode, region = document.loads, bpy.context.mode, context.job.region
    started = time.perf_counter()
    failure: BaseException | None = None
    result: Any = None
    traced = tracing()
    with captured() as (out, err):
        try:
            with contained():
                context.job.region = _run.__code__
                result = _run(args["code"], args.get("return_expression"), namespace)
            context.hold_interrupts()
        except BaseException as exc:  # SystemExit included: a script cannot end Blender by accident
            context.job.interruptible = False
            failure = exc
    disarm(traced)
    context.job.region = region
    duration_ms = round((time.perf_counter() - started) * 1000, 3)
    if failure is not None and bpy.context.mode != mode:
        document.leave_edit_mode()  # a script that stopped halfway must not leave it to the next one
    changes = _settle(context, before, loads)
    context.changes.merge(changes)
    told = {"stdout": out.text(), "stderr": err.text(), "changes": changes.to_json()}
    if failure is not None:
        raise _error(failure, context, told)
    return {"stdout": told["stdout"], "stderr": told["stderr"], "result": result, "changes": told["changes"],
            "generation": document.generation, "duration_ms": duration_ms}


def _namespace(kind: str, loads: int) -> dict[str, Any]:
    """Fresh names, or those that the earlier session scripts left. They end with the file they were made in: references
    into a closed file are not safe to touch."""
    global _session_loads
    if kind == "session" and _session_loads != loads:
        _session.clear()
        _session_loads = loads
    namespace = _session if kind == "session" else {}
    namespace.update(__name__="__main__", __builtins__=__builtins__, bpy=bpy, mathutils=mathutils, math=math,
                     C=bpy.context, D=bpy.data)
    namespace.pop("result", None)
    return namespace


def _run(code: str, return_expression: str | None, namespace: dict[str, Any]) -> Any:
    _remember_source(SCRIPT_FILE, code)
    exec(compile(code, SCRIPT_FILE, "exec", dont_inherit=True), namespace)
    if return_expression is None:
        return to_plain(namespace.get("result"))
    _remember_source(EXPRESSION_FILE, return_expression)
    return to_plain(eval(compile(return_expression.strip(), EXPRESSION_FILE, "eval", dont_inherit=True), namespace))


def _remember_source(filename: str, source: str) -> None:
    """Lets tracebacks show the script's lines."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def _settle(context: Context, before: Snapshot, loads: int) -> Changes:
    """Finds out what the script did, and makes it one undo step."""
    document = context.document
    bpy.context.view_layer.update()
    if document.loads != loads:
        # The script opened another file: names of the two have nothing to do with each other.
        changes = Changes()
        changes.change(f"file:{bpy.data.filepath or 'untitled'}", ["opened"])
        document.start_undo_history()
        return changes
    changes = compare(before, Snapshot(), document.evaluated)
    saved_last = document.saved and not document.touched
    if changes or document.touched:
        document.mark_changed(changes.names())
        document.dirty = not saved_last
        if not document.stepped:  # a script that walks through the undo history must not add to it
            document.push_undo("Script")
    return changes


def _error(exc: BaseException, context: Context, told: dict[str, Any]) -> OpError:
    frames = _script_traceback(exc.__traceback__)
    line = _line(exc, frames)
    at_line = f" (line {line})" if line else ""
    details = {**told, "line": line}
    if context.job.interrupt is not None:
        # Also when it ended by something else: Blender makes a RuntimeError of what stops an operator of the script.
        trace = _where(frames) if isinstance(exc, Interrupted) else _format(exc, frames)
        error = interrupted_error(context.job, "The script", details=details, traceback=trace)
        error.message = error.message.removesuffix(".") + at_line
        return error
    text = str(exc)
    if isinstance(exc, SyntaxError):
        text = exc.msg
    name = type(exc).__name__
    return OpError("script", (f"{name}: {text}" if text else name) + at_line, traceback=_format(exc, frames),
                   details=details)


def _script_traceback(tb: TracebackType | None) -> TracebackType | None:
    """The traceback without the runtime's own frames above the script."""
    while tb is not None and tb.tb_frame.f_code.co_filename not in (SCRIPT_FILE, EXPRESSION_FILE):
        tb = tb.tb_next
    return tb


def _where(frames: TracebackType | None) -> str | None:
    """Where an interrupt struck. Its last frames are the signal handler's, which are none of the script's business."""
    stack = _without_runtime(traceback.extract_tb(frames))
    return "".join(["Interrupted at:\n", *stack.format()]) if stack else None


def _without_runtime(stack: traceback.StackSummary) -> traceback.StackSummary:
    """Functions that stand for others while a script runs, such as sys.exit, are none of the script's business either."""
    return traceback.StackSummary.from_list([frame for frame in stack if not frame.filename.startswith(RUNTIME_FOLDER)])


def _line(exc: BaseException, frames: TracebackType | None) -> int | None:
    """The innermost line of the script itself."""
    if isinstance(exc, SyntaxError) and exc.filename in (SCRIPT_FILE, EXPRESSION_FILE):
        return exc.lineno
    line = None
    while frames is not None:
        if frames.tb_frame.f_code.co_filename == SCRIPT_FILE:
            line = frames.tb_lineno
        frames = frames.tb_next
    return line


def _strip(told: traceback.TracebackException) -> None:
    """Of the runtime's frames, with all that it was raised from."""
    parts = [told]
    while parts:
        part = parts.pop()
        part.stack = _without_runtime(part.stack)
        parts += [inner for inner in (part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or ())) if inner]


def _format(exc: BaseException, frames: TracebackType | None) -> str:
    told = traceback.TracebackException(type(exc), exc, frames)
    _strip(told)
    text = "".join(told.format())
    if len(text) > MAX_TRACEBACK_CHARS:
        half = MAX_TRACEBACK_CHARS // 2
        text = f"{text[:half]}\n… [{len(text) - 2 * half} characters left out] …\n{text[-half:]}"
    return text
