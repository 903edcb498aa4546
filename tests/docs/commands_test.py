"""Every command in the documents: it is run, or tables.py says why not, and then it is at least one that there is."""

from __future__ import annotations

import re
import shlex
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))

from documents import ROOT, Place, blocks, documents, spans
from stage import Stage
from tables import EXIT_CODES, NOT_RUN
from usage import faults, is_command


def commands_of(block: Place) -> list[Place]:
    """One for each that a shell would read; one may have several lines."""
    found: list[Place] = []
    lines: list[str] = []
    for number, line in enumerate(block.text.splitlines(), block.line):
        lines.append(line)
        text = "\n".join(lines)
        if not text.strip() or line.endswith("\\") or _is_open(text):
            continue
        found.append(Place(block.file, number - len(lines) + 1, text.strip()))
        lines = []
    return found


def _is_open(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


def commands(path: Path) -> list[Place]:
    return [command for block in blocks(path) if is_command(block.text) for command in commands_of(block)]


def reason_not_to_run(command: str) -> tuple[str, str, str] | None:
    return next((entry for entry in NOT_RUN if command.startswith(entry[0])), None)


class Commands(unittest.TestCase):
    """One test for each document that has some; in the order in which a reader meets them, in one folder."""

    def run_all(self, path: Path) -> None:
        stage = Stage()
        self.addCleanup(stage.close)
        for command in commands(path):
            if reason_not_to_run(command.text):
                continue
            with self.subTest(str(command)):
                expected = next((codes for begin, codes, _ in EXIT_CODES if command.text.startswith(begin)), {0})
                code, said = stage.run(command.text)
                self.assertIn(code, expected, f"{command.text}\n{said}")


def _add_tests() -> None:
    for path in documents():
        if any(not reason_not_to_run(command.text) for command in commands(path)):
            name = re.sub(r"\W+", "_", str(path.relative_to(ROOT).with_suffix("")))
            setattr(Commands, f"test_{name}", lambda self, path=path: self.run_all(path))


_add_tests()


class Usage(unittest.TestCase):
    def test_blocks_of_commands_hold_nothing_else(self) -> None:
        for path in documents():
            for command in commands(path):
                with self.subTest(str(command)):
                    self.assertTrue(is_command(command.text), f"{command.text!r}: what begins like this? See PROGRAMS in tables.py")

    def test_commands_that_are_not_run_could_be(self) -> None:
        for path in documents():
            for command in commands(path):
                if reason_not_to_run(command.text):
                    with self.subTest(str(command)):
                        self.assertEqual(faults(command.text), [])

    def test_commands_in_the_text_could_be(self) -> None:
        found = [span for path in documents() for span in spans(path) if is_command(span.text)]
        self.assertGreater(len(found), 50)
        for span in found:
            with self.subTest(f"{span}: {span.text}"):
                self.assertEqual(faults(_without_gaps(span.text)), [])

    def test_what_does_not_exist_is_found(self) -> None:
        for text in ("blender-mcpd dokter", "blender-mcpd doctor --fixx", "blender-mcpd policy check --json a.py --lout", "scripts/tset",
                     "scripts/test --quick", "cmake --preset fast", "sudo blender-mcpd service begin", "true && blender-mcpd call a {} b"):
            with self.subTest(text):
                self.assertNotEqual(faults(text), [])
        for text in ("blender-mcpd --config a.toml --blender-port 1 service install", "blender-mcpd stdio --attach",
                     "blender-mcpd policy check --policy block a.py b.py", "scripts/chaos --short --seed 3 | tail"):
            with self.subTest(text):
                self.assertEqual([fault for fault in faults(text) if "what is" not in fault], [])

    def test_nothing_is_left_in_the_tables(self) -> None:
        there = [command.text for path in documents() for command in commands(path)]
        for begin, _, covered_by in NOT_RUN:
            with self.subTest(begin):
                self.assertTrue(any(reason_not_to_run(text) and reason_not_to_run(text)[0] == begin for text in there))
                if covered_by:
                    file, _, test = covered_by.partition(": ")
                    self.assertIn(f"def {test}(", (ROOT / file).read_text("utf-8"))
        for begin, _, _ in EXIT_CODES:
            with self.subTest(begin):
                self.assertTrue(any(text.startswith(begin) for text in there))


def _without_gaps(text: str) -> str:
    """What is left out (…) or is to be filled in (<process>) is of no interest."""
    return re.sub(r"\s*…\s*", " ", re.sub(r"<[^>]*>", "x", text))


if __name__ == "__main__":
    unittest.main()
