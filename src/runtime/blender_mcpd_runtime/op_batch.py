"""batch: several operations as one command."""

from __future__ import annotations

from typing import Any, Mapping

import bpy

from .all_or_none import AllOrNone
from .context import Context
from .errors import Interrupted, OpError, describe, interrupted_error
from .executor import Operation
from .undo_stack import check_undo_is_on

# They look at nothing that Blender would have to evaluate after the steps before.
NEED_NO_EVALUATION = {"create_objects", "set_material"}
# The kinds that say that an operation has taken back what it had begun.
UNDONE_KINDS = {"invalid", "not_found", "blender"}


class _Failure(Exception):
    """Which step failed, and why."""

    def __init__(self, index: int, tool: str, error: OpError) -> None:
        super().__init__(error.message)
        self.index = index
        arguments = f"steps[{index}].arguments"
        self.field = f"{arguments}.{error.field}" if error.field else arguments
        stop = "" if error.message.endswith((".", "!", "?")) else "."
        self.message = f"{self.field} ({tool}): {error.message}{stop}"
        self.error = error


def batch(operations: Mapping[str, Operation], context: Context, args: dict[str, Any]) -> dict[str, Any]:
    steps = args["steps"]
    done: list[dict[str, Any]] = []
    if args.get("atomic", True):
        _all_or_none(operations, context, steps, done, args.get("label") or f"Batch of {len(steps)} steps")
    else:
        _one_by_one(operations, context, steps, done)
    return {"steps": done, "changes": context.changes.to_json(), "generation": context.document.generation}


def _all_or_none(operations: Mapping[str, Operation], context: Context, steps: list[dict[str, Any]],
                 done: list[dict[str, Any]], label: str) -> None:
    check_undo_is_on()
    context.hold_interrupts()
    attempt = AllOrNone(context.document)
    try:
        _run(operations, context, steps, done)
    except BaseException as exc:
        context.job.interruptible = False
        failure = exc if isinstance(exc, _Failure) else _Failure(len(done), steps[len(done)]["tool"], _error(exc, context))
        if attempt.take_back():
            raise _undone(failure) from exc
        raise _partial(failure, context, done, "The batch could not be rolled back: a script in it has filled the undo "
                       "history itself, or opened another file.") from exc
    attempt.keep(label)


def _one_by_one(operations: Mapping[str, Operation], context: Context, steps: list[dict[str, Any]],
                done: list[dict[str, Any]]) -> None:
    try:
        _run(operations, context, steps, done)
    except _Failure as failure:
        if not done and failure.error.kind in UNDONE_KINDS:
            raise _undone(failure) from failure
        raise _partial(failure, context, done, "The steps before it were done, those after it were not.") from failure


def _run(operations: Mapping[str, Operation], context: Context, steps: list[dict[str, Any]],
         done: list[dict[str, Any]]) -> None:
    for index, step in enumerate(steps):
        tool = step["tool"]
        try:
            context.progress(index, len(steps), tool)
            context.allow_interrupts()
            if tool not in NEED_NO_EVALUATION:
                bpy.context.view_layer.update()
            result = operations[tool](context, step["arguments"])
            context.hold_interrupts()
        except BaseException as exc:
            context.job.interruptible = False
            raise _Failure(index, tool, _error(exc, context)) from exc
        done.append({"tool": tool, "result": result})
    context.progress_done()


def _error(exc: BaseException, context: Context) -> OpError:
    return interrupted_error(context.job, "It") if isinstance(exc, Interrupted) else describe(exc)


def _undone(failure: _Failure) -> OpError:
    error = failure.error
    details = {name: value for name, value in (error.details or {}).items() if name != "changes"}
    return OpError(error.kind, f"{failure.message} All of the batch was rolled back.",
                   remedy=error.remedy, field=failure.field, traceback=error.traceback,
                   details={**details, "step": failure.index}, undone=True)


def _partial(failure: _Failure, context: Context, done: list[dict[str, Any]], state: str) -> OpError:
    error = failure.error
    kind = "partial" if error.kind in UNDONE_KINDS else error.kind
    return OpError(kind, f"{failure.message} {state}", remedy=error.remedy, field=failure.field,
                   traceback=error.traceback,
                   details={**(error.details or {}), "changes": context.changes.to_json(), "step": failure.index,
                            "steps": done})
