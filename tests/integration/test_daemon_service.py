"""The daemon as a service: what systemd hears of it, the sockets it gets, and SIGHUP. No Blender and no systemd are needed."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import unittest
from pathlib import Path

from client import Client, DaemonTestCase
from world import DAEMON, PATIENCE_S, wait_until

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
# Gives the descriptors 3, 4, … to a program as systemd does: sd_listen_fds(3).
PASS_ON = """
import os, sys
descriptors = [int(text) for text in sys.argv[1].split(",")]
kept = [os.dup2(fd, 100 + index) for index, fd in enumerate(descriptors)]
for index, fd in enumerate(kept):
    os.dup2(fd, 3 + index)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)))
os.execv(sys.argv[2], sys.argv[2:])
"""


def has_libsystemd() -> bool:
    return subprocess.run([sys.executable, "-c", "import ctypes; ctypes.CDLL('libsystemd.so.0')"], capture_output=True,
                          timeout=PATIENCE_S, check=False).returncode == 0


class Manager:
    """The service manager's end: a datagram socket."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.settimeout(PATIENCE_S)

    def next(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self._socket.recv(65536).decode().splitlines())

    def close(self) -> None:
        self._socket.close()


class ServiceTestCase(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config = self.world.folder / "config.toml"
        self.config.write_text("")
        self._logs = 0

    def serve(self, *wrapper: str, pass_fds: tuple[int, ...] = (), **env: str) -> subprocess.Popen[bytes]:
        self.log_file = self.world.folder / f"log-{self._logs}"
        self._logs += 1
        environment = self.world.environment(BLENDER_MCPD_HTTP_PORT="0", BLENDER_MCPD_BLENDER_LAUNCH="never", **env)
        with open(self.log_file, "wb") as log:
            process = subprocess.Popen([*wrapper, DAEMON, "--config", str(self.config), "--blender-port", str(self.world.port), "serve"],
                                       env=environment, cwd=self.world.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=log, pass_fds=pass_fds)
        self.addCleanup(self.end, process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()

    def log(self) -> str:
        return self.log_file.read_text()

    def wait_for(self, pattern: str, after: int = 0) -> re.Match[str]:
        wait_until(lambda: re.search(pattern, self.log()[after:]) is not None, lambda: f"no {pattern!r} in the log:\n{self.log()}")
        found = re.search(pattern, self.log()[after:])
        assert found
        return found

    def port(self) -> int:
        return int(self.wait_for(r"listening on http://127\.0\.0\.1:(\d+)/mcp")[1])

    def get(self, path: str, token: str | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        self.assertEqual(process.wait(PATIENCE_S), 0, self.log())
        self.assertNotIn("timer still armed", self.log())


@unittest.skipUnless(has_libsystemd(), "libsystemd0 is not installed")
class ManagerTest(ServiceTestCase):
    def manager(self) -> Manager:
        manager = Manager(self.world.folder / "notify")
        self.addCleanup(manager.close)
        return manager

    def test_from_ready_to_stopping(self) -> None:
        manager = self.manager()
        process = self.serve(NOTIFY_SOCKET=manager.path)
        ready = manager.next()
        self.assertEqual(ready["READY"], "1")
        self.assertEqual(ready["STATUS"], f"Listening on http://127.0.0.1:{self.port()}/mcp, status page at http://127.0.0.1:{self.port()}/")
        self.assertEqual(self.get("/healthz"), 200)  # ready is ready
        process.terminate()
        self.assertEqual(manager.next()["STOPPING"], "1")
        self.assertEqual(process.wait(PATIENCE_S), 0)

    def test_the_watchdog_hears_of_the_loop_until_the_end(self) -> None:
        manager = self.manager()
        process = self.serve("sh", "-c", 'export WATCHDOG_PID=$$; exec "$@"', "sh", NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="100000")
        self.assertIn("READY", manager.next())
        for _ in range(4):
            self.assertEqual(manager.next(), {"WATCHDOG": "1"})
        self.stop(process)

    def test_another_process_is_watched(self) -> None:
        manager = self.manager()
        process = self.serve(NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="100000", WATCHDOG_PID="1")
        self.assertIn("READY", manager.next())
        process.terminate()
        self.assertIn("STOPPING", manager.next())  # and no ping before it

    def test_reload_tells_the_manager(self) -> None:
        manager = self.manager()
        process = self.serve(NOTIFY_SOCKET=manager.path)
        ready = manager.next()
        process.send_signal(signal.SIGHUP)
        reloading = manager.next()
        self.assertEqual(reloading["RELOADING"], "1")
        self.assertGreater(int(reloading["MONOTONIC_USEC"]), 0)
        self.assertEqual(manager.next(), ready)
        self.config.write_text("[limits]\nper_minute = -3\n")
        process.send_signal(signal.SIGHUP)
        self.assertEqual(manager.next()["RELOADING"], "1")
        again = manager.next()
        self.assertEqual(again["READY"], "1")
        self.assertIn("has errors", again["STATUS"])
        self.stop(process)

    def test_nobody_is_told_what_nobody_asked_for(self) -> None:
        """And libsystemd is not even loaded."""
        process = self.serve()
        self.port()
        self.assertNotIn("libsystemd", Path(f"/proc/{process.pid}/maps").read_text())
        self.stop(process)


@unittest.skipUnless(has_libsystemd(), "libsystemd0 is not installed")
class SocketActivationTest(ServiceTestCase):
    def listening(self, family: socket.AddressFamily, address: object) -> socket.socket:
        listener = socket.socket(family)
        self.addCleanup(listener.close)
        listener.bind(address)
        listener.listen()
        return listener

    def activate(self, *listeners: socket.socket, **env: str) -> subprocess.Popen[bytes]:
        descriptors = tuple(listener.fileno() for listener in listeners)
        return self.serve(sys.executable, "-c", PASS_ON, ",".join(map(str, descriptors)), pass_fds=descriptors, **env)

    def test_clients_wait_in_the_sockets_that_were_there_before(self) -> None:
        path = self.world.folder / "passed.sock"
        web, local = self.listening(socket.AF_INET, ("127.0.0.1", 0)), self.listening(socket.AF_UNIX, str(path))
        waiting = socket.create_connection(web.getsockname())
        client = socket.socket(socket.AF_UNIX)
        for connection in (waiting, client):
            self.addCleanup(connection.close)
            connection.settimeout(PATIENCE_S)
        client.connect(str(path))
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        client.sendall(PING)

        process = self.activate(local, web)
        self.assertIn(b"200 OK", waiting.recv(65536))
        self.assertIn(b'"id":1', client.recv(65536))
        self.assertEqual(self.port(), web.getsockname()[1])
        self.assertIn(f"listening on {path}", self.log())
        self.stop(process)
        self.assertTrue(path.exists())  # it belongs to who made it

    def test_a_proxy_finds_it_there(self) -> None:
        path = self.world.folder / "blender-mcpd" / "daemon.sock"
        path.parent.mkdir(mode=0o700)
        process = self.activate(self.listening(socket.AF_UNIX, str(path)))
        self.port()
        proxy = self.start("--launch", "never", "stdio", "--attach", "always", blender="")
        self.assertEqual(proxy.result("ping"), {})
        proxy.close()
        self.stop(process)

    def test_a_socket_for_everybody_needs_the_token(self) -> None:
        process = self.activate(self.listening(socket.AF_INET, ("0.0.0.0", 0)), BLENDER_MCPD_HTTP_AUTH="false")
        self.assertEqual(process.wait(PATIENCE_S), 1)
        self.assertIn("without a token", self.log())

    def test_what_is_no_listening_socket(self) -> None:
        plain = socket.socket()
        self.addCleanup(plain.close)
        process = self.activate(plain)
        self.assertEqual(process.wait(PATIENCE_S), 1)
        self.assertIn("descriptor 3", self.log())


class ReloadTest(ServiceTestCase):
    def reload(self, process: subprocess.Popen[bytes], text: str, answer: str) -> str:
        self.config.write_text(text)
        before = len(self.log()) if self.log_file.exists() else 0
        process.send_signal(signal.SIGHUP)
        return self.wait_for(answer + r".*\n", before)[0]

    def client(self) -> Client:
        return self.start("--launch", "never", "stdio", "--attach", "always", blender="")

    def test_limits_and_script_policy(self) -> None:
        process = self.serve(BLENDER_MCPD_LIMITS_SCRIPTS_PER_MINUTE="", BLENDER_MCPD_LIMITS_PER_MINUTE="")
        self.port()
        client = self.client()
        dangerous = {"code": "import os\nos.system('true')"}
        self.assertNotIn("policy", json.dumps(client.call("execute_blender_code", dangerous)))
        said = self.reload(process, '[script]\npolicy = "block"\n[pool]\nmax = 2\n', "reloaded")
        self.assertIn("changed: script.policy\n", said)
        self.assertIn("pool.max", self.wait_for(r"after the next start only: .*")[0])
        refused = client.call("execute_blender_code", dangerous)
        self.assertTrue(refused["isError"])
        self.assertIn("os.system", json.dumps(refused))
        self.reload(process, "[limits]\nscripts_per_minute = 0\n", "reloaded")
        self.assertIn("limits.scripts_per_minute", self.log())
        self.assertIn("rate limit", json.dumps(client.call("execute_blender_code", {"code": "1"})).lower())
        client.close()
        self.stop(process)

    def test_the_token(self) -> None:
        process = self.serve()
        token_file = Path(self.wait_for(r"the token is in ([^;]+);")[1])
        old = token_file.read_text().strip()
        self.assertEqual((self.get("/metrics", old), self.get("/metrics")), (200, 401))
        new = "n" * 40
        token_file.write_text(new + "\n")
        self.reload(process, "", "reloaded")
        self.assertEqual((self.get("/metrics", old), self.get("/metrics", new)), (401, 200))
        self.reload(process, "[http]\nopen_metrics = true\n", "reloaded")
        self.assertEqual(self.get("/metrics"), 200)
        token_file.chmod(0o644)
        self.reload(process, "", "was not reloaded")
        self.assertEqual((self.get("/metrics", new), self.get("/metrics")), (200, 200))  # all stays as it was
        self.assertNotIn(new, self.log())
        self.assertNotIn(old, self.log())
        self.stop(process)

    def test_what_is_wrong_changes_nothing(self) -> None:
        process = self.serve()
        self.port()
        said = self.reload(process, '[log]\nlevel = "debug"\n[limits]\nper_minute = "x"\n', "was not reloaded")
        self.assertIn(f"{self.config}:4", said)
        self.reload(process, f'[http]\nopen_metrics = true\n[log]\nfile = "{self.world.folder}/none/log"\n', "was not reloaded")
        self.assertEqual(self.get("/metrics"), 401)
        self.assertEqual(self.get("/healthz"), 200)
        self.stop(process)

    def test_the_log_file_is_opened_anew(self) -> None:
        """As logrotate wants it."""
        log, old = self.world.folder / "own.log", self.world.folder / "own.log.1"
        text = f'[log]\nfile = "{log}"\n'
        self.config.write_text(text)
        process = self.serve()
        self.port()
        log.rename(old)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: log.exists() and "was reloaded" in log.read_text(), "no new log file")
        self.config.write_text(text + 'level = "error"\n')
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.get("/healthz") == 200, "it is gone")
        self.stop(process)
        self.assertNotIn("was reloaded", old.read_text())

    def test_who_loses_the_terminal_ends(self) -> None:
        """A hangup of the terminal is no wish to reload."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        environment = self.world.environment(BLENDER_MCPD_HTTP_PORT="0", BLENDER_MCPD_BLENDER_LAUNCH="never")

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        process = subprocess.Popen([DAEMON, "serve"], env=environment, cwd=self.world.folder, stdin=theirs, stdout=theirs,
                                   stderr=theirs, preexec_fn=take_terminal)
        self.addCleanup(self.end, process)
        os.close(theirs)
        said = b""
        while b"claude mcp add" not in said:
            self.assertTrue(select.select([ours], [], [], PATIENCE_S)[0])
            said += os.read(ours, 65536)
        os.kill(process.pid, signal.SIGHUP)
        while b"reloaded" not in said:  # the terminal is there
            self.assertTrue(select.select([ours], [], [], PATIENCE_S)[0])
            said += os.read(ours, 65536)
        replacement = os.open("/dev/null", os.O_RDONLY)
        os.dup2(replacement, ours)  # closes the other end of the terminal
        os.close(replacement)
        self.assertEqual(process.wait(PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
