#!/usr/bin/python3
"""Runs the unittest cases of one folder and writes a JUnit report, the format that ctest writes too.

usage: run_unittests.py [-v] [--junit FILE] [--timeout SECONDS] [--again COUNT] [-k PART]... FOLDER

With --again, tests that have failed run once more, by themselves, when they are of up to COUNT classes: those of one class fail
together when what they share has died. Those that pass then are named as unstable, at the end and in the report. More than that are
failures at once.

Exit code 0: all passed or were skipped; 1: something failed; 5: there was nothing to run.
"""

import argparse
import faulthandler
import sys
import time
import traceback
import unittest
from pathlib import Path
from xml.etree import ElementTree


class Result(unittest.TestResult):
    """One row a test: (name, status, seconds, detail). A test that fails in several subtests or in its clean-up is one failure."""

    def __init__(self, verbose, timeout):
        super().__init__()
        self.rows = []
        self.verbose = verbose
        self.timeout = timeout
        self.running = None

    def startTest(self, test):
        super().startTest(test)
        self.running = test
        self.status, self.detail, self.started = "passed", "", time.monotonic()
        # A hanging test must not hang the suite: its stacks are printed and the process ends.
        faulthandler.dump_traceback_later(self.timeout, exit=True)

    def stopTest(self, test):
        super().stopTest(test)
        faulthandler.cancel_dump_traceback_later()
        self.running = None
        self.add_row(test.id(), self.status, time.monotonic() - self.started, self.detail)

    def add_row(self, name, status, seconds, detail):
        self.rows.append((name, status, seconds, detail))
        if self.verbose or status == "failed":
            note = f"  ({detail})" if status == "skipped" else ""
            print(f"{status:7} {seconds:7.2f} s  {name}{note}", flush=True)
        if status == "failed":
            print(detail, file=sys.stderr, flush=True)

    def outcome(self, test, status, detail):
        if self.running is None:  # setUpClass or setUpModule: no test of its own
            self.add_row(test.id(), status, 0.0, detail)
        elif self.status != "failed":
            self.status, self.detail = status, detail
        elif status == "failed":
            self.detail += "\n" + detail

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.outcome(test, "failed", "".join(traceback.format_exception(*err)))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            text = "".join(traceback.format_exception(*err))
            self.outcome(test, "failed", f"{subtest._subDescription()}\n{text}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcome(test, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.outcome(test, "failed", "expected to fail, but passed")

    def count(self, status):
        return sum(row[1] == status for row in self.rows)

    def run_again(self, loader, limit):
        """The names of those that pass the second time. What failed before its first test (setUpClass) has no name to run."""
        failed = {row[0]: row for row in self.rows if row[1] == "failed"}
        classes = {name.rpartition(".")[0] for name in failed}
        if not failed or limit == 0 or len(classes) > limit or any(" " in name for name in failed):
            return []
        print(*(f"again            {name}" for name in failed), sep="\n", flush=True)
        second = Result(self.verbose, self.timeout)
        loader.loadTestsFromNames(failed).run(second)
        unstable = [name for name, status, _, _ in second.rows if status == "passed" and name in failed]
        for name in unstable:
            _, _, seconds, detail = row = failed[name]
            self.rows[self.rows.index(row)] = (name, "passed", seconds, "the first time:\n" + detail)
        return unstable


def printable(text):
    """XML has no way to write most control characters."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def junit(result, suite):
    root = ElementTree.Element(
        "testsuite", name=suite, tests=str(len(result.rows)), failures=str(result.count("failed")), skipped=str(result.count("skipped"))
    )
    for name, status, seconds, detail in result.rows:
        classname, _, test = name.rpartition(".")
        case = ElementTree.SubElement(root, "testcase", name=test, classname=classname, time=f"{seconds:.3f}")
        if status != "passed":
            ElementTree.SubElement(case, "failure" if status == "failed" else "skipped").text = printable(detail)
        elif detail:
            ElementTree.SubElement(case, "system-err").text = printable(detail)
    ElementTree.indent(root)
    return ElementTree.ElementTree(root)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-v", "--verbose", action="store_true", help="print every test with its time")
    parser.add_argument("--junit", type=Path, help="file for the report")
    parser.add_argument("--timeout", type=float, default=180, help="seconds that one test may take")
    parser.add_argument("--again", type=int, default=0, metavar="COUNT", help="run failed tests of up to COUNT classes once more")
    parser.add_argument("-k", action="append", metavar="PART", help="only tests whose name contains PART")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()

    folder = arguments.folder.resolve()
    loader = unittest.TestLoader()
    if arguments.k:
        loader.testNamePatterns = [f"*{part}*" for part in arguments.k]
    tests = loader.discover(str(folder), pattern="*test*.py", top_level_dir=str(folder))

    result = Result(arguments.verbose, arguments.timeout)
    started = time.monotonic()
    tests.run(result)
    loader.testNamePatterns = None
    unstable = result.run_again(loader, arguments.again)
    if arguments.junit:
        junit(result, folder.name).write(arguments.junit, encoding="utf-8", xml_declaration=True)

    print(
        f"{folder.name}: {result.count('passed')} passed, {result.count('failed')} failed, {result.count('skipped')} skipped "
        f"in {time.monotonic() - started:.1f} s",
        flush=True,
    )
    for name in unstable:
        print(f"unstable: {name} failed, and passed the second time", flush=True)
    if not result.rows:
        return 5
    return 1 if result.count("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
