"""The figures at the end, and the promises as a JUnit report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ledger import Ledger
from storm import Figures
from sweep import Sweep

# A call that waits for a connection, a new Blender and the journal may be that late, and no later.
MOST_OVER_S = 30.0


@dataclass(frozen=True)
class Promise:
    name: str
    broken: list[str]


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"


def promises(part: str, ledger: Ledger, leaks: list[str], failures: list[str]) -> list[Promise]:
    found = ledger.findings
    counts = {
        "no edit is applied twice": found.duplicates, "no edit is lost": found.lost,
        "no edit is there that was told not to be": found.phantoms,
        "unknown only where Blender died or was stopped": found.unexplained,
        "one answer to a request": found.twice_answered, "no answer after a cancellation": found.late_answers,
        "every request is answered": found.unanswered,
    }
    made = [Promise(f"{part}: {name}", [f"{count} times", *found.complaints] if count else []) for name, count in counts.items()]
    over, what = ledger.longest_over
    made.append(Promise(f"{part}: no call hangs", [f"{over:.1f} s over its deadline: {what}"] if over > MOST_OVER_S else []))
    made.append(Promise(f"{part}: nothing is left behind", leaks))
    made.append(Promise(f"{part}: it ran to its end", failures))
    return made


def print_table(rows: list[tuple[str, str]]) -> None:
    print()
    for name, value in rows:
        print(f"{name:<20} {value}")


def outcome_rows(ledger: Ledger) -> list[tuple[str, str]]:
    found = ledger.findings
    over, what = ledger.longest_over
    return [
        ("outcomes", listed(ledger.outcomes)),
        ("unknown because", listed(ledger.unknown)),
        ("looked up", f"{ledger.checked} edits in the scene"),
        ("duplicates", str(found.duplicates)), ("lost", str(found.lost)), ("phantom", str(found.phantoms)),
        ("answered not once", f"{found.twice_answered} twice, {found.late_answers} after a cancellation, "
                              f"{found.unanswered} never"),
        ("longest wait", f"{max(over, 0):.2f} s over its deadline ({what})"),
    ]


def sweep_rows(sweep: Sweep) -> list[tuple[str, str]]:
    sizes = ", ".join(f"{size} bytes {direction}" for direction, size in sweep.sizes.items())
    return [("exchange", sizes), ("faults", f"{sweep.struck}: {', '.join(sweep.kinds)} at every byte"
                                  + (f" of {sweep.step}" if sweep.step > 1 else "")),
            *outcome_rows(sweep.ledger), ("leaked", str(len(sweep.leaks)))]


def storm_rows(figures: Figures, ledger: Ledger) -> list[tuple[str, str]]:
    calls = ledger.outcomes.total()
    return [
        ("calls", f"{calls} in {figures.seconds:.0f} s ({calls / max(figures.seconds, 1e-9):.0f} per s)"),
        ("faults", f"{figures.struck.total()} on {figures.connections} connections: {listed(figures.struck)}"),
        ("Blender", f"killed {figures.kills} times, stopped {figures.stops} times"),
        *outcome_rows(ledger), ("leaked", str(len(figures.leaks)))]


def write_junit(path: Path, made: list[Promise]) -> None:
    suite = ElementTree.Element("testsuite", name="chaos", tests=str(len(made)),
                                failures=str(sum(bool(promise.broken) for promise in made)), skipped="0")
    for promise in made:
        case = ElementTree.SubElement(suite, "testcase", classname="chaos", name=promise.name)
        if promise.broken:
            ElementTree.SubElement(case, "failure").text = "\n".join(promise.broken)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(path, encoding="unicode", xml_declaration=True)
