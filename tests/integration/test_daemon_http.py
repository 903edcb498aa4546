"""MCP over HTTP, without a Blender."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any

from judge import Judge
from world import DAEMON, PATIENCE_S, World, wait_until

Json = dict[str, Any]

ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class Server:
    """A daemon that serves HTTP on a port of its own choice."""

    def __init__(self, world: World, *arguments: str, launch: tuple[str, ...] = ("--launch", "never"), **env: str) -> None:
        self._judge = Judge()
        self._faults: list[str] = []  # of its messages against the schema of their revision
        env = {"BLENDER_MCPD_SOCKET_ENABLED": "false", **env}  # two daemons may not have the same one
        self._log = open(world.folder / f"serve-{time.monotonic_ns()}.log", "w+b")
        self.process = subprocess.Popen(
            [DAEMON, "--blender-port", str(world.port), *launch, "serve", "--port", "0", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, env=world.environment(**env), cwd=world.folder)
        found = self.wait_for_line(r"listening on (http://127\.0\.0\.1:(\d+)/mcp)")
        self.url = found[1]
        self.port = int(found[2])
        token = re.search(r"the token is in ([^;]+);", self.log())
        self.token_file = token[1] if token else None
        self.token = open(self.token_file).read().strip() if self.token_file else None

    def log(self) -> str:
        # Not by seeking: the daemon shares the place in the file, and would write over what it wrote.
        return Path(self._log.name).read_text()

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        # How to connect is said last.
        wait_until(lambda: "claude mcp add" in self.log() or self.process.poll() is not None, self.log)
        found = re.search(pattern, self.log())
        assert found, "the daemon does not listen\n" + self.log()
        return found

    def ask(self, method: str, path: str, body: str | None = None, **headers: str | None) -> tuple[int, http.client.HTTPMessage, str]:
        """With the token, unless `authorization` says otherwise; None leaves a header out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "authorization" not in named:
            named["authorization"] = f"Bearer {self.token}"
        sent = {name: value for name, value in {**(ACCEPT if method == "POST" else {}), **named}.items() if value is not None}
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def post(self, message: Json, **headers: str | None) -> tuple[int, http.client.HTTPMessage, Json | None]:
        body = json.dumps({"jsonrpc": "2.0", **message})
        self._judge.sent(body.encode())
        status, got, text = self.ask("POST", "/mcp", body, **headers)
        reply = json.loads(text) if text else None
        if isinstance(reply, dict) and "jsonrpc" in reply:
            self._faults += [f"{fault}, in {text[:300]!r}" for fault in self._judge.faults(reply)]
        return status, got, reply

    def modern(self, method: str, params: Json | None = None, **headers: str) -> Json:
        message = {"id": 1, "method": method, "params": {**(params or {}), "_meta": META}}
        status, _, reply = self.post(message, MCP_Protocol_Version="2026-07-28", Mcp_Method=method, **headers)
        assert status == 200, reply
        return reply["result"]

    def initialize(self, version: str) -> tuple[str, Json]:
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}
        status, headers, reply = self.post({"id": 0, "method": "initialize", "params": params})
        assert status == 200, reply
        return headers["Mcp-Session-Id"], reply["result"]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        try:
            code = self.stop()
            said = self.process.stdout.read()
            assert (code, said) == (0, b""), (code, said, self.log())
            assert "timer still armed" not in self.log(), self.log()
            assert not self._faults, self._faults
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self._log.close()


class ServerCase(unittest.TestCase):
    """Servers that end with the test."""

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)

    def serve(self, *arguments: str, **env: str) -> Server:
        server = Server(self.world, *arguments, **env)
        self.addCleanup(server.close)
        return server


class HttpTest(ServerCase):
    maxDiff = None

    def refused(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, "serve", *arguments], env=self.world.environment(BLENDER_MCPD_HTTP_PORT="0", **env),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def test_the_sessions_of_older_clients(self) -> None:
        server = self.serve()
        for version in ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"):
            with self.subTest(version):
                session, result = server.initialize(version)
                self.assertEqual(result["protocolVersion"], version)
                headers = {"Mcp_Session_Id": session, "MCP_Protocol_Version": version}
                self.assertEqual(server.post({"method": "notifications/initialized"}, **headers)[0], 202)
                _, _, listed = server.post({"id": 1, "method": "tools/list"}, **headers)
                self.assertIn("get_scene_info", [tool["name"] for tool in listed["result"]["tools"]])
                call = {"id": 2, "method": "tools/call", "params": {"name": "get_blender_status"}}
                status, _, reply = server.post(call, **headers)
                self.assertEqual((status, reply["id"]), (200, 2))
                self.assertNotIn("isError", reply["result"])
                self.assertEqual(server.ask("DELETE", "/mcp", None, **headers)[0], 204)
                self.assertEqual(server.post({"id": 3, "method": "ping"}, **headers)[0], 404)

    def test_requests_that_stand_for_themselves(self) -> None:
        server = self.serve()
        self.assertIn("2026-07-28", server.modern("server/discover")["supportedVersions"])
        self.assertTrue(server.modern("tools/list")["tools"])
        result = server.modern("tools/call", {"name": "get_blender_status", "arguments": {}}, Mcp_Name="get_blender_status")
        self.assertEqual(result["resultType"], "complete")

    def test_what_is_refused(self) -> None:
        server = self.serve()
        ping = {"id": 1, "method": "ping"}
        for name, headers, status in [
                ("no token", {"authorization": None}, 401), ("a wrong token", {"authorization": "Bearer " + "0" * 64}, 401),
                ("another host", {"Host": "evil.example.com"}, 403), ("another origin", {"Origin": "http://evil.example.com"}, 403),
                ("our own", {"Host": f"localhost:{server.port}", "Origin": f"http://localhost:{server.port}"}, 400),
                ("no session", {}, 400), ("an unknown session", {"Mcp_Session_Id": "x"}, 404),
                ("not acceptable", {"Accept": "text/html"}, 406), ("another type", {"Content_Type": "text/plain"}, 415)]:
            with self.subTest(name):
                self.assertEqual(server.post(ping, **headers)[0], status)
        self.assertEqual(server.ask("POST", "/mcp", None, authorization=None)[1]["WWW-Authenticate"], "Bearer")
        self.assertEqual(server.ask("PUT", "/mcp", "{}")[0], 400)
        self.assertEqual(server.ask("OPTIONS", "/mcp")[0], 405)
        self.assertEqual(server.ask("GET", "/.well-known/oauth-protected-resource")[0], 404)

    def test_the_paths_beside(self) -> None:
        server = self.serve()
        self.assertEqual(server.ask("GET", "/healthz", authorization=None)[0::2], (200, "ok\n"))
        self.assertEqual(server.ask("GET", "/readyz", authorization=None)[0::2], (200, "ready\n"))
        self.assertEqual(server.ask("GET", "/metrics", authorization=None)[0], 401)
        status, _, text = server.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertRegex(text, r"(?m)^blender_mcpd_http_connections 1$")
        self.assertRegex(text, r'(?m)^blender_mcpd_http_refused_total\{reason="token"\} 1$')

    def test_the_settings_reach_the_server(self) -> None:
        server = self.serve(BLENDER_MCPD_HTTP_ALLOWED_HOSTS="blender.lan", BLENDER_MCPD_HTTP_OPEN_METRICS="true",
                            BLENDER_MCPD_HTTP_ALLOWED_ORIGINS="https://a.example", BLENDER_MCPD_HTTP_MAX_BODY_BYTES="2000",
                            BLENDER_MCPD_HTTP_MAX_SESSIONS="1")
        self.assertEqual(server.ask("GET", "/metrics", authorization=None, Host="blender.lan", Origin="https://a.example")[0], 200)
        self.assertEqual(server.ask("POST", "/mcp", " " * 2001)[0], 413)
        first, _ = server.initialize("2025-11-25")
        server.initialize("2025-11-25")
        self.assertEqual(server.post({"id": 1, "method": "ping"}, Mcp_Session_Id=first)[0], 404)

    def test_the_token_is_kept_from_others(self) -> None:
        server = self.serve("--log-level", "trace")
        self.assertRegex(server.token, r"^[0-9a-f]{64}$")
        self.assertEqual(stat.S_IMODE(os.stat(server.token_file).st_mode), 0o600)
        self.assertTrue(server.token_file.startswith((str(self.world.home), str(self.world.folder))))
        server.initialize("2025-11-25")
        self.assertNotIn(server.token, server.log())
        self.assertEqual(self.serve().token, server.token)  # the next one has the same
        os.chmod(server.token_file, 0o644)
        done = self.refused()
        self.assertEqual(done.returncode, 1)
        self.assertIn("chmod 600", done.stderr)
        self.assertNotIn(server.token, done.stderr)

    def test_without_a_token(self) -> None:
        server = self.serve("--no-auth")
        self.assertIn("NO TOKEN", server.log())
        self.assertIsNone(server.token)
        self.assertTrue(server.modern("tools/list")["tools"])
        done = self.refused("--no-auth", "--host", "0.0.0.0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("http.auth", done.stderr)

    def test_wrong_usage(self) -> None:
        for arguments in [("--port", "x"), ("--port", "65536"), ("--host", "example.com"), ("--token-file", "relative")]:
            with self.subTest(arguments):
                self.assertEqual(self.refused(*arguments).returncode, 2)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = self.refused("--port", str(taken.getsockname()[1]))
            self.assertEqual(done.returncode, 1)
            self.assertIn("--port", done.stderr)

    def test_where_it_listens_is_said_however_quiet_the_log_is(self) -> None:
        self.serve("--log-level", "error")
        self.serve(BLENDER_MCPD_LOG_FILE=str(self.world.folder / "log"))

    def test_a_signal_ends_streams_and_connections(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.serve()
                session, _ = server.initialize("2025-11-25")
                stream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
                self.addCleanup(stream.close)
                stream.request("GET", "/mcp", headers={"Accept": "text/event-stream", "Mcp-Session-Id": session,
                                                       "Authorization": f"Bearer {server.token}"})
                response = stream.getresponse()
                self.assertEqual(response.status, 200)
                idle = socket.create_connection(("127.0.0.1", server.port), PATIENCE_S)
                self.addCleanup(idle.close)
                self.assertEqual(server.stop(number), 0)
                self.assertTrue(response.read().startswith(b"id: 0-0\n"))  # whole: its end was sent
                self.assertEqual(idle.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
