"""Runs the official conformance suite against the daemon. See scripts/conformance and docs/conformance.md."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import unittest
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
import expected  # noqa: E402
import pinned_packages  # noqa: E402
import servers  # noqa: E402
import versions  # noqa: E402
from report import Report  # noqa: E402
from run_unittests import junit  # noqa: E402
from suite import Scenario, Suite  # noqa: E402

CACHE = pinned_packages.CACHE / "conformance"
EXPECTED = HERE / "expected_failures.txt"
# What the bridge answers by itself: it would prove nothing about the daemon.
ANSWERED_BY_BRIDGE = {"server-session-lifecycle", "server-sse-polling", "http-header-validation",
                      "http-custom-header-server-validation", "tasks-request-headers"}
# Judges the failures of one scenario of a revision: what makes the run fail.
Verdict = Callable[[str, Scenario], list[str]]


def main() -> int:
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    servers.adopt_orphans()
    report = Report()
    try:
        suite = Suite(*pinned_packages.node(CACHE, versions.PACKAGES))
    except unittest.SkipTest as reason:
        print(f"conformance: skipped: {reason}", file=sys.stderr)
        report.add("conformance.suite", [], skipped=str(reason))
    else:
        with tempfile.TemporaryDirectory(prefix="blender-mcpd-conformance-", ignore_cleanup_errors=True) as folder:
            Run(suite, report, arguments, arguments.keep or Path(folder)).everything()
    print(report.table(), flush=True)
    if arguments.junit:
        junit(report, "conformance").write(arguments.junit, encoding="utf-8", xml_declaration=True)
    if not report.rows:
        print("conformance: nothing was selected", file=sys.stderr)
        return 2
    return 1 if report.count("failed") else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixtures", required=True, metavar="FILE", help="blender-mcpd-conformance")
    parser.add_argument("--product", required=True, metavar="FILE", help="blender-mcpd")
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="rows whose name contains PART")
    parser.add_argument("--update-expected", action="store_true", help="rewrite expected_failures.txt from what fails now")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="file for the report")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave results and logs there")
    return parser.parse_args()


class Run:
    def __init__(self, suite: Suite, report: Report, arguments: argparse.Namespace, folder: Path) -> None:
        self._suite = suite
        self._report = report
        self._arguments = arguments
        self._folder = folder.resolve()
        self._expected = expected.load(EXPECTED)

    def everything(self) -> None:
        fixtures, product = self._arguments.fixtures, self._arguments.product
        bridge_report = self._folder / "bridge.json"
        bridge = [sys.executable, str(HERE / "stdio_bridge.py"), "--report", str(bridge_report), "--", fixtures, "stdio"]
        self._target("http", [fixtures, "serve", "--no-auth", "--port", "0"], [*versions.SCORED], set(), must_pass)
        if self._target("stdio", bridge, [*versions.SCORED], ANSWERED_BY_BRIDGE, must_pass):
            self._report.add("stdio.every line is a message", purity_faults(bridge_report))
        self._target("product", [product, "serve", "--no-auth", "--port", "0", "--launch", "never"],
                     [versions.LEGACY, versions.MODERN], set(), self._as_expected)
        if not self._arguments.only:
            self._look_for_strangers()
        if self._arguments.update_expected:
            EXPECTED.write_text(expected.write(self._expected), "utf-8")

    def _target(self, target: str, command: list[str], sets: list[str], without: set[str], verdict: Verdict) -> bool:
        """Runs the selected scenarios against one server. False when none is selected."""
        plans = {name: plan for name in sets if (plan := self._plan(target, name, without))}
        if not plans:
            return False
        server = None
        faults: list[str] = []
        try:
            server = servers.Server(command, self._folder / target)
            url = server.url()
            for name, plan in plans.items():
                self._set(f"{target}.{name}", plan, url, verdict)
        except (OSError, RuntimeError) as failure:
            faults.append(str(failure))
        finally:
            if server is not None and (left := server.stop()):
                faults += [*left, f"its log:\n{server.log()}"]
            self._report.add(f"{target}.process", faults)
        return True

    def _plan(self, target: str, name: str, without: set[str]) -> Plan | None:
        if name == versions.STABLE:  # it has no list of what it runs
            return Plan(name, [], [], whole=True) if self._chosen(f"{target}.{name}.") else None
        scored, unscored = self._suite.names(name)
        unscored = [scenario for scenario in unscored if scenario not in without]
        chosen = [[scenario for scenario in scenarios if self._chosen(f"{target}.{name}.{scenario}")]
                  for scenarios in (scored, unscored)]
        return Plan(name, *chosen, whole=chosen == [scored, unscored]) if any(chosen) else None

    def _chosen(self, row: str) -> bool:
        only = self._arguments.only
        return not only or any(part in row for part in only)

    def _set(self, group: str, plan: Plan, url: str, verdict: Verdict) -> None:
        print(f"== {group}", flush=True)
        only = None if plan.whole else plan.scored + plan.unscored
        results = {result.name: result for result in self._suite.run(plan.name, url, self._folder / "results" / group, only)}
        scored = sorted(results) if plan.name == versions.STABLE else plan.scored
        for part, scenarios in [("required", scored), *plan.unscored_parts()]:
            for scenario in scenarios:
                if (result := results.get(scenario)) is None:
                    self._report.add(f"{group}.{scenario}", ["it was not run: see the suite's log (--keep)"])
                else:
                    self._report.add_scenario(group, part, result, verdict(plan.name, result))
        if plan.whole and len(scored) != versions.SCORED[plan.name]:
            self._report.add(f"{group}.number of scenarios", [f"{len(scored)} instead of {versions.SCORED[plan.name]}"])

    def _as_expected(self, revision: str, scenario: Scenario) -> list[str]:
        """The verdict on the product."""
        reasons = self._expected.setdefault(revision, {})
        failures = scenario.failures()
        if self._arguments.update_expected:
            new = expected.updated(reasons, {(scenario.name, check): message for check, message in failures.items()})
            for entry in [entry for entry in reasons if entry[0] == scenario.name]:
                del reasons[entry]
            reasons.update(new)
        return expected.faults(reasons, scenario.name, failures)


    def _look_for_strangers(self) -> None:
        """Entries of what the suite does not run would stay unnoticed."""
        for revision, reasons in self._expected.items():
            names = set().union(*self._suite.names(revision)) if revision in (versions.LEGACY, versions.MODERN) else set()
            for scenario, check in [entry for entry in reasons if entry[0] not in names]:
                if self._arguments.update_expected:
                    del reasons[scenario, check]
                else:
                    self._report.add(f"product.{revision}.{scenario}", [f"{check}: expected to fail, but there is no such scenario"])


@dataclass
class Plan:
    """The scenarios of one set that are to run."""

    name: str
    scored: list[str]
    unscored: list[str]
    whole: bool  # none of the set was left out

    def unscored_parts(self) -> list[tuple[str, list[str]]]:
        """Those that the contract does not score."""
        tasks = [name for name in self.unscored if name.startswith("tasks-")]
        return [("pending", [name for name in self.unscored if name not in tasks]), ("tasks", tasks)]


def must_pass(_: str, scenario: Scenario) -> list[str]:
    return [f"{check}: {message}" for check, message in scenario.failures().items()]


def purity_faults(file: Path) -> list[str]:
    """Of what the bridge counted on the daemon's standard output."""
    if not file.exists():
        return ["the bridge left no report"]
    counted = json.loads(file.read_text("utf-8"))
    if not counted["lines"]:
        return ["the daemon wrote nothing"]
    print(f"stdio: {counted['children']} processes, {counted['lines']} lines, {counted['bad_lines']} bad", flush=True)
    return [*counted["faults"], *counted["ends"]]


if __name__ == "__main__":
    sys.exit(main())
