"""Many clients of one daemon, over its Unix socket and proxies to it. No Blender is needed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading
import time
import unittest
from typing import Any

from client import Client, DaemonTestCase
from world import DAEMON, PATIENCE_S, wait_until

PING = b'{"jsonrpc":"2.0","id":2,"method":"ping"}\n'
PROMPTLY_S = 10
SILENT = {"BLENDER_MCPD_BLENDER_DIALECT": "seed"}


class SharingTestCase(DaemonTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        usage = subprocess.run([DAEMON, "--help"], capture_output=True, text=True, timeout=PROMPTLY_S, check=True)
        if not re.search(r"^ +serve\b", usage.stdout, re.MULTILINE):
            raise unittest.SkipTest("this blender-mcpd has no `serve`")

    def setUp(self) -> None:
        super().setUp()
        self.socket_path = self.world.folder / "blender-mcpd" / "daemon.sock"

    def serve(self, **env: str) -> subprocess.Popen[bytes]:
        """A daemon that serves on the socket."""
        process = self.spawn_server(**env)
        wait_until(lambda: self.answers() or process.poll() is not None, "the daemon does not listen")
        self.assertIsNone(process.poll())
        return process

    def spawn_server(self, **env: str) -> subprocess.Popen[bytes]:
        command = [DAEMON, "--blender-port", str(self.world.port), "--launch", "never", "serve"]
        env = {"BLENDER_MCPD_HTTP_PORT": "0", **env}  # any port that is free
        process = subprocess.Popen(command, env=self.world.environment(**env), cwd=self.world.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(self.finish, process)
        return process

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()
        process.stderr.close()

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.socket_path)) == 0

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE_S)
        connection.connect(str(self.socket_path))
        return connection

    def admitted(self) -> socket.socket:
        """A connection that the daemon serves, as soon as it does."""
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            connection = self.connect()
            try:
                connection.sendall(PING)
                if b'"id":2' in connection.recv(65536):
                    self.addCleanup(connection.close)
                    return connection
            except BrokenPipeError:
                pass
            connection.close()
        raise AssertionError("nobody is admitted")

    def proxy(self, *arguments: str, **options: Any) -> Client:
        return self.start("--launch", "never", "stdio", "--attach", *(arguments or ("always",)), blender="", **options)

    def attached_to(self, client: Client) -> int | None:
        """The process id of its daemon, by its log; None: it serves by itself."""
        found = re.search(r"attached to process (\d+)", client.log())
        return int(found[1]) if found else None

    def call_that_waits(self, client: Client) -> Any:
        """Calls a tool, whose Blender (SILENT) takes the connection and says nothing. Returns the id."""
        listening = self.world.listen()
        request_id = client.start_call("get_scene_info")
        listening.settimeout(PATIENCE_S)
        self.addCleanup(listening.accept()[0].close)
        return request_id


class SocketTest(SharingTestCase):
    def test_it_is_for_the_user_only_and_gone_at_the_end(self) -> None:
        daemon = self.serve()
        self.assertEqual(stat.S_IMODE(self.socket_path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.socket_path.parent.stat().st_mode), 0o700)
        daemon.terminate()
        self.assertEqual(daemon.wait(PROMPTLY_S), 0)
        self.assertFalse(self.socket_path.exists())

    def test_a_second_daemon_names_the_first(self) -> None:
        first = self.serve()
        second = self.spawn_server()
        self.assertEqual(second.wait(PROMPTLY_S), 1)
        self.assertIn(f"process {first.pid}", second.stderr.read().decode())
        self.assertTrue(self.answers())

    def test_a_killed_daemon_leaves_nothing_in_the_way(self) -> None:
        first = self.serve()
        first.kill()
        first.wait()
        self.assertTrue(self.socket_path.exists())
        with self.subTest("of a client, which serves by itself"):
            self.assertIsNone(self.attached_to(self.proxy("auto")))
        with self.subTest("of the next daemon"):
            self.serve()

    def test_one_client_too_many(self) -> None:
        self.serve(BLENDER_MCPD_SOCKET_MAX_CONNECTIONS="2")
        first, second = self.admitted(), self.admitted()
        with self.connect() as third, third.makefile("rb") as stream:
            lines = stream.readlines()
        self.assertEqual(len(lines), 1)
        self.assertIn("socket.max_connections", json.loads(lines[0])["error"]["message"])
        self.assertIsNone(self.attached_to(self.proxy("auto")))
        for connection in (first, second):
            connection.sendall(PING)
            self.assertIn(b'"id":2', connection.recv(65536))


class ProxyTest(SharingTestCase):
    def test_clients_attach_by_themselves(self) -> None:
        before = self.proxy("auto")
        daemon = self.serve()
        after = self.proxy("auto")
        self.assertEqual([self.attached_to(before), self.attached_to(after)], [None, daemon.pid])
        self.assertIsNone(self.attached_to(self.proxy("never")))
        self.assertIn("uptime_s", after.do("get_blender_status")["daemon"])

    def test_without_a_daemon_always_fails(self) -> None:
        process = subprocess.run([DAEMON, "stdio", "--attach"], env=self.world.environment(), input=PING,
                                 capture_output=True, timeout=PROMPTLY_S, check=False)
        self.assertEqual((process.returncode, process.stdout), (1, b""))
        self.assertIn(str(self.socket_path), process.stderr.decode())

    def test_a_daemon_that_hangs_is_not_waited_for(self) -> None:
        daemon = self.serve()
        daemon.send_signal(signal.SIGSTOP)
        client = self.proxy("auto")
        self.assertIsNone(self.attached_to(client))
        self.assertIn("does not answer", client.log())
        daemon.send_signal(signal.SIGCONT)

    def test_input_that_ends_at_once(self) -> None:
        self.serve()
        path = self.world.folder / "input"
        path.write_bytes(PING * 1000)
        command = [DAEMON, "stdio", "--attach"]
        for kind in ("pipe", "file"):
            with self.subTest(kind), open(path, "rb") as file:
                given = {"input": file.read()} if kind == "pipe" else {"stdin": file}
                process = subprocess.run(command, env=self.world.environment(), capture_output=True, timeout=PROMPTLY_S,
                                         check=False, **given)
                self.assertEqual(process.returncode, 0)
                self.assertEqual(len(process.stdout.splitlines()), 1000)

    def test_a_signal_ends_a_proxy_and_nobody_else(self) -> None:
        daemon = self.serve()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number):
                client, other = self.proxy(), self.proxy()
                client.process.send_signal(number)
                self.assertEqual(client.wait(PROMPTLY_S), 0)
                self.assertEqual(other.result("ping"), {})
                other.close()
        self.assertIsNone(daemon.poll())

    def test_a_signal_ends_a_proxy_whose_daemon_hangs(self) -> None:
        daemon = self.serve()
        client = self.proxy()
        daemon.send_signal(signal.SIGSTOP)
        client.start("ping")
        client.process.terminate()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        daemon.send_signal(signal.SIGCONT)

    def test_who_closes_the_output_ends_a_proxy(self) -> None:
        self.serve()
        ours, theirs = os.pipe()
        process = subprocess.Popen([DAEMON, "stdio", "--attach"], env=self.world.environment(), stdin=subprocess.PIPE,
                                   stdout=theirs, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(ours)
        process.stdin.write(PING)
        process.stdin.flush()
        self.assertEqual(process.wait(PROMPTLY_S), 0)
        process.stdin.close()


class DaemonEndsTest(SharingTestCase):
    def test_killed_with_a_call_in_flight(self) -> None:
        daemon = self.serve(**SILENT)
        client = self.proxy()
        request_id = self.call_that_waits(client)
        daemon.kill()
        error = client.reply(request_id, PROMPTLY_S)["error"]
        self.assertIn("went away", error["message"])
        self.assertEqual(error["data"]["outcome"], "unknown")
        self.assertEqual(client.wait(PROMPTLY_S), 1)

    def test_ended_with_a_call_in_flight(self) -> None:
        daemon = self.serve(**SILENT)
        client, idle = self.proxy(), self.proxy()
        request_id = self.call_that_waits(client)
        daemon.terminate()
        # The daemon itself says what became of it.
        self.assertTrue(client.reply(request_id, PROMPTLY_S)["result"]["isError"])
        self.assertEqual(daemon.wait(PROMPTLY_S), 0)
        self.assertEqual([client.wait(PROMPTLY_S), idle.wait(PROMPTLY_S)], [1, 1])

    def test_a_client_that_leaves_ends_its_calls(self) -> None:
        daemon = self.serve(**SILENT)
        client = self.proxy()
        request_id = self.call_that_waits(client)
        client.close_input()
        self.assertTrue(client.reply(request_id, PROMPTLY_S)["result"]["isError"])
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assertIsNone(daemon.poll())


class CrossTalkTest(SharingTestCase):
    clients = 20
    requests = 500

    def test_everybody_gets_their_own_answers(self) -> None:
        self.serve()
        wrong: list[str] = []

        def converse(number: int) -> None:
            command = [DAEMON, "stdio", "--attach"]
            process = subprocess.Popen(command, env=self.world.environment(), stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            messages = [{"jsonrpc": "2.0", "id": f"{number}-{index}", "method": "tools/call",
                         "params": {"name": f"tool-{number}-{index}"}} for index in range(self.requests)]
            data = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
            output, _ = process.communicate(data, PATIENCE_S)
            got = [json.loads(line) for line in output.splitlines()]
            if [answer["id"] for answer in got] != [message["id"] for message in messages]:
                wrong.append(f"{number}: ids")
            for answer in got:
                if f"tool-{answer['id']}" not in answer["error"]["message"]:
                    wrong.append(f"{number}: {answer}")
            if process.returncode != 0:
                wrong.append(f"{number}: exit code {process.returncode}")

        threads = [threading.Thread(target=converse, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
