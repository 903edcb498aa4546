"""Rows and figures of a run: the table that is printed, and what run_unittests writes as JUnit."""

from __future__ import annotations

from dataclasses import dataclass, field

from suite import Scenario


@dataclass
class Figures:
    """Of the scenarios of one part: required, pending or tasks."""

    passed: int = 0
    counted: int = 0
    checks_passed: int = 0
    checks: int = 0
    warnings: int = 0
    not_checked: int = 0
    expected: int = 0

    def add(self, scenario: Scenario, failed: bool) -> None:
        self.checks_passed += scenario.count("SUCCESS")
        self.checks += scenario.count("SUCCESS") + scenario.count("FAILURE")
        self.warnings += scenario.count("WARNING")
        if scenario.skipped() is not None:
            self.not_checked += 1
            return
        self.counted += 1
        if scenario.failures() and not failed:
            self.expected += 1
        self.passed += not scenario.failures()

    def line(self, name: str) -> str:
        notes = [f"{number} {what}" for number, what in [(self.expected, "fail as expected"),
                                                         (self.not_checked, "not checked by the suite")] if number]
        return (f"{name:30} {f'{self.passed}/{self.counted}':>10} {f'{self.checks_passed}/{self.checks}':>12} "
                f"{self.warnings:>9}   {', '.join(notes)}").rstrip()


TABLE_HEAD = f"{'':30} {'scenarios':>10} {'checks':>12} {'warnings':>9}"


@dataclass
class Report:
    """Rows are (name, status, seconds, detail), as run_unittests.junit wants them."""

    rows: list[tuple[str, str, float, str]] = field(default_factory=list)
    figures: dict[str, Figures] = field(default_factory=dict)

    def add(self, name: str, faults: list[str], seconds: float = 0.0, skipped: str | None = None) -> None:
        status = "failed" if faults else "skipped" if skipped is not None else "passed"
        self.rows.append((name, status, seconds, "\n".join(faults) or skipped or ""))
        if faults:
            print(f"failed   {name}", *(f"    {fault[:600]}" for fault in faults), sep="\n", flush=True)

    def add_scenario(self, group: str, part: str, scenario: Scenario, faults: list[str]) -> None:
        """`faults` are what makes the run fail; a failure without them is an expected one."""
        self.figures.setdefault(f"{group} {part}", Figures()).add(scenario, bool(faults))
        skipped = scenario.skipped()
        if skipped is None and scenario.failures() and not faults:
            skipped = "fails as expected: " + ", ".join(scenario.failures())
        self.add(f"{group}.{scenario.name}", faults, scenario.seconds, skipped)

    def count(self, status: str) -> int:
        return sum(row[1] == status for row in self.rows)

    def table(self) -> str:
        lines = [figures.line(name) for name, figures in self.figures.items()]
        counts = [f"{self.count(status)} {status}" for status in ("passed", "failed", "skipped")]
        return "\n".join([TABLE_HEAD, *lines, "", ", ".join(counts)])
