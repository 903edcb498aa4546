"""The errors that cross the wire, and how any exception becomes one."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .job import Job


class OpError(Exception):
    """A refusal or failure that the caller can act on; `kind` is one of the link's error kinds."""

    def __init__(self, kind: str, message: str, *, remedy: str | None = None, field: str | None = None,
                 traceback: str | None = None, details: dict[str, Any] | None = None, undone: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.remedy = remedy
        self.field = field
        self.traceback = traceback
        self.details = details
        self.undone = undone  # whatever the kind says, all that had been begun was taken back

    def to_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"kind": self.kind, "message": self.message}
        for member in ("remedy", "field", "traceback", "details"):
            value = getattr(self, member)
            if value is not None:
                error[member] = value
        if self.undone:
            error["undone"] = True
        return error


class Interrupted(BaseException):
    """Raised in the main thread by the signal handler. A BaseException, so that `except Exception` lets it pass."""


def invalid(message: str, field: str | None = None, remedy: str | None = None) -> OpError:
    return OpError("invalid", message, field=field, remedy=remedy)


def interrupted_error(job: Job, subject: str, **members: Any) -> OpError:
    """For a job that was stopped; the members are those of OpError."""
    if job.interrupt == "deadline":
        return OpError("deadline", f"{subject} was stopped at its deadline of {job.deadline_ms / 1000:g} s.",
                       remedy="Give it more time, or split the work into smaller calls.", **members)
    return OpError("interrupted", f"{subject} was interrupted.", **members)


def not_started(reason: str) -> OpError:
    return OpError("not_started", f"Nothing was done: {reason}.", remedy="Send the request again as a new one.")


def describe(exc: BaseException) -> OpError:
    """The wire error for an exception that an operation let out."""
    if isinstance(exc, OpError):
        return exc
    text = str(exc).strip()
    if isinstance(exc, RuntimeError) and text:
        # Blender operators report their errors as RuntimeError("Error: …").
        return OpError("blender", text.removeprefix("Error: "))
    trace = "".join(traceback.format_exception(type(exc), exc, exc.__traceback__))
    return OpError("internal", f"{type(exc).__name__}: {text}" if text else type(exc).__name__, traceback=trace)
