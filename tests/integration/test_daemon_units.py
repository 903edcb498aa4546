"""`service`: the systemd units that it writes, and what systemd thinks of them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S


class UnitsTest(DaemonTestCase):
    def run_daemon(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, *arguments], env=self.world.environment(**env), cwd=self.world.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.world.home / ".config" / "systemd" / "user"
        self.unit = self.folder / "blender-mcpd.service"

    def test_install_and_uninstall(self) -> None:
        done = self.run_daemon("--blender-port", "9880", "service", "install", "--socket")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"Wrote {self.unit}\n", done.stdout)
        self.assertIn("systemctl --user enable --now blender-mcpd.socket", done.stdout)
        self.assertIn(f"ExecStart={os.path.realpath(DAEMON)} --blender-port 9880 serve\n", self.unit.read_text())
        self.assertEqual(sorted(entry.name for entry in self.folder.iterdir()), ["blender-mcpd.service", "blender-mcpd.socket"])

        done = self.run_daemon("service", "uninstall")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertIn("nothing was changed", self.run_daemon("service", "uninstall").stdout)

    def test_print_writes_nothing(self) -> None:
        for scope, folder in (("--user", str(self.folder)), ("--system", "/etc/systemd/system")):
            done = self.run_daemon("service", "install", scope, "--socket", "--print")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for kind in ("service", "socket"):
                self.assertIn(f"In {folder}/blender-mcpd.{kind}:\n", done.stdout)
        self.assertFalse(self.folder.exists())

    def test_a_unit_of_somebody_else(self) -> None:
        self.folder.mkdir(parents=True)
        self.unit.write_text("[Service]\nExecStart=/mine\n")
        for action in ("install", "uninstall"):
            done = self.run_daemon("service", action)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("--force", done.stderr)
        self.assertIn("/mine", self.unit.read_text())
        self.assertEqual(self.run_daemon("service", "install", "--force").returncode, 0)
        self.assertNotIn("/mine", self.unit.read_text())

    def with_systemctl(self, code: int = 0) -> dict[str, str]:
        """A systemctl that notes how it is called."""
        folder = self.world.folder / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "systemctl"
        program.write_text(f'#!/bin/sh\necho "$*" >>"{self.world.folder}/calls"\nexit {code}\n')
        program.chmod(0o755)
        return {"PATH": f"{folder}:/usr/bin:/bin"}

    def calls(self) -> list[str]:
        return (self.world.folder / "calls").read_text().splitlines()

    def test_enable_asks_systemctl(self) -> None:
        done = self.run_daemon("service", "install", "--enable", **self.with_systemctl())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.calls(), ["--user daemon-reload", "--user enable --now blender-mcpd.service"])
        done = self.run_daemon("service", "install", "--enable", **self.with_systemctl(1))
        self.assertEqual(done.returncode, 1)
        self.assertTrue(self.unit.exists())

    def test_status(self) -> None:
        done = self.run_daemon("service", "status", **self.with_systemctl())
        self.assertEqual(done.returncode, 1)
        self.assertIn("No unit is installed", done.stdout)
        self.run_daemon("service", "install")
        wants = self.folder / "default.target.wants"
        wants.mkdir()
        (wants / self.unit.name).symlink_to(self.unit)
        done = self.run_daemon("service", "status", **self.with_systemctl())
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"{self.unit}: starts this program, enabled\n", done.stdout)
        self.assertEqual(self.calls(), ["--user --no-pager status blender-mcpd.service"])
        self.assertEqual(self.run_daemon("service", "status", **self.with_systemctl(3)).returncode, 1)
        self.run_daemon("--blender-port", "9880", "service", "install")
        self.assertIn("starts another program", self.run_daemon("service", "status", **self.with_systemctl()).stdout)

    def test_what_systemd_thinks_of_the_units(self) -> None:
        analyze = "/usr/bin/systemd-analyze"
        if not os.path.exists(analyze):
            self.skipTest("systemd-analyze is not installed")
        for scope in ("user", "system"):
            printed = self.run_daemon("service", "install", f"--{scope}", "--socket", "--print").stdout
            folder = self.world.folder / scope
            folder.mkdir()
            for path, text in re.findall(r"^In (\S+):\n\n(.*?)\n(?=\nIn |\Z)", printed, re.MULTILINE | re.DOTALL):
                (folder / Path(path).name).write_text(text + "\n")
            units = sorted(map(str, folder.iterdir()))
            self.assertEqual(len(units), 2)
            with self.subTest(scope):
                done = subprocess.run([analyze, f"--{scope}", "verify", "--man=no", *units], env=self.world.environment(),
                                      capture_output=True, text=True, timeout=PATIENCE_S, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = subprocess.run([analyze, "security", "--offline=true", "--threshold=20", str(self.world.folder / "system/blender-mcpd.service")],
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)  # at most 2.0 of 10
        self.assertIn("OK", done.stdout)
