"""The parts of the runner: what it reads, what it judges, what it counts."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import expected
import run
import servers
import suite
import versions
from report import Report
from suite import Check, Scenario


def scenario(name: str, **statuses: str) -> Scenario:
    """Check ids with dashes are written with underscores."""
    return Scenario(name, tuple(Check(check.replace("_", "-"), status, f"why {check}") for check, status in statuses.items()))


class FolderTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class RequirementsTest(unittest.TestCase):
    TEXT = """\
# A comment: with a colon
server:
  - ping
  - tools-call-simple-text

client:
  - initialize

not_scored:
  - scenario: auth/dpop
    leg: client
    reason: extension
  - scenario: tasks-lifecycle
    leg: server
    reason: extension
    note: >-
      run for visibility
"""

    def test_the_servers_part_is_read(self) -> None:
        self.assertEqual(suite.read_requirements(self.TEXT), (["ping", "tools-call-simple-text"], ["tasks-lifecycle"]))


class ResultsTest(FolderTest):
    def leave(self, name: str, checks: object) -> None:
        folder = self.folder / name
        folder.mkdir()
        if checks is not None:
            (folder / "checks.json").write_text(json.dumps(checks))

    def test_results(self) -> None:
        self.leave("server-sep-2164-resource-not-found-2026-11-25T21-35-20-235Z", [
            {"id": "a", "status": "SUCCESS", "description": "d"},
            {"id": "b", "status": "FAILURE", "description": "d", "errorMessage": "first"},
            {"id": "b", "status": "FAILURE", "description": "d", "errorMessage": "second"},
            {"id": "c", "status": "WARNING", "description": "d"}])
        (self.folder / "suite.log").write_text("")
        [found] = suite.read_results(self.folder)
        self.assertEqual(found.name, "sep-2164-resource-not-found")
        self.assertEqual([found.count(status) for status in ("SUCCESS", "FAILURE", "WARNING")], [1, 2, 1])
        self.assertEqual(found.failures(), {"b": "first"})
        self.assertIsNone(found.skipped())

    def test_a_scenario_without_a_result_has_failed(self) -> None:
        self.leave("server-ping-2026-11-25T21-35-20-235Z", None)
        [found] = suite.read_results(self.folder)
        self.assertEqual((found.name, list(found.failures())), ("ping", ["ping"]))

    def test_a_scenario_in_which_nothing_was_checked(self) -> None:
        self.leave("server-ping-2026-11-25T21-35-20-235Z", [{"id": "a", "status": "SKIPPED", "errorMessage": "not yet"}])
        self.assertEqual(suite.read_results(self.folder)[0].skipped(), "not yet")
        self.assertEqual(Scenario("x", ()).skipped(), "the suite made no check")


class ExpectedTest(unittest.TestCase):
    TEXT = "# why\n\n[2025-11-25]\nping:a fixture absent\nping:b  two  words\n[2026-07-28]\ncaching:c ? new\nping:d\n"

    def test_reading_and_writing(self) -> None:
        found = expected.read(self.TEXT)
        self.assertEqual(found, {"2025-11-25": {("ping", "a"): "fixture absent", ("ping", "b"): "two  words"},
                                 "2026-07-28": {("caching", "c"): "? new", ("ping", "d"): ""}})
        self.assertEqual(expected.read(expected.write(found)), found)

    def test_bad_lines(self) -> None:
        for part, text in [("line 1", "ping:a x"), ("line 2", "[r]\nping x"), ("line 2", "[r]\nping: x"),
                           ("there already", "[r]\nping:a x\nping:a y")]:
            with self.subTest(text), self.assertRaisesRegex(ValueError, part):
                expected.read(text)

    def test_what_is_as_expected(self) -> None:
        self.assertEqual(expected.faults({("ping", "a"): "fixture absent"}, "ping", {"a": "m"}), [])
        self.assertEqual(expected.faults({("pong", "a"): "fixture absent"}, "ping", {}), [])

    def test_what_is_not(self) -> None:
        for part, entries, failures in [
            ("a: m", {}, {"a": "m"}), ("a: m", {("pong", "a"): "fixture absent"}, {"a": "m"}),
            ("take the entry out", {("ping", "a"): "fixture absent"}, {}),
            ("without a reason", {("ping", "a"): ""}, {"a": "m"}), ("without a reason", {("ping", "a"): "? m"}, {"a": "m"}),
        ]:
            with self.subTest(part, entries=entries):
                [fault] = expected.faults(entries, "ping", failures)
                self.assertIn(part, fault)

    def test_an_update_keeps_reasons_and_leaves_new_ones_to_be_given(self) -> None:
        old = {("ping", "a"): "fixture absent", ("ping", "gone"): "fixture absent"}
        new = expected.updated(old, {("ping", "a"): "m", ("ping", "b"): "two\nlines"})
        self.assertEqual(new, {("ping", "a"): "fixture absent", ("ping", "b"): "? two lines"})

    def test_the_committed_file(self) -> None:
        for revision, entries in expected.load(run.EXPECTED).items():
            self.assertIn(revision, (versions.LEGACY, versions.MODERN))
            for entry, reason in entries.items():
                self.assertTrue(reason and not reason.startswith(expected.UNEXPLAINED), entry)


class ReportTest(unittest.TestCase):
    def test_figures(self) -> None:
        report = Report()
        for result, faults in [
            (scenario("good", a="SUCCESS", b="SUCCESS", c="WARNING", d="INFO"), []),
            (scenario("bad", a="SUCCESS", b="FAILURE"), ["b: why b"]),
            (scenario("known", a="FAILURE"), []),
            (scenario("stale", a="SUCCESS"), ["b: take it out"]),
            (scenario("idle", a="SKIPPED"), []),
        ]:
            report.add_scenario("http.r", "required", result, faults)
        self.assertEqual(report.figures["http.r required"].line("x").split(),
                         ["x", "2/4", "4/6", "1", "1", "fail", "as", "expected,", "1", "not", "checked", "by", "the", "suite"])
        self.assertEqual([row[:2] for row in report.rows], [
            ("http.r.good", "passed"), ("http.r.bad", "failed"), ("http.r.known", "skipped"), ("http.r.stale", "failed"),
            ("http.r.idle", "skipped")])
        self.assertIn("1 passed, 2 failed, 2 skipped", report.table())


class ServersTest(FolderTest):
    def server(self, code: str) -> servers.Server:
        server = servers.Server([sys.executable, "-c", code], self.folder / "server")
        self.addCleanup(server.stop)
        return server

    HOLD = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n" \
           "print('listening on http://127.0.0.1:4711/mcp', file=sys.stderr, flush=True)\n"

    def test_the_address_is_learnt(self) -> None:
        server = self.server(self.HOLD + "signal.pause()")
        self.assertEqual(server.url(), "http://127.0.0.1:4711/mcp")
        self.assertEqual(server.stop(), [])

    def test_one_that_ends_instead(self) -> None:
        server = self.server("import sys; print('no port'); sys.exit(3)")
        with self.assertRaisesRegex(RuntimeError, "exit code 3(.|\n)*no port"):
            server.url()
        self.assertIn("before it was told to", server.stop()[0])

    def test_a_bad_end(self) -> None:
        server = self.server(self.HOLD.replace("sys.exit(0)", "sys.exit(4)")
                             + "import os; open(os.environ['TMPDIR'] + '/left', 'w'); signal.pause()")
        server.url()
        self.assertEqual(server.stop(), ["its exit code was 4", "it left a temporary file: left"])

    def test_a_process_that_stays_is_found_and_ended(self) -> None:
        servers.adopt_orphans()
        server = self.server("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)\n" + self.HOLD
                             + "signal.pause()")
        server.url()
        self.assertEqual(server.stop(), ["it left a process: sleep 600"])


class RunTest(FolderTest):
    """With a suite whose results are made up, and a server that only listens."""

    RESULTS = [scenario("ping", ping="SUCCESS"), scenario("tools-list", named="FAILURE")]

    def everything(self, results: list[Scenario] = RESULTS, entries: str = "", fixtures: str = ServersTest.HOLD, **options: object) -> Report:
        fake = SimpleNamespace(names=lambda _: (["ping", "tools-list"], ["tasks-a"]),
                               run=lambda name, url, folder, only=None: [result for result in results
                                                                         if only is None or result.name in only])
        program = self.folder / "program"
        program.write_text(f"#!{sys.executable}\n{fixtures}signal.pause()\n")
        program.chmod(0o755)
        self.file = self.folder / "expected.txt"
        self.file.write_text(entries)
        self.addCleanup(setattr, run, "EXPECTED", run.EXPECTED)
        run.EXPECTED = self.file
        report = Report()
        arguments = SimpleNamespace(fixtures=str(program), product=str(program), update_expected=False, only=[])
        vars(arguments).update(options)
        out, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="ascii")
        try:
            run.Run(fake, report, arguments, self.folder / "run").everything()
        finally:
            sys.stdout.close()
            sys.stdout = out
        self.rows = {row[0]: row[1:] for row in report.rows}
        return report

    def test_what_must_pass(self) -> None:
        self.everything(only=["http.2025-11-25"])
        self.assertEqual({name: row[0] for name, row in self.rows.items()}, {
            "http.2025-11-25.ping": "passed", "http.2025-11-25.tools-list": "failed", "http.2025-11-25.tasks-a": "failed",
            "http.2025-11-25.number of scenarios": "failed", "http.process": "passed"})
        self.assertIn("not run", self.rows["http.2025-11-25.tasks-a"][2])
        self.assertIn("2 instead of 30", self.rows["http.2025-11-25.number of scenarios"][2])

    def test_one_scenario(self) -> None:
        report = self.everything(only=["http.2025-11-25.ping"])
        self.assertEqual((list(self.rows), report.count("failed")), (["http.2025-11-25.ping", "http.process"], 0))

    def test_nothing(self) -> None:
        self.assertEqual(self.everything(only=["no such row"]).rows, [])

    def test_the_product_fails_what_is_expected(self) -> None:
        entries = "[2025-11-25]\ntools-list:named fixture absent\n"
        self.everything(entries=entries, only=["product.2025-11-25.tools-list", "product.2026-07-28.tools-list"])
        self.assertEqual(self.rows["product.2025-11-25.tools-list"][0], "skipped")
        self.assertEqual(self.rows["product.2026-07-28.tools-list"][0], "failed")

    def test_entries_that_name_no_scenario_are_found(self) -> None:
        self.everything(entries="[2025-11-25]\nno-such:a fixture absent\n[2024-11-05]\nping:ping fixture absent\n")
        for name in ("product.2025-11-25.no-such", "product.2024-11-05.ping"):
            self.assertIn("no such scenario", self.rows[name][2])

    def test_an_update(self) -> None:
        self.everything(entries="[2025-11-25]\nping:ping fixture absent\nno-such:a fixture absent\n", update_expected=True)
        found = expected.load(self.file)
        self.assertEqual(found, {revision: {("tools-list", "named"): "? why named"} for revision in ("2025-11-25", "2026-07-28")})

    def test_a_server_that_does_not_start(self) -> None:
        self.everything(fixtures="import sys; sys.exit(5)\n", only=["http.2025-11-25"])
        self.assertEqual(list(self.rows), ["http.process"])
        self.assertIn("exit code 5", self.rows["http.process"][2])

    def test_what_the_bridge_counted(self) -> None:
        file = self.folder / "bridge.json"
        self.assertEqual(run.purity_faults(file), ["the bridge left no report"])
        counted = {"children": 1, "lines": 0, "bad_lines": 0, "faults": [], "ends": []}
        file.write_text(json.dumps(counted))
        self.assertEqual(run.purity_faults(file), ["the daemon wrote nothing"])
        file.write_text(json.dumps({**counted, "lines": 2, "bad_lines": 1, "faults": ["f"], "ends": ["e"]}))
        self.assertEqual(run.purity_faults(file), ["f", "e"])
