"""The static script policy against its corpus: what it must see, what it must leave alone. No script is ever executed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

from world import DAEMON, PATIENCE_S, REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests" / "corpus"))
import seed_patterns

REPORT = REPOSITORY / "scripts" / "script-policy-report"
CORPUS = REPOSITORY / "tests" / "corpus"
SHIPPED = Path("/usr/share/blender/scripts")

# Malicious scripts that a static check cannot tell from ordinary ones; docs/script-policy.md says so. The sandbox is for these.
KNOWN_LIMITS = {
    "image_save_over.py",  # saves an image to a path, as every bake does
}

MINIMUM_FILES = 150
MINIMUM_RECALL = 0.95
MAXIMUM_FALSE_DANGER = 0.02
MAXIMUM_FALSE_FINDINGS = 0.10

Record = dict[str, Any]


def run_report(*arguments: str, binary: str = DAEMON) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/usr/bin/python3", str(REPORT), "--binary", binary, *arguments], text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=3 * PATIENCE_S, check=False)


def names(records: list[Record]) -> str:
    """For a failure: each file with what was found in it."""
    return "".join(f"\n  {record['file']}: " + (", ".join(f"{f['rule']} in line {f['line']}" for f in record["findings"]) or "nothing")
                   for record in records)


class ScriptCorpusTest(unittest.TestCase):
    corpora: dict[str, list[Record]]

    @classmethod
    def setUpClass(cls) -> None:
        shipped = ["--blender-scripts", str(SHIPPED)] if SHIPPED.is_dir() else ["--no-shipped"]
        done = run_report("--json", *shipped)
        if done.returncode != 0:
            raise AssertionError(f"{REPORT} failed: {done.stderr}")
        cls.corpora = {corpus["corpus"].split()[0]: corpus["files"] for corpus in json.loads(done.stdout)}

    def shipped(self) -> list[Record]:
        if "shipped" not in self.corpora:
            self.skipTest(f"no Blender's scripts in {SHIPPED}")
        return self.corpora["shipped"]

    def test_there_is_enough_to_measure(self) -> None:
        for name in ("malicious", "legitimate"):
            self.assertGreaterEqual(len(self.corpora[name]), MINIMUM_FILES, name)

    def test_the_corpus_is_python_and_says_why(self) -> None:
        for name in ("malicious", "legitimate"):
            for path in sorted((CORPUS / name).glob("*.py")):
                with self.subTest(path.name):
                    source = path.read_bytes()
                    ast.parse(source)
                    if name == "malicious":
                        self.assertRegex(source.decode().splitlines()[0], r"^# why: \S")

    def test_every_malicious_script_is_seen(self) -> None:
        unseen = [record for record in self.corpora["malicious"] if not record["any"]]
        missed = [record for record in unseen if Path(record["file"]).name not in KNOWN_LIMITS]
        self.assertFalse(missed, f"nothing was found in {len(missed)} scripts:{names(missed)}")
        seen = KNOWN_LIMITS - {Path(record["file"]).name for record in unseen}
        self.assertFalse(seen, "no limits any more, or no such files")

    def test_most_malicious_scripts_are_seen_as_danger(self) -> None:
        records = self.corpora["malicious"]
        missed = [record for record in records if not record["danger"]]
        recall = 1 - len(missed) / len(records)
        self.assertGreaterEqual(recall, MINIMUM_RECALL, f"no danger in {len(missed)} of {len(records)}:{names(missed)}")

    def test_what_is_danger_is_blocked(self) -> None:
        for name, records in self.corpora.items():
            wrong = [record for record in records if record["blocked"] != record["danger"] and not record["allowed_by"]]
            self.assertFalse(wrong, f"{name}:{names(wrong)}")

    def test_legitimate_scripts_are_left_alone(self) -> None:
        records = self.corpora["legitimate"]
        for what, limit in (("danger", MAXIMUM_FALSE_DANGER), ("any", MAXIMUM_FALSE_FINDINGS)):
            with self.subTest(what):
                flagged = [record for record in records if record[what]]
                self.assertLessEqual(len(flagged) / len(records), limit, f"{len(flagged)} of {len(records)}:{names(flagged)}")

    def test_no_shipped_script_is_blocked_where_it_is_trusted(self) -> None:
        blocked = [record for record in self.shipped() if record["blocked"]]
        self.assertFalse(blocked, names(blocked))

    def test_every_shipped_script_can_be_scanned(self) -> None:
        unscannable = [record for record in self.shipped()
                       if any(finding["rule"].startswith("script.") for finding in record["findings"])]
        self.assertFalse(unscannable, names(unscannable))

    def test_we_do_better_than_the_patterns_of_the_predecessor(self) -> None:
        for name, better in (("malicious", lambda ours, seed: ours > seed), ("legitimate", lambda ours, seed: ours < seed)):
            records = self.corpora[name]
            self.assertTrue(better(sum(record["danger"] for record in records), sum(bool(record["seed"]) for record in records)), name)


class SeedPatternsTest(unittest.TestCase):
    def test_they_are_the_predecessor_s(self) -> None:
        patterns = seed_patterns.compiled()
        self.assertEqual(len(patterns), 13)
        for text, found in [("os . system('x')", True), ("OS.SYSTEM", True), ("os\u00a0.system", True), ("open('write.txt')", True),
                            ("open('/tmp/x', 'w')", False), ("bpy.data.objects.remove(o)", True), ("o\u017f.system", False),
                            ("medieval(1)", False), ("x['eval']", True)]:
            with self.subTest(text):
                self.assertEqual(any(pattern.search(text) for pattern, _ in patterns), found)


class ScriptPolicyReportTest(unittest.TestCase):
    def test_help(self) -> None:
        done = run_report("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for option in ("--binary", "--blender-scripts", "--list-missed", "--list-flagged", "--json"):
            self.assertIn(option, done.stdout)

    def test_what_is_missing_is_said(self) -> None:
        for arguments, binary, part in [((), "/no/such/program", "no such program"), ((), "/bin/true", "unusable output"),
                                        (("--blender-scripts", "/no/such/folder"), DAEMON, "no such folder")]:
            with self.subTest(part):
                done = run_report(*arguments, binary=binary)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(part, done.stderr)
                self.assertNotIn("Traceback", done.stderr)

    def test_the_table_has_a_row_for_each_corpus(self) -> None:
        done = run_report("--no-shipped", "--list-missed", "--list-flagged")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("|")]
        self.assertEqual(rows, ["corpus", "---", "malicious", "legitimate"])
        self.assertTrue(os.access(REPORT, os.X_OK))
