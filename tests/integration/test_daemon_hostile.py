"""Hostile clients of a daemon: what they send is refused in good form, what they hold is bounded, others are served."""

from __future__ import annotations

import json
import re
import resource
import select
import socket
import unittest
from typing import Any, NamedTuple

from hostile_messages import BAD, GOOD, hostile_messages
from judge import Judge
from peers import HELLO, META, VERSION
from test_daemon_http import ACCEPT, Server
from world import PATIENCE_S, World, wait_until

Json = dict[str, Any]

MODERN = "2026-07-28"
MEBIBYTE = 1 << 20
GROWTH = 100 * MEBIBYTE
CONNECTIONS = 10_000
SERVED = 1024  # http.max_connections
REFUSED = 500  # who read why
FILES_OF_OTHERS = 500
DRIBBLE_S = 0.2  # between two bytes of who sends slowly


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    rest: bytes  # what came after it


def read_response(data: bytes) -> Response | None:
    """None when more must come. Whatever a strict client would not take is an error."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode("ascii").split("\r\n")
    status = re.fullmatch(r"HTTP/1\.1 (\d{3}) [ -~]+", first)
    assert status, first
    headers: dict[str, str] = {}
    for line in lines:
        field = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([ -~]*)", line)
        assert field, line
        assert field[1].lower() not in headers, line
        headers[field[1].lower()] = field[2]
    assert "transfer-encoding" not in headers, "no event stream was asked for"
    if status[1] == "204":
        return Response(204, headers, b"", rest)
    length = int(headers["content-length"])
    return Response(int(status[1]), headers, rest[:length], rest[length:]) if len(rest) >= length else None


class HostileTestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)

    def serve(self, **env: str) -> Server:
        server = Server(self.world, BLENDER_MCPD_SOCKET_ENABLED="true", **env)
        self.addCleanup(server.close)
        self.server = server
        self.memory = self.resident("VmRSS")
        self.addCleanup(self.check_that_it_lives)
        return server

    def resident(self, kind: str) -> int:
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return int(re.search(rf"{kind}:\s+(\d+) kB", status.read())[1]) * 1024

    def check_that_it_lives(self) -> None:
        """And that a good client is served, and that it never took much memory."""
        self.assertIsNone(self.server.process.poll(), self.server.log())
        self.assertTrue(self.server.modern("tools/list")["tools"])
        with self.unix() as connection, connection.makefile("rb") as lines:
            connection.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
            self.assertEqual(json.loads(lines.readline()), {"jsonrpc": "2.0", "id": 1, "result": {}})
        self.assertLess(self.resident("VmHWM") - self.memory, GROWTH)

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def unix(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE_S)
        connection.connect(str(self.world.folder / "blender-mcpd" / "daemon.sock"))
        return connection

    def receive(self, connection: socket.socket, data: bytes = b"") -> Response:
        """The next response; when it says that it is the last one, nothing comes after it."""
        while (response := read_response(data)) is None:
            more = connection.recv(65536)
            self.assertTrue(more, f"closed after {data[:300]!r}")
            data += more
        self.check_body(response)
        if response.headers["connection"] == "close":
            self.assertEqual(response.rest + self.to_the_end(connection), b"")
        return response

    def check_body(self, response: Response) -> None:
        if response.headers.get("content-type") == "application/json":
            message = json.loads(response.body)
            self.assertEqual(Judge().faults(message), [], message)

    def to_the_end(self, connection: socket.socket) -> bytes:
        data = b""
        try:
            while more := connection.recv(65536):
                data += more
        except ConnectionResetError:
            pass  # it was still sending when it was refused
        return data

    def status_of(self, raw: bytes) -> int:
        with self.connect() as connection:
            connection.sendall(raw)
            return self.receive(connection).status


class CrowdedTest(HostileTestCase):
    def test_connections_without_end(self) -> None:
        before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = CONNECTIONS + FILES_OF_OTHERS if most == resource.RLIM_INFINITY else min(CONNECTIONS + FILES_OF_OTHERS, most)
        wanted = allowed - FILES_OF_OTHERS - SERVED
        if wanted < REFUSED:
            self.skipTest(f"no more than {most} files may be open here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(before, allowed), most))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (before, most))
        self.serve()
        served = []
        for _ in range(SERVED):
            connection = self.connect()
            connection.sendall(self.healthz())
            served.append(connection)
        for connection in served:
            self.assertEqual(self.receive(connection).status, 200)
        # Now they are idle.
        for _ in range(REFUSED):
            with self.connect() as connection:
                response = self.receive(connection)
                self.assertEqual((response.status, response.headers["retry-after"]), (503, "5"))
        # Of those who do not even read, only some are told.
        silent = [self.connect() for _ in range(wanted - REFUSED)]
        for connection in silent:
            said = self.to_the_end(connection)
            if said:
                response = read_response(said)
                self.assertEqual((response.status, response.rest), (503, b""))
        self.assertEqual(self.ask_health(served[0]), 200)  # who is served stays so
        for connection in served + silent:
            connection.close()
        wait_until(lambda: self.status_of(self.healthz()) == 200, "nobody is served although the others have left")
        found = re.search(r'(?m)^blender_mcpd_http_refused_total\{reason="connections"\} (\d+)$',
                          self.server.ask("GET", "/metrics")[2])
        self.assertGreaterEqual(int(found[1]), wanted)

    def test_who_sends_slowly_or_nothing_is_closed(self) -> None:
        self.serve(BLENDER_MCPD_HTTP_MAX_CONNECTIONS="9")
        head = f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.server.token}\r\n".encode()
        accepts = b"".join(f"{name}: {value}\r\n".encode() for name, value in ACCEPT.items())
        begun = {"silent": b"", "head": head + b"X: ", "length": head + accepts + b"Content-Length: 9\r\n\r\n{",
                 "chunks": head + accepts + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n9"}
        good = self.connect()
        open_ones: dict[socket.socket, tuple[str, bytearray]] = {}
        for kind, data in begun.items():
            for _ in range(2):
                connection = self.connect()
                connection.sendall(data)
                open_ones[connection] = (kind, bytearray())
        self.assertEqual(self.status_of(self.healthz()), 503)
        answers = []
        while open_ones:
            # This wait is what makes them slow.
            ready = select.select(list(open_ones), [], [], DRIBBLE_S)[0]
            for connection in ready:
                kind, said = open_ones[connection]
                more = connection.recv(65536)
                said += more
                if not more:
                    answers.append((kind, read_response(bytes(said)).status if said else None))
                    del open_ones[connection]
            for connection, (kind, said) in open_ones.items():
                if kind == "head" and not said:
                    connection.sendall(b"x")
            self.assertEqual(self.ask_health(good), 200)
        self.assertEqual(sorted(answers, key=str), sorted(
            [("silent", None), ("head", 408), ("length", 408), ("chunks", 408)] * 2, key=str))

    def healthz(self) -> bytes:
        return b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def ask_health(self, connection: socket.socket) -> int:
        connection.sendall(self.healthz())
        return self.receive(connection).status


class SmugglingTest(HostileTestCase):
    """Requests that another program on the way could understand in another way, or that are none."""

    def test_requests(self) -> None:
        self.serve()
        body = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
        start = b"POST /mcp HTTP/1.1\r\n"
        host = b"Host: localhost\r\n"
        own = b"".join(f"{name}: {value}\r\n".encode() for name, value in ACCEPT.items())
        own += f"Authorization: Bearer {self.server.token}\r\n".encode()
        post = start + host + own
        length = f"Content-Length: {len(body)}\r\n".encode()
        chunked = b"Transfer-Encoding: chunked\r\n"
        end = b"\r\n" + body
        hidden = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for name, raw, status in [
                ("a length and chunks", post + length + chunked + b"\r\n0\r\n\r\n" + hidden, 400),
                ("chunks and a length", post + chunked + length + b"\r\n0\r\n\r\n" + hidden, 400),
                ("chunks, spelt otherwise", post + length + b"transfer-ENCODING: Chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
                ("two lengths", post + b"Content-Length: 0\r\n" + length + end, 400),
                ("the same length twice", post + length + length + end, 400),
                ("a list of lengths", post + b"Content-Length: 0, 40\r\n" + end, 400),
                ("a length with a sign", post + b"Content-Length: +40\r\n" + end, 400),
                ("a negative length", post + b"Content-Length: -1\r\n" + end, 400),
                ("a length of 65 bits", post + b"Content-Length: 18446744073709551656\r\n" + end, 400),
                ("no number", post + b"Content-Length: many\r\n" + end, 400),
                ("too long", post + b"Content-Length: 99999999999\r\n" + end, 413),
                ("a folded length", post + b"Content-Length: 4\r\n 0\r\n" + end, 400),
                ("a folded coding", post + length + b"Transfer-Encoding:\r\n chunked\r\n" + end, 400),
                ("two hosts", post + host + length + end, 400),
                ("no host", start + own + length + end, 400),
                ("a space before the colon", post + b"Transfer-Encoding : chunked\r\n" + length + end, 400),
                ("a space before a name", start + b" Host: localhost\r\n" + own + length + end, 400),
                ("a name without a colon", post + b"Transfer-Encoding\r\n" + length + end, 400),
                ("a bare line feed", post.replace(b"\r\nHost", b"\nHost") + length + end, 400),
                ("bare line feeds at the end", post + length + b"\n" + body, 400),
                ("a bare carriage return", post + b"X: a\rTransfer-Encoding: chunked\r\n" + length + end, 400),
                ("a zero byte in a value", post + b"X: a\0b\r\n" + length + end, 400),
                ("a zero byte in a name", post + b"X\0: a\r\n" + length + end, 400),
                ("a zero byte in the target", post.replace(b"/mcp", b"/m\0cp") + length + end, 400),
                ("an absolute target", post.replace(b"/mcp", b"http://localhost/mcp") + length + end, 400),
                ("a space in the target", post.replace(b"/mcp", b"/mcp /x") + length + end, 400),
                ("another coding", post + b"Transfer-Encoding: gzip\r\n" + end, 400),
                ("chunked twice", post + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
                ("nearly chunked", post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                ("chunked after a vertical tab", post + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
                ("chunks of HTTP/1.0", post.replace(b"1.1", b"1.0") + chunked + b"\r\n0\r\n\r\n", 400),
                *((f"a chunk of size {size!r}", post + chunked + b"\r\n" + size + b"\r\nxx\r\n0\r\n\r\n" + hidden, 400)
                  for size in (b"xy", b"-2", b"+2", b"0x2", b" 2", b"", b"2\0", b"fffffffffffffffff", b"1")),
                ("a body where none belongs", b"GET /healthz HTTP/1.1\r\n" + host + length + end, 400),
                ("a long header", post + b"X: " + b"x" * 40_000 + b"\r\n" + length + end, 431),
                ("many headers", post + b"X: x\r\n" * 10_000 + length + end, 431),
                ("a long target", post.replace(b"/mcp", b"/" + b"x" * 40_000) + length + end, 431),
                ("HTTP/0.9", b"GET /healthz\r\n\r\n", 400), ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
                ("HTTP/3.0", b"GET /healthz HTTP/3.0\r\n" + host + b"\r\n", 400),
                ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400), ("noise", bytes(range(256)) * 4, 400),
                ("another method", b"BREW /mcp HTTP/1.1\r\n" + host + own + b"\r\n", 405)]:
            with self.subTest(name):
                self.assertEqual(self.status_of(raw), status)

    def test_a_folded_header_is_one_header(self) -> None:
        # RFC 9112, 5.2: refused, or the fold becomes a space.
        self.serve()
        raw = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\n Content-Length: 5\r\n\r\n"
        self.assertIn(self.status_of(raw), (200, 400))

    def test_what_follows_is_the_next_request(self) -> None:
        self.serve()
        good = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for name, next_one, status in [("a good one", good, 200), ("noise", b"\0\1\2\r\n\r\n", 400)]:
            with self.subTest(name), self.connect() as connection:
                connection.sendall(good * 20 + next_one)
                rest = b""
                for _ in range(20):
                    response = self.receive(connection, rest)
                    self.assertEqual(response.status, 200)
                    rest = response.rest
                self.assertEqual(self.receive(connection, rest).status, status)

    def test_names_of_others(self) -> None:
        self.serve()
        ask = "GET /readyz HTTP/1.1\r\nHost: {}\r\n{}\r\n"
        for host in ("evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com", "evil.example.com:80",
                     "localhost@evil.example.com", "evil.example.com@localhost", "localhost:80:80", "localhost:x", "localhost:",
                     "localhost, evil.example.com", "localhost evil.example.com", "127.1", "2130706433", "0x7f000001", "0.0.0.0",
                     "[::1", "[::1]evil.example.com", "::1", "[::ffff:127.0.0.1]", "localhost.", "localhost/", ""):
            with self.subTest(host=host):
                self.assertEqual(self.status_of(ask.format(host, "").encode()), 403)
        for origin in ("http://evil.example.com", "null", "", "http://localhost.evil.example.com",
                       "http://localhost@evil.example.com", "http://evil.example.com/localhost",
                       "http://evil.example.com#@localhost", "http://localhost/evil",
                       "ftp://localhost", "file://", "localhost", "http://localhost, http://evil.example.com", "http://127.1"):
            with self.subTest(origin=origin):
                self.assertEqual(self.status_of(ask.format("localhost", f"Origin: {origin}\r\n").encode()), 403)
        for host in ("localhost", "LOCALHOST:1", "127.0.0.1", f"127.0.0.1:{self.server.port}", "[::1]"):
            with self.subTest(host=host):
                self.assertEqual(self.status_of(ask.format(host, "Origin: http://localhost:3000\r\n").encode()), 200)


class MessagesTest(HostileTestCase):
    def check(self, raw: bytes, reply: Json, codes: set[int | None]) -> None:
        judge = Judge()
        judge.sent(raw)
        self.assertEqual(judge.faults(reply), [], str(reply)[:500])
        self.assertIn(reply.get("error", {}).get("code"), codes, str(reply)[:500])
        if codes == GOOD:
            self.assertEqual(reply["id"], 1)

    def test_over_http(self) -> None:
        server = self.serve()
        session, _ = server.initialize(VERSION)
        for era, params, headers in [
                ("legacy", b"{}", {"Mcp-Session-Id": session, "MCP-Protocol-Version": VERSION}),
                ("no session", b"{}", {}),
                ("modern", json.dumps({"_meta": META}).encode(), {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"})]:
            for name, raw, codes in hostile_messages(params):
                with self.subTest(name, era=era):
                    if era == "modern" and codes != GOOD:
                        codes = codes | {-32020}  # the headers say something else
                    if era == "no session":
                        codes = BAD
                    status, _, text = server.ask("POST", "/mcp", raw, **headers)
                    self.assertIn(status, (200, 400, 404))
                    self.check(raw, json.loads(text), codes)

    def test_over_the_socket(self) -> None:
        self.serve()
        for era, params in [("legacy", b"{}"), ("modern", json.dumps({"_meta": META}).encode())]:
            with self.unix() as connection, connection.makefile("rb") as lines:
                if era == "legacy":
                    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}
                    connection.sendall(json.dumps(hello).encode() + b"\n")
                    self.assertIn("result", json.loads(lines.readline()))
                for number, (name, raw, codes) in enumerate(hostile_messages(params)):
                    with self.subTest(name, era=era):
                        ping = {"jsonrpc": "2.0", "id": f"after {number}", "method": "ping"}
                        connection.sendall(raw + b"\n" + json.dumps(ping).encode() + b"\n")
                        answers = [json.loads(lines.readline()) for _ in range(2)]
                        # The answer to a large message may come after that to a small one.
                        (pong,) = [answer for answer in answers if answer.get("id") == ping["id"]]
                        answers.remove(pong)
                        self.check(raw, answers[0], codes)


if __name__ == "__main__":
    unittest.main()
