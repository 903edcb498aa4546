"""The checks that the product is expected to fail, for it has none of the suite's fixtures.

The file has a heading a revision, `[2025-11-25]`, and a line a check: `scenario:check-id reason`. A check that fails and is
not listed is a failure, and so is a listed one that does not fail (any more).
"""

from __future__ import annotations

from pathlib import Path

# What an update writes where a person has to give the reason.
UNEXPLAINED = "?"

Entry = tuple[str, str]  # scenario, check id
Expected = dict[str, dict[Entry, str]]  # by revision: the reasons

HEADING = """\
# Checks of the official conformance suite that the product fails, by revision: scenario:check-id reason.
# `scripts/conformance --update-expected` rewrites it, and leaves the reasons that are here.
"""


def read(text: str) -> Expected:
    found: Expected = {}
    section: dict[Entry, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = found.setdefault(line[1:-1], {})
            continue
        entry, _, reason = line.partition(" ")
        scenario, colon, check = entry.partition(":")
        if section is None or not (scenario and colon and check):
            raise ValueError(f"line {number} is not `scenario:check-id reason` under a [revision]: {line!r}")
        if (scenario, check) in section:
            raise ValueError(f"line {number}: {entry} is there already")
        section[scenario, check] = reason.strip()
    return found


def write(expected: Expected) -> str:
    text = HEADING
    for revision, entries in sorted(expected.items()):
        text += f"\n[{revision}]\n"
        text += "".join(f"{scenario}:{check} {reason}\n" for (scenario, check), reason in sorted(entries.items()))
    return text


def load(path: Path) -> Expected:
    return read(path.read_text("utf-8")) if path.exists() else {}


def updated(old: dict[Entry, str], failures: dict[Entry, str]) -> dict[Entry, str]:
    """Reasons of what fails now. What is new has the suite's message, for a person to replace."""
    return {entry: old.get(entry) or f"{UNEXPLAINED} {' '.join(message.split())[:120]}" for entry, message in failures.items()}


def faults(expected: dict[Entry, str], scenario: str, failures: dict[str, str]) -> list[str]:
    """What is not as expected of one scenario, one line each."""
    entries = {check: reason for (name, check), reason in expected.items() if name == scenario}
    found = [f"{check}: {message}" for check, message in failures.items() if check not in entries]
    found += [f"{check}: expected to fail ({reason}), but does not: take the entry out"
              for check, reason in entries.items() if check not in failures]
    found += [f"{check}: expected to fail, but without a reason" for check, reason in entries.items()
              if check in failures and (not reason or reason.startswith(UNEXPLAINED))]
    return found
