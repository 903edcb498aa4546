"""The audit log and `replay` as far as they need no Blender: the file, its rotation, SIGHUP, what cannot be replayed."""

from __future__ import annotations

import json
import os
import signal
import subprocess

from client import DaemonTestCase, Json
from world import DAEMON, PATIENCE_S, wait_until


class AuditFileTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.world.folder / "audit.jsonl"

    def run_daemon(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, "--blender-port", str(self.world.port), *arguments],
                              env=self.world.environment(**env), cwd=self.world.folder, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)

    def status(self, **env: str) -> subprocess.CompletedProcess[str]:
        return self.run_daemon("call", "get_blender_status", BLENDER_MCPD_AUDIT_PATH=str(self.path), **env)

    def lines(self) -> list[Json]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def test_a_call_of_the_command_line_has_its_line(self) -> None:
        self.assertEqual(self.status().returncode, 0)
        line, = self.lines()
        self.assertEqual((line["transport"], line["tool"], line["outcome"]), ("call", "get_blender_status", "ok"))
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertNotIn("arguments", line)

    def test_a_file_that_cannot_be_written_fails_no_call_and_is_told_once(self) -> None:
        self.path.symlink_to("/dev/null")
        done = self.status()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("calls are not recorded"), 1, done.stderr)
        self.assertIn("is a symbolic link", done.stderr)
        self.assertGreaterEqual(json.loads(done.stdout)["metrics"].get("audit.lines_lost", -1), 0)

    def test_old_files_are_kept(self) -> None:
        for _ in range(4):
            self.status(BLENDER_MCPD_AUDIT_MAX_BYTES="1", BLENDER_MCPD_AUDIT_KEEP="2")
        self.assertEqual(sorted(path.name for path in self.world.folder.glob("audit*")),
                         ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"])
        self.assertEqual(len(self.lines()), 1)

    def test_sighup_opens_it_anew_and_turns_it_on(self) -> None:
        config = self.world.folder / "config.toml"
        config.write_text('[http]\nport = 0\n')
        server = self.start("--config", str(config), "serve", version=None)
        socket = self.world.folder / "blender-mcpd" / "daemon.sock"
        wait_until(socket.exists, "it does not listen")
        client = self.start("stdio", "--attach", "always")
        client.do("get_blender_status")
        self.assertFalse(self.path.exists())
        config.write_text(f'[http]\nport = 0\n[audit]\npath = "{self.path}"\n')
        server.process.send_signal(signal.SIGHUP)
        wait_until(self.path.exists, "the file was not made")
        client.do("get_blender_status")
        wait_until(lambda: len(self.lines()) == 1, "the call was not recorded")
        self.assertEqual(self.lines()[0]["transport"], "socket")
        os.rename(self.path, self.world.folder / "moved.jsonl")
        server.process.send_signal(signal.SIGHUP)
        wait_until(self.path.exists, "the file was not made anew")
        client.close()
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)

    def test_what_cannot_be_replayed_is_named(self) -> None:
        def refused(text: str) -> str:
            self.path.write_text(text)
            done = self.run_daemon("replay", str(self.path))
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            return done.stderr

        call = {"event": "call", "call": "a-1", "tool": "create_objects", "edit": True, "outcome": "ok"}
        self.assertIn('audit.arguments = "full"', refused(json.dumps(call) + "\n"))
        self.assertIn("audit.jsonl:2 (", refused('{"event":"lost","lines":1}\n{"event":\n{"event":"lost","lines":1}\n'))
        self.assertEqual(self.run_daemon("replay", "missing.jsonl").returncode, 2)
        self.assertEqual(self.run_daemon("replay").returncode, 2)
        self.path.write_text(json.dumps({**call, "arguments": {}}) + "\n")
        done = self.run_daemon("replay", str(self.path), "--blender", "/nonexistent/blender")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no Blender", done.stderr)
