"""Runs the official suite against a URL, and reads what it left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import versions

# Of one set of scenarios. Those that a server never answers take their own time-out, one after the other.
RUN_TIMEOUT_S = 900.0
RESULT_FOLDER = re.compile(r"server-(?P<name>.+)-(?P<start>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d+)Z")


@dataclass(frozen=True)
class Check:
    id: str
    status: str  # SUCCESS, FAILURE, WARNING, INFO or SKIPPED
    message: str = ""


@dataclass(frozen=True)
class Scenario:
    name: str
    checks: tuple[Check, ...]
    seconds: float = 0.0

    def count(self, status: str) -> int:
        return sum(check.status == status for check in self.checks)

    def failures(self) -> dict[str, str]:
        """check id -> why, of each check that failed at least once."""
        found: dict[str, str] = {}
        for check in self.checks:
            if check.status == "FAILURE":
                found.setdefault(check.id, check.message)
        return found

    def skipped(self) -> str | None:
        """Why the suite checked nothing; None when it did."""
        if self.count("SUCCESS") + self.count("FAILURE") + self.count("WARNING"):
            return None
        return next((check.message for check in self.checks if check.message), "the suite made no check")


class Suite:
    """One installation, in node_modules."""

    def __init__(self, node: Path, modules: Path) -> None:
        self._node = node
        self._modules = modules

    def run(self, name: str, url: str, folder: Path, only: list[str] | None = None) -> list[Scenario]:
        """The scenarios of the stable suite or of a revision's requirements, or `only` some of the latter."""
        if name == versions.STABLE:
            return self._run("conformance-stable", url, folder)
        if only is None:
            return self._run("conformance-newest", url, folder, "--requirements", name)
        return [result for scenario in only
                for result in self._run("conformance-newest", url, folder / scenario,
                                        "--scenario", scenario, "--spec-version", name, "--force")]

    def names(self, revision: str) -> tuple[list[str], list[str]]:
        """The scenarios that a revision requires of a server, and those that are run with them but not scored."""
        file = self._modules / "conformance-newest" / "requirements" / f"{revision}.yaml"
        return read_requirements(file.read_text("utf-8"))

    def _run(self, package: str, url: str, folder: Path, *options: str) -> list[Scenario]:
        folder.mkdir(parents=True, exist_ok=True)
        program = self._modules / package / "dist" / "index.js"
        command = [str(self._node), str(program), "server", "--url", url, "--output-dir", str(folder), *options]
        with open(folder / "suite.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                                       start_new_session=True, env={**os.environ, "NO_COLOR": "1"})
            try:
                process.wait(RUN_TIMEOUT_S)  # its exit code says less than what it left
            except subprocess.TimeoutExpired:
                log.write(f"\nnot at its end after {RUN_TIMEOUT_S:.0f} s\n".encode())
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        return read_results(folder)


def read_requirements(text: str) -> tuple[list[str], list[str]]:
    """The server's scenarios of a requirements file. It is YAML, of which it uses lists of names and of flat mappings."""
    scored: list[str] = []
    unscored: list[str] = []
    section = scenario = ""
    for line in text.splitlines():
        if heading := re.match(r"(\w+):", line):
            section = heading[1]
        elif item := re.match(r"\s+- (?:scenario: )?([\w./-]+)\s*$", line):
            scenario = item[1]
            if section == "server":
                scored.append(scenario)
        elif section == "not_scored" and re.match(r"\s+leg: server\s*$", line):
            unscored.append(scenario)
    return scored, unscored


def read_results(folder: Path) -> list[Scenario]:
    """One for each scenario that was begun. One that left no result could not be run to its end."""
    found = []
    for entry in sorted(folder.iterdir()):
        if not (match := RESULT_FOLDER.fullmatch(entry.name)):
            continue
        file = entry / "checks.json"
        if not file.exists():
            found.append(Scenario(match["name"], (Check(match["name"], "FAILURE", "could not be run to its end, see suite.log"),)))
            continue
        start = datetime.strptime(match["start"], "%Y-%m-%dT%H-%M-%S-%f").replace(tzinfo=timezone.utc).timestamp()
        checks = tuple(map(_read_check, json.loads(file.read_text("utf-8"))))
        found.append(Scenario(match["name"], checks, max(0.0, file.stat().st_mtime - start)))
    return found


def _read_check(check: dict[str, Any]) -> Check:
    return Check(check["id"], check["status"], check.get("errorMessage") or check.get("description") or "")
