"""Standard input and output of every kind, and clients that misbehave. No Blender is needed."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import socket
import subprocess
import threading
import time
import tty
from typing import Any

from client import DaemonTestCase
from judge import Judge
from world import DAEMON, PATIENCE_S, running

INITIALIZE = (b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},'
              b'"clientInfo":{"name":"tests","version":"1"}}}\n')
PING = b'{"jsonrpc":"2.0","id":2,"method":"ping"}\n'
PROMPTLY_S = 10


class StdioTestCase(DaemonTestCase):
    def spawn(self, *, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[bytes]:
        command = [DAEMON, "--blender-port", str(self.world.port), "--launch", "never"]
        process = subprocess.Popen(command, env=self.world.environment(**(env or {})), cwd=self.world.folder,
                                   **{"stderr": subprocess.DEVNULL, **options})
        self.addCleanup(self.finish, process)
        return process

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def assert_ends(self, process: subprocess.Popen[bytes], code: int = 0) -> None:
        self.assertEqual(process.wait(PROMPTLY_S), code)

    def assert_conversation(self, data: bytes) -> None:
        """Nothing but the two replies, one a line."""
        self.assertTrue(data.endswith(b"\n"), data)
        self.assertEqual([reply["id"] for reply in self.judged(INITIALIZE + PING, data.splitlines())], [1, 2])

    def judged(self, sent: bytes, lines: list[bytes]) -> list[dict[str, Any]]:
        """The messages, which must be good ones."""
        judge, messages = Judge(), [json.loads(line) for line in lines]
        judge.sent(sent)
        for message in messages:
            self.assertEqual(judge.faults(message), [], message)
        return messages


def read_until(fd: int, wanted: bytes) -> bytes:
    """Reads up to and with the wanted bytes."""
    data, give_up = b"", time.monotonic() + PATIENCE_S
    while wanted not in data:
        if not select.select([fd], [], [], give_up - time.monotonic())[0]:
            raise AssertionError(f"{wanted!r} never came, only {data[-200:]!r}")
        chunk = os.read(fd, 65536)
        if not chunk:
            raise AssertionError(f"end before {wanted!r}, only {data[-200:]!r}")
        data += chunk
    return data


class KindsTest(StdioTestCase):
    """Each kind of input with each kind of output."""

    def test_every_combination(self) -> None:
        for given in ("pipe", "socket", "file", "pty"):
            for taken in ("pipe", "socket", "file", "pty"):
                with self.subTest(input=given, output=taken):
                    self.converse(given, taken)

    def converse(self, given: str, taken: str) -> None:
        path = self.world.folder / f"{given}-{taken}"
        theirs_in, ours_in = self.make_input(given, path)
        theirs_out, ours_out = self.make_output(taken, path)
        process = self.spawn(stdin=theirs_in, stdout=theirs_out)
        os.close(theirs_in)
        os.close(theirs_out)
        if given != "file":
            os.write(ours_in, INITIALIZE + PING)
        data = b""
        if taken != "file":
            while data.count(b"\n") < 2:
                data += read_until(ours_out, b"\n")
        elif given != "file":
            self.wait_for_lines(path.with_suffix(".out"), 2)
        if given == "socket":
            socket.socket(fileno=os.dup(ours_in)).shutdown(socket.SHUT_WR)
        if given != "file":
            os.close(ours_in)
        self.assert_ends(process)
        if taken == "file":
            data = path.with_suffix(".out").read_bytes()
        else:
            os.close(ours_out)
        self.assert_conversation(data)

    def make_input(self, kind: str, path: Any) -> tuple[int, int]:
        """The daemon's side and ours."""
        if kind == "pipe":
            return os.pipe()
        if kind == "socket":
            theirs, ours = socket.socketpair()
            return theirs.detach(), ours.detach()
        if kind == "pty":
            ours, theirs = pty.openpty()
            tty.setraw(theirs)
            return theirs, ours
        path.with_suffix(".in").write_bytes(INITIALIZE + PING)
        return os.open(path.with_suffix(".in"), os.O_RDONLY), -1

    def make_output(self, kind: str, path: Any) -> tuple[int, int]:
        if kind == "file":
            return os.open(path.with_suffix(".out"), os.O_WRONLY | os.O_CREAT, 0o600), -1
        theirs, ours = self.make_input(kind, path)
        return (ours, theirs) if kind == "pipe" else (theirs, ours)

    def wait_for_lines(self, path: Any, count: int) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while path.read_bytes().count(b"\n") < count:
            self.assertLess(time.monotonic(), give_up, "the file never got the replies")
            select.select([], [], [], 0.01)

    def test_one_socket_for_both_directions(self) -> None:
        theirs, ours = socket.socketpair()
        process = self.spawn(stdin=theirs, stdout=theirs)
        theirs.close()
        ours.sendall(INITIALIZE + PING)
        ours.shutdown(socket.SHUT_WR)
        self.assert_ends(process)
        with ours.makefile("rb") as stream:
            self.assert_conversation(stream.read())
        ours.close()

    def test_one_terminal_for_both_directions(self) -> None:
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        process = self.spawn(stdin=theirs, stdout=theirs)
        os.write(ours, INITIALIZE + PING)
        data = read_until(ours, b'"id":2')
        self.assertIn(b'"id":1', data)
        os.close(theirs)
        os.close(ours)  # hangs up
        self.assert_ends(process)

    def test_dev_null_input_ends_at_once(self) -> None:
        process = self.spawn(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.read(), b"")
        self.assert_ends(process)

    def test_dev_null_output(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        process.stdin.write(INITIALIZE + PING)
        process.stdin.close()
        self.assert_ends(process)

    def test_output_appended_to_a_file(self) -> None:
        path = self.world.folder / "log"
        path.write_bytes(b"before\n")
        with open(path, "ab") as out:
            process = self.spawn(stdin=subprocess.PIPE, stdout=out)
        process.stdin.write(INITIALIZE + PING)
        process.stdin.close()
        self.assert_ends(process)
        before, _, after = path.read_bytes().partition(b"\n")
        self.assertEqual(before, b"before")
        self.assert_conversation(after)

    def test_closed_descriptors(self) -> None:
        for closed in [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]:
            with self.subTest(closed=closed):
                def close_them(fds: tuple[int, ...] = closed) -> None:
                    for fd in fds:
                        os.close(fd)
                process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=close_them)
                try:
                    process.stdin.write(INITIALIZE + PING)
                    process.stdin.close()
                except BrokenPipeError:
                    self.assertIn(0, closed)
                data = process.stdout.read()
                self.assert_ends(process)
                if closed == (2,):
                    self.assert_conversation(data)
                else:
                    self.assertEqual(data, b"")


class SharedDescriptionTest(StdioTestCase):
    def flags(self, *fds: int) -> list[int]:
        return [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in fds]

    def test_our_pipes_and_terminals_stay_blocking(self) -> None:
        for kind in ("pipe", "pty"):
            with self.subTest(kind):
                if kind == "pipe":
                    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()
                else:
                    (in_write, in_read), (out_read, out_write) = pty.openpty(), pty.openpty()
                    for theirs in (in_read, out_write):
                        tty.setraw(theirs)
                before = self.flags(in_read, out_write)
                process = self.spawn(stdin=in_read, stdout=out_write)
                os.write(in_write, INITIALIZE + PING)
                read_until(out_read, b'"id":2')
                self.assertEqual(self.flags(in_read, out_write), before, "while it runs")
                process.terminate()
                self.assert_ends(process)
                self.assertEqual(self.flags(in_read, out_write), before, "after its end")
                for fd in (in_read, in_write, out_read, out_write):
                    os.close(fd)

    def test_our_sockets_are_put_back(self) -> None:
        theirs, ours = socket.socketpair()
        process = self.spawn(stdin=theirs, stdout=theirs)
        ours.sendall(INITIALIZE)
        read_until(ours.fileno(), b"\n")
        process.terminate()
        self.assert_ends(process)
        self.assertFalse(self.flags(theirs.fileno())[0] & os.O_NONBLOCK)
        theirs.close()
        ours.close()


class LinesTest(StdioTestCase):
    def talk(self, data: bytes, **options: Any) -> list[dict[str, Any]]:
        """The replies to what is written in one go, in their order."""
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        writer = threading.Thread(target=lambda: (process.stdin.write(data), process.stdin.close()))
        writer.start()
        lines = process.stdout.read().splitlines()
        writer.join()
        self.assert_ends(process)
        return self.judged(data, lines)

    def ids(self, data: bytes, **options: Any) -> list[Any]:
        return [reply.get("id") for reply in self.talk(data, **options)]

    def test_windows_line_ends(self) -> None:
        self.assertEqual(self.ids((INITIALIZE + PING).replace(b"\n", b"\r\n")), [1, 2])

    def test_the_last_line_needs_no_end(self) -> None:
        self.assertEqual(self.ids((INITIALIZE + PING).rstrip()), [1, 2])

    def test_empty_lines_are_passed_over(self) -> None:
        self.assertEqual(self.ids(b"\n\r\n  \t\n" + INITIALIZE + b"\n\n" + PING + b"\n"), [1, 2])

    def test_bytes_that_come_one_by_one(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        for index in range(len(PING)):
            process.stdin.write(PING[index:index + 1])
        self.assertIn(b'"id":2', read_until(process.stdout.fileno(), b"\n"))
        process.stdin.close()
        self.assert_ends(process)

    def test_a_line_over_the_limit_is_refused_and_the_next_one_works(self) -> None:
        limit = {"BLENDER_MCPD_MCP_MAX_LINE_BYTES": "2048"}
        long_ping = b'{"jsonrpc":"2.0","id":9,"method":"ping","params":{"x":"' + b"y" * 1_000_000 + b'"}}\n'
        replies = self.talk(INITIALIZE + long_ping + PING, env=limit)
        self.assertEqual([reply.get("id") for reply in replies], [1, None, 2])
        self.assertEqual(replies[1]["error"]["code"], -32600)
        self.assertIn("2048", replies[1]["error"]["message"])

    def test_the_limit_itself_is_allowed(self) -> None:
        limit = {"BLENDER_MCPD_MCP_MAX_LINE_BYTES": "2048"}
        def ping(size: int) -> bytes:
            empty = b'{"jsonrpc":"2.0","id":9,"method":"ping","params":{"x":""}}'
            return empty.replace(b'""', b'"' + b"y" * (size - len(empty)) + b'"') + b"\n"
        self.assertEqual(self.ids(ping(2048), env=limit), [9])
        self.assertEqual(self.ids(ping(2049) + PING, env=limit), [None, 2])
        self.assertEqual(self.ids(ping(2049)[:-1], env=limit), [None])

    def test_a_long_line_within_the_limit(self) -> None:
        self.assertEqual(self.ids(PING.replace(b'"ping"', b'"ping","params":{"x":"' + b"y" * 20_000_000 + b'"}')), [2])

    def test_output_is_pure_without_stderr_and_at_trace_level(self) -> None:
        for options in [{"preexec_fn": lambda: os.close(2)}, {"env": {"BLENDER_MCPD_LOG_LEVEL": "trace"}},
                        {"env": {"BLENDER_MCPD_LOG_LEVEL": "trace"}, "preexec_fn": lambda: os.close(2)}]:
            with self.subTest(str(options)):
                self.assertEqual(self.ids(INITIALIZE + b"garbage\n" + PING, **options), [1, None, 2])


class ClientsThatMisbehaveTest(StdioTestCase):
    def test_who_closes_the_output_ends_the_daemon(self) -> None:
        for kind in ("pipe", "socket"):
            with self.subTest(kind):
                if kind == "pipe":
                    ours, theirs = os.pipe()
                else:
                    ours, theirs = (end.detach() for end in socket.socketpair())
                process = self.spawn(stdin=subprocess.PIPE, stdout=theirs)
                os.close(theirs)
                process.stdin.write(INITIALIZE)
                process.stdin.flush()
                read_until(ours, b"\n")
                os.close(ours)
                process.stdin.write(PING)
                process.stdin.flush()
                self.assert_ends(process)

    def test_who_does_not_read_is_not_read_from(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        count = 2_000
        # Each request has half a kilobyte, each answer 20: the limit is reached long before the requests are through.
        message = b'{"jsonrpc":"2.0","id":%d,"method":"tools/list","params":{"x":"' + b"y" * 450 + b'"}}\n'
        os.set_blocking(process.stdin.fileno(), False)
        pending = b"".join(message % index for index in range(count))
        # Write until the daemon has taken nothing for a while: its limit is reached.
        while pending and select.select([], [process.stdin], [], 2)[1]:
            pending = pending[os.write(process.stdin.fileno(), pending[:65536]):]
        self.assertGreater(len(pending), count * len(message) // 2, "it reads on although nobody takes its answers")
        self.assertLess(self.resident_mb(process.pid), 60)

        # Now read: everything arrives.
        def feed() -> None:
            os.set_blocking(process.stdin.fileno(), True)
            rest = memoryview(pending)
            while rest:
                rest = rest[os.write(process.stdin.fileno(), rest):]
            process.stdin.close()
        writer = threading.Thread(target=feed)
        writer.start()
        with open(os.dup(process.stdout.fileno()), "rb") as stream:
            ids = [int(line[len(b'{"jsonrpc":"2.0","id":'):line.index(b',"result"')]) for line in stream]
        writer.join()
        self.assertEqual(ids, list(range(count)))
        self.assert_ends(process)

    def resident_mb(self, pid: int) -> float:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def test_many_pipelined_pings(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        count = 50_000
        data = b"".join(b'{"jsonrpc":"2.0","id":%d,"method":"ping"}\n' % index for index in range(count))
        writer = threading.Thread(target=lambda: (process.stdin.write(data), process.stdin.close()))
        writer.start()
        self.assertEqual([json.loads(line)["id"] for line in process.stdout], list(range(count)))
        writer.join()
        self.assert_ends(process)

    def test_a_signal_ends_it_although_nobody_reads(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        os.set_blocking(process.stdin.fileno(), False)
        flood = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n' * 2000
        while select.select([], [process.stdin], [], 1)[1]:
            os.write(process.stdin.fileno(), flood)
        process.send_signal(signal.SIGTERM)
        self.assert_ends(process)

    def test_a_second_signal_does_not_wait(self) -> None:
        process = self.spawn(stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        os.set_blocking(process.stdin.fileno(), False)
        flood = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n' * 2000
        while select.select([], [process.stdin], [], 1)[1]:
            os.write(process.stdin.fileno(), flood)
        process.send_signal(signal.SIGTERM)
        give_up = time.monotonic() + PROMPTLY_S
        while running(process.pid) and time.monotonic() < give_up:
            process.send_signal(signal.SIGTERM)
            select.select([], [], [], 0.05)
        self.assertIn(process.wait(PROMPTLY_S), (0, 128 + signal.SIGTERM))
