"""Answers that end where they would grow too long, and say how to go on."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Sequence

from .encoding import encode_finite
from .errors import invalid

# What a page's entries may take together as JSON, where it goes to a model.
MAX_BYTES = 12_000


def fill(entries: Sequence[Any], describe: Callable[[Any], Any], args: dict[str, Any],
         limit: int, max_bytes: int = MAX_BYTES) -> tuple[list[Any], dict[str, Any]]:
    """The described entries of a page, and {next_cursor} when there are more. A page has at least one."""
    start = cursor(args)
    described: list[Any] = []
    used = 0
    for entry in entries[start:start + args.get("limit", limit)]:
        one = describe(entry)
        used += len(encode_finite(one, "")[0])
        if described and used > max_bytes:
            break
        described.append(one)
    end = start + len(described)
    return described, {"next_cursor": str(end)} if end < len(entries) else {}


def cursor(args: dict[str, Any]) -> int:
    text = args.get("cursor", "0")
    if not (text.isascii() and text.isdigit()):
        raise invalid("cursor is not one that this tool gave out.", "cursor",
                      "Pass next_cursor of the previous page unchanged, or leave cursor out to start over.")
    return int(text)


def grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """(section, entry) pairs as lists by section."""
    sections: dict[str, list[Any]] = {}
    for section, entry in pairs:
        sections.setdefault(section, []).append(entry)
    return sections
