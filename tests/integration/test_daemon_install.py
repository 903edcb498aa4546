"""`install` and `uninstall`: the entry in a client's file."""

from __future__ import annotations

import json
import os
import subprocess

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S


class InstallTest(DaemonTestCase):
    def run_daemon(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, *arguments], env=self.world.environment(), cwd=self.world.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)

    def test_install_again_and_uninstall(self) -> None:
        config = self.world.folder / "own.toml"
        config.write_text("[pool]\nmax = 2\n")
        file = self.world.home / ".cursor" / "mcp.json"
        command = ("--config", "own.toml", "install", "--client", "cursor", "--name", "b3d")
        done = self.run_daemon(*command)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(str(file), done.stdout)
        program = os.path.realpath(DAEMON)
        entry = json.loads(file.read_text())["mcpServers"]["b3d"]
        self.assertEqual(entry, {"type": "stdio", "command": program, "args": ["--config", str(config), "stdio"]})

        done = self.run_daemon(*command)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("nothing was changed", done.stdout)

        done = self.run_daemon("uninstall", "--client", "cursor", "--name", "b3d")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(file.read_text()), {"mcpServers": {}})
        self.assertEqual(len(list(file.parent.glob("mcp.json.bak-*"))), 1)

    def test_print_writes_nothing(self) -> None:
        done = self.run_daemon("install", "--client", "claude-code", "--scope", "project", "--print")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(str(self.world.folder / ".mcp.json"), done.stdout)
        printed, _ = json.JSONDecoder().raw_decode(done.stdout, done.stdout.index("\n{") + 1)
        self.assertEqual(printed["mcpServers"]["blender"]["args"], ["stdio"])
        self.assertIn("claude mcp add --scope project blender -- ", done.stdout)
        self.assertFalse((self.world.folder / ".mcp.json").exists())

    def test_an_entry_of_somebody_else(self) -> None:
        file = self.world.folder / ".vscode" / "mcp.json"
        file.parent.mkdir()
        text = '{\n  // ours\n  "servers": {"blender": {"command": "uvx", "args": ["blender-mcp"]}},\n}\n'
        file.write_text(text)
        command = ("install", "--client", "vscode", "--scope", "project")
        done = self.run_daemon(*command)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("uvx", done.stderr)
        self.assertIn("--force", done.stderr)
        self.assertEqual(file.read_text(), text)
        done = self.run_daemon(*command, "--force")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("uvx", done.stdout)
        self.assertIn("// ours", file.read_text())

    def test_a_file_that_is_broken(self) -> None:
        file = self.world.home / ".cursor" / "mcp.json"
        file.parent.mkdir()
        file.write_text('{\n  "mcpServers": {\n}')
        done = self.run_daemon("install", "--client", "cursor")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("mcp.json:3:2", done.stderr)

    def test_wrong_usage(self) -> None:
        for arguments in [("install",), ("install", "--client", "emacs"), ("install", "--client", "cursor", "--name", "a b"),
                          ("install", "--client", "windsurf", "--scope", "project"), ("uninstall", "--client", "zed", "--scope", "all"),
                          ("--blender-port", "0", "install", "--client", "zed")]:
            with self.subTest(arguments):
                done = self.run_daemon(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr)
        self.assertEqual(list(self.world.home.iterdir()), [])

    def test_help(self) -> None:
        for command in ("install", "uninstall"):
            done = self.run_daemon(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for client in ("claude-code", "claude-desktop", "cursor", "vscode", "windsurf", "zed"):
                self.assertIn(client, done.stdout)
