"""What the documents show besides commands: JSON that can be read, configuration that the daemon takes, settings that there are."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))

from documents import ROOT, Place, blocks, documents, spans
from tables import NO_SETTINGS, SHOWN
from usage import is_command
from world import DAEMON, PATIENCE_S

ASSIGNMENT = re.compile(r"([a-z]+)\.([a-z_0-9]+) = (\S.*)")
SETTING = re.compile(r"([a-z]+)\.(?!cpp$|hpp$|py$)([a-z_0-9]+)")
VARIABLE = re.compile(r"(BLENDER_MCPD_[A-Z_0-9]+)(?:=\S+)?")


def is_shown(block: Place) -> bool:
    return any(block.file == file and block.text.startswith(begin) for file, begin, _ in SHOWN)


def is_toml(block: Place) -> bool:
    return bool(re.match(r"\[[a-z]+\]$|[a-z_.]+ = ", block.text.splitlines()[0]))


def values(text: str) -> list[object]:
    """Several may follow each other."""
    found, at = [], 0
    while at < len(text):
        value, end = json.JSONDecoder().raw_decode(text, at)
        found.append(value)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found


@functools.lru_cache(maxsize=None)
def settings() -> frozenset[str]:
    """"section.key" of each that the daemon knows."""
    shown = subprocess.run([DAEMON, "config", "show"], env={}, text=True, capture_output=True, timeout=PATIENCE_S, check=True).stdout
    known, section = set(), ""
    for line in shown.splitlines():
        if begin := re.match(r"\[(\w+)\]", line):
            section = begin[1]
        elif entry := re.match(r"(\w+) = ", line):
            known.add(f"{section}.{entry[1]}")
    return frozenset(known)


def complaint(toml: str) -> str:
    """What the daemon has against this configuration."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(toml)
        file.flush()
        done = subprocess.run([DAEMON, "--config", file.name, "config", "show"], env={}, text=True, capture_output=True,
                              timeout=PATIENCE_S, check=False)
    return done.stderr if done.returncode else ""


class Snippets(unittest.TestCase):
    def test_every_block_is_something_that_is_tested(self) -> None:
        for path in documents():
            for block in blocks(path):
                with self.subTest(str(block)):
                    self.assertTrue(is_shown(block) or is_command(block.text) or is_toml(block) or block.text.startswith("{"),
                                    f"What is this? See SHOWN and PROGRAMS in tests/docs/tables.py\n{block.text}")

    def test_json_can_be_read(self) -> None:
        found = [block for path in documents() for block in blocks(path) if block.text.startswith("{") and not is_shown(block)]
        self.assertGreater(len(found), 5)
        for block in found:
            with self.subTest(str(block)):
                values(block.text)

    def test_configuration_is_taken(self) -> None:
        for path in documents():
            found = [(block, block.text) for block in blocks(path) if is_toml(block) and not is_shown(block)]
            found += [(span, f"[{match[1]}]\n{match[2]} = {match[3]}\n") for span in spans(path) if (match := ASSIGNMENT.fullmatch(span.text))]
            for place, toml in found:
                with self.subTest(f"{place}: {place.text}"):
                    self.assertEqual(complaint(toml), "")

    def test_settings_are_there(self) -> None:
        sections = {name.partition(".")[0] for name in settings()}
        self.assertGreater(len(settings()), 60)
        variables = {f"BLENDER_MCPD_{name.replace('.', '_').upper()}" for name in settings()}
        variables |= {name.removesuffix("_FILE") for name in variables if name.endswith(("_KEY_FILE", "_TOKEN_FILE"))}
        used = set()
        for path in documents():
            for span in spans(path):
                variable = VARIABLE.fullmatch(span.text)
                setting = SETTING.fullmatch(span.text)
                name = variable[1] if variable else span.text
                if variable or (setting and setting[1] in sections):
                    used.add(name)
                    with self.subTest(f"{span}: {name}"):
                        self.assertTrue(name in settings() or name in variables or name in NO_SETTINGS)
        self.assertLessEqual(NO_SETTINGS, used)

    def test_what_is_wrong_is_found(self) -> None:
        self.assertIn("prot", complaint("[blender]\nprot = 1\n"))
        self.assertEqual(complaint("[blender]\nport = 1\n"), "")
        with self.assertRaises(ValueError):
            values('{"a": 1} {"b": }')

    def test_nothing_is_left_in_the_tables(self) -> None:
        for file, begin, _ in SHOWN:
            with self.subTest(begin):
                self.assertTrue(any(block.text.startswith(begin) for block in blocks(ROOT / file)))


if __name__ == "__main__":
    unittest.main()
