"""`doctor`: what it finds around a real daemon."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from typing import Any

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S


class DoctorTest(DaemonTestCase):
    def run_daemon(self, *arguments: str, port: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, "--blender-port", str(port or self.world.port), *arguments], env=self.world.environment(**env),
                              cwd=self.world.folder, text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S,
                              check=False)

    def doctor(self, *arguments: str, code: int = 0, port: int = 0, **env: str) -> dict[str, dict[str, Any]]:
        """What it finds, by check. The Blender of this machine does not matter here."""
        done = self.run_daemon("doctor", "--json", *arguments, port=port, BLENDER_MCPD_BLENDER_EXECUTABLE=str(self.blender()),
                               **env)
        self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        found = json.loads(done.stdout)
        for finding in found:
            self.assertEqual(list(finding), ["check", "state", "message", "remedy", "facts"])
            self.assertIn(finding["state"], ("ok", "note", "warning", "error"))
        return {finding["check"]: finding for finding in found}

    def blender(self) -> os.PathLike[str]:
        file = self.world.folder / "blender"
        file.write_text("#!/bin/sh\necho Blender 4.2.1\n")
        file.chmod(0o755)
        return file

    def test_all_is_well(self) -> None:
        found = self.doctor()
        for check in ("configuration", "blender", "add-on", "open blenders", "endpoint", "daemon", "http", "token", "folders", "keys",
                      "asset folders", "clients", "sandbox", "display"):
            self.assertIn(found[check]["state"], ("ok", "note"), found[check])
        self.assertEqual(found["blender"]["facts"]["version"], "4.2.1")

    def test_lines_for_people(self) -> None:
        done = self.run_daemon("doctor", BLENDER_MCPD_BLENDER_EXECUTABLE="/no/such/blender")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"(?m)^error +blender +blender\.executable is /no/such/blender.*Set blender\.executable")
        self.assertRegex(done.stdout, r"(?m)^ok +configuration ")

    def test_a_wrong_configuration_does_not_keep_it_from_looking(self) -> None:
        file = self.world.folder / "bad.toml"
        file.write_text("[blender]\nprot = 1\n")
        done = self.run_daemon("--config", str(file), "doctor")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"(?m)^error +configuration .*bad\.toml:2.*prot")
        self.assertRegex(done.stdout, r"(?m)^ok +http ")

    def test_a_configuration_that_hangs_does_not_either(self) -> None:
        fifo = self.world.folder / "fifo.toml"
        os.mkfifo(fifo)
        done = self.run_daemon("--config", str(fifo), "doctor")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"(?m)^error +configuration .*took longer")
        self.assertRegex(done.stdout, r"(?m)^ok +http ")

    def test_who_listens(self) -> None:
        listener = self.world.listen()
        found = self.doctor()["endpoint"]
        self.assertTrue(found["facts"]["answers"])
        self.assertEqual(found["facts"]["listeners"][0]["process"], os.getpid())
        self.assertIn(os.path.realpath("/proc/self/exe"), found["message"])
        listener.close()

    def test_a_daemon_that_runs(self) -> None:
        daemon = subprocess.Popen([DAEMON, "--blender-port", str(self.world.port), "--launch", "never", "serve", "--port", "0"],
                                  env=self.world.environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert daemon.stderr is not None
        try:
            port, reader = 0, None
            for line in daemon.stderr:
                if "listening on" in line:
                    port = int(line.split("listening on http://127.0.0.1:")[1].split("/")[0])
                    break
            reader = threading.Thread(target=daemon.stderr.read)  # it must not block on a full pipe
            reader.start()
            found = self.doctor(BLENDER_MCPD_HTTP_PORT=str(port))
            self.assertEqual(found["daemon"]["facts"]["process"], daemon.pid)
            self.assertEqual(found["http"]["facts"]["listeners"][0]["process"], daemon.pid)
            self.assertEqual((found["http"]["state"], found["token"]["state"]), ("ok", "ok"))
        finally:
            daemon.terminate()
            daemon.wait(PATIENCE_S)
            if reader is not None:
                reader.join()
            daemon.stderr.close()

    def test_fix(self) -> None:
        folder = self.world.folder / "blender-mcpd"
        folder.mkdir(mode=0o700)
        token = folder / "token"
        token.write_text("a" * 64)
        token.chmod(0o644)
        self.assertIn("--fix", self.doctor(code=1)["token"]["remedy"])
        self.assertIn("fixed", self.doctor("--fix")["token"]["message"])
        self.assertEqual(token.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.doctor()["token"]["state"], "ok")

    def test_a_client(self) -> None:
        self.assertEqual(self.run_daemon("install", "--client", "cursor").returncode, 0)
        self.assertEqual(self.doctor()["cursor"]["state"], "ok")
        (self.world.home / ".cursor" / "mcp.json").write_text("{")
        self.assertIn("mcp.json:1:2", self.doctor(code=1)["cursor"]["message"])

    def test_a_listener_that_never_answers_holds_nothing_up(self) -> None:
        full = socket.socket()
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # its queue is full: no more connections come through
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            found = self.doctor(port=port)
            self.assertEqual(found["endpoint"]["state"], "warning")
            self.assertIn("takes no connection", found["endpoint"]["message"])
        finally:
            for one in (full, *waiting):
                one.close()

    def test_usage(self) -> None:
        done = self.run_daemon("doctor", "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for flag in ("--json", "--fix"):
            self.assertIn(flag, done.stdout)
        self.assertEqual(self.run_daemon("doctor", "--no-such-flag").returncode, 2)
