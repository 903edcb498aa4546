"""`blender-mcpd addon …` with programs that only say which Blender they are."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

from world import DAEMON

SAYS = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo \"Blender {}\"; exit; fi\necho \"$@\" >> {}\n{}\n"


class AddonCommandTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="mcpd-test-")
        self.addCleanup(temporary.cleanup)
        self.home = Path(temporary.name)
        self.path = self.home / "nowhere"
        self.started = self.home / "started.txt"  # with which arguments

    def blender(self, name: str, version: str, then: str = "exit 0") -> str:
        program = self.home / name / "blender"
        program.parent.mkdir(parents=True)
        program.write_text(SAYS.format(version, self.started, then))
        program.chmod(0o755)
        return str(program)

    def addon(self, *arguments: str, code: int = 0, **env: str) -> str:
        """What it prints; on standard error when it fails."""
        done = subprocess.run([DAEMON, "addon", *arguments], text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              env={"PATH": str(self.path), "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home), **env},
                              cwd=self.home, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr if code else done.stdout

    def places(self, under: str = ".config/blender") -> list[str]:
        return sorted(str(path.parent.relative_to(self.home / under)) for path in self.home.rglob("runtime_version.py"))

    def test_each_blender_that_is_found_gets_it(self) -> None:
        self.blender("opt/blender-4.3.2-linux-x64", "4.3.2")
        self.blender("Downloads/blender-3.6", "3.6.5")
        self.blender("bin/blender-2.79b", "2.79 (sub 0)")  # too old
        self.path = Path(self.blender("first", "5.2.2 LTS")).parent
        told = self.addon("install")
        expected = {"3.6/scripts/addons/blender_mcpd", "4.3/extensions/user_default/blender_mcpd",
                    "5.2/extensions/user_default/blender_mcpd"}
        self.assertLessEqual(expected, set(self.places()))  # there may be one on this machine
        self.assertNotIn("2.79", " ".join(self.places()))
        self.assertIn("Preferences > Add-ons", told)
        self.assertFalse(self.started.exists())  # nothing was started
        self.assertIn("is there already", self.addon("install"))
        self.assertIn("4.3    0.1.0", self.addon("path"))
        self.assertIn("removed", self.addon("uninstall"))
        self.assertEqual(self.places(), [])
        self.assertIn("not installed", self.addon("uninstall"))

    def test_a_single_one(self) -> None:
        program = self.blender("other", "4.2.1")
        self.assertIn(f"Blender 4.2 ({program}): installed 0.1.0", self.addon("install", "--blender", program))
        self.assertIn("Blender 2.93: installed 0.1.0", self.addon("install", "--version", "2.93"))
        self.assertEqual(self.places(), ["2.93/scripts/addons/blender_mcpd", "4.2/extensions/user_default/blender_mcpd"])
        self.addon("uninstall", "--version", "4.2")
        self.assertEqual(self.places(), ["2.93/scripts/addons/blender_mcpd"])
        self.assertIn("2.93   0.1.0", self.addon("path", "--version", "2.93"))
        self.assertIn("4.2    not installed", self.addon("path", "--version", "4.2.1"))

    def test_uninstall_finds_it_when_that_blender_is_gone(self) -> None:
        self.addon("install", "--version", "4.9")
        self.assertIn("Blender 4.9: removed", self.addon("uninstall"))

    def test_blenders_own_variables(self) -> None:
        self.addon("install", "--version", "3.6", BLENDER_USER_SCRIPTS=str(self.home / "scripts"))
        self.addon("install", "--version", "4.2", BLENDER_USER_EXTENSIONS=str(self.home / "extensions"))
        self.addon("install", "--version", "5.0", BLENDER_USER_RESOURCES=str(self.home / "all"))
        self.assertEqual(self.places("."), ["all/extensions/user_default/blender_mcpd", "extensions/user_default/blender_mcpd",
                                            "scripts/addons/blender_mcpd"])

    def test_it_is_enabled_by_that_blender(self) -> None:
        program = self.blender("new", "4.2.0")
        self.assertIn("in the background, with your preferences", self.addon("install", "--blender", program, "--enable"))
        started = self.started.read_text()
        self.assertIn("--background", started)
        self.assertNotIn("factory", started)
        self.assertIn('addon_enable(module="bl_ext.user_default.blender_mcpd")', started)
        self.assertIn("save_userpref", started)
        self.addon("install", "--blender", self.blender("old", "4.1.0"), "--enable")
        self.assertIn('addon_enable(module="blender_mcpd")', self.started.read_text())

    def test_one_that_cannot_enable_it_is_a_failure(self) -> None:
        program = self.blender("broken", "4.2.0", "echo RuntimeError: no such add-on; exit 1")
        told = self.addon("install", "--blender", program, "--enable", code=1)
        self.assertIn("exit code 1: RuntimeError: no such add-on", told)
        self.assertIn("leave --enable out", self.addon("install", "--version", "9.9", "--enable", code=1))

    def test_wrong_usage_and_failures_differ(self) -> None:
        rows = ((("install", "--version", "new"), 2, "such as 4.2"), (("install", "--version", "2.79"), 1, "too old"),
                (("install", "--version", "4.2", "--blender", "/b"), 2, "excludes"), ((), 2, "subcommand"),
                (("install", "--blender", "/missing/blender"), 1, "No such file"), (("install", "--blender", "/bin/true"), 1, "version"),
                (("remove",), 2, ""), (("build", "--output", "/missing/a.zip"), 1, "No such file"))
        for arguments, code, complaint in rows:
            with self.subTest(arguments):
                self.assertIn(complaint, self.addon(*arguments, code=code))
        self.assertEqual(self.places(), [])

    def test_what_is_not_ours_stays(self) -> None:
        theirs = self.home / ".config/blender/4.2/extensions/user_default/blender_mcpd/__init__.py"
        theirs.parent.mkdir(parents=True)
        theirs.write_text("theirs")
        for action in ("install", "uninstall"):
            self.assertIn("left alone", self.addon(action, "--version", "4.2", code=1))
        self.assertEqual(theirs.read_text(), "theirs")
        self.assertEqual(os.listdir(theirs.parent.parent), ["blender_mcpd"])

    def test_the_archive(self) -> None:
        self.assertIn("blender_mcpd-0.1.0.zip", self.addon("build"))
        with zipfile.ZipFile(self.home / "blender_mcpd-0.1.0.zip") as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn("blender_mcpd/blender_manifest.toml", archive.namelist())
        self.addon("build", "--output", str(self.home / "mine.zip"))
        self.assertTrue((self.home / "mine.zip").exists())
