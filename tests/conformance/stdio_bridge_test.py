"""The bridge between HTTP and stdio, with a scripted server behind it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from servers import announced_url

HERE = Path(__file__).resolve().parent
MODERN = "2026-07-28"
CLAIM = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
ENVELOPE = {CLAIM: MODERN, CAPABILITIES: {}}
PATIENCE_S = 60

Json = dict[str, Any]


class Events:
    """A stream of server-sent events."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response

    def next(self) -> Json | None:
        """None at the end of the stream."""
        while line := self._response.readline():
            if line.startswith(b"data: "):
                return json.loads(line[len(b"data: "):])
        return None

    def close(self) -> None:
        self._response.close()
        self._connection.close()


class BridgeTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.report_file = Path(folder.name) / "report.json"
        command = [sys.executable, str(HERE / "stdio_bridge.py"), "--report", str(self.report_file), "--",
                   sys.executable, str(HERE / "scripted_server.py")]
        self.bridge = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        url = announced_url(self.bridge.stderr.readline())
        self.address = url.removeprefix("http://").removesuffix("/mcp")

    def end(self) -> None:
        if self.bridge.poll() is None:
            self.bridge.kill()
        self.bridge.wait()
        self.bridge.stderr.close()

    def report(self) -> Json:
        """Ends the bridge: what it counted."""
        self.bridge.send_signal(signal.SIGTERM)
        self.assertEqual(self.bridge.wait(PATIENCE_S), 0)
        return json.loads(self.report_file.read_text())

    def send(self, method: str, body: bytes, **headers: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_S)
        connection.request(method, "/mcp", body, {name.replace("_", "-"): value for name, value in headers.items()})
        return connection, connection.getresponse()

    def post(self, message: Any, **headers: str) -> tuple[int, Json | None]:
        """The status, and the answer if there is one."""
        connection, response = self.send("POST", json.dumps(message).encode(), **headers)
        text = response.read()
        connection.close()
        self.session = response.headers.get("mcp-session-id")
        return response.status, json.loads(text) if text else None

    def open_events(self, method: str, message: Json | None, **headers: str) -> Events:
        connection, response = self.send(method, json.dumps(message).encode() if message else b"", **headers)
        self.assertEqual((response.status, response.headers["content-type"]), (200, "text/event-stream"))
        events = Events(connection, response)
        self.addCleanup(events.close)
        return events

    # Messages

    def request(self, method: str, identity: Any = 1, **params: Any) -> Json:
        return {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}

    def call(self, tool: str, identity: Any = 1, **meta: Any) -> Json:
        return self.request("tools/call", identity, name=tool, **({"_meta": meta} if meta else {}))

    def initialize(self) -> str:
        status, answer = self.post(self.request("initialize", protocolVersion="2025-11-25"))
        self.assertEqual((status, answer["result"]["protocolVersion"]), (200, "2025-11-25"))
        return self.session

    def text(self, answer: Json) -> str:
        return answer["result"]["content"][0]["text"]

    def modern(self, message: Json, version: str = MODERN) -> tuple[int, Json | None]:
        return self.post(message, MCP_Protocol_Version=version)

    # Legacy

    def test_a_session_has_a_process_of_its_own(self) -> None:
        first, second = self.initialize(), self.initialize()
        self.assertNotEqual(first, second)
        status, answer = self.post(self.call("hello", "a"), Mcp_Session_Id=first)
        self.assertEqual((status, answer["id"], self.text(answer)), (200, "a", "hello"))
        self.assertEqual(self.post({"jsonrpc": "2.0", "method": "notifications/initialized"}, Mcp_Session_Id=second), (202, None))
        connection, response = self.send("DELETE", b"", Mcp_Session_Id=first)
        self.assertEqual(response.status, 200)
        connection.close()
        self.assertEqual(self.post(self.call("hello"), Mcp_Session_Id=first)[0], 404)
        self.assertEqual(self.post(self.call("hello"))[0], 400)
        report = self.report()
        self.assertEqual((report["children"], report["lines"], report["bad_lines"], report["ends"]), (2, 3, 0, []))

    def test_old_sessions_make_room(self) -> None:
        sessions = [self.initialize() for _ in range(9)]
        self.assertEqual(self.post(self.call("hello"), Mcp_Session_Id=sessions[0])[0], 404)
        self.assertEqual(self.post(self.call("hello"), Mcp_Session_Id=sessions[1])[0], 200)

    def test_progress_comes_as_events_before_the_answer(self) -> None:
        session = self.initialize()
        events = self.open_events("POST", self.call("progress", progressToken="p"), Mcp_Session_Id=session)
        self.assertEqual([events.next()["params"]["progress"] for _ in range(2)], [1, 2])
        self.assertEqual(self.text(events.next()), "progress")
        self.assertIsNone(events.next())

    def test_a_request_of_the_server_is_answered_by_the_client(self) -> None:
        session = self.initialize()
        events = self.open_events("POST", self.call("ask"), Mcp_Session_Id=session)
        asked = events.next()
        self.assertEqual((asked["id"], asked["method"]), ("ours", "roots/list"))
        answer = {"jsonrpc": "2.0", "id": "ours", "result": {"roots": []}}
        self.assertEqual(self.post(answer, Mcp_Session_Id=session), (202, None))
        self.assertEqual(json.loads(self.text(events.next())), {"roots": []})

    def test_what_belongs_to_no_request_comes_on_the_stream_of_the_session(self) -> None:
        session = self.initialize()
        self.assertEqual(self.post(self.call("news"), Mcp_Session_Id=session)[0], 200)
        events = self.open_events("GET", None, Mcp_Session_Id=session)
        self.assertEqual(events.next()["method"], "notifications/tools/list_changed")

    def test_hanging_up_cancels_nothing(self) -> None:
        session = self.initialize()
        events = self.open_events("POST", self.call("ask"), Mcp_Session_Id=session)
        events.next()
        events.close()
        self.assertEqual(self.text(self.post(self.call("cancelled", 2), Mcp_Session_Id=session)[1]), "[]")

    # Modern

    def test_modern_requests_share_a_process_and_keep_their_ids(self) -> None:
        for identity in (1, "1", 1):
            status, answer = self.modern(self.call("hello", identity, **ENVELOPE))
            self.assertEqual((status, answer["id"]), (200, identity))
        self.assertEqual(self.report()["children"], 1)

    def test_progress_has_the_token_that_the_client_gave(self) -> None:
        events = self.open_events("POST", self.call("progress", **ENVELOPE, progressToken="p"), MCP_Protocol_Version=MODERN)
        self.assertEqual([events.next()["params"]["progressToken"] for _ in range(2)], ["p", "p"])
        self.assertIn("result", events.next())

    def test_a_subscription_has_the_id_of_its_request(self) -> None:
        listen = self.request("subscriptions/listen", "mine", notifications={}, _meta=ENVELOPE)
        events = self.open_events("POST", listen, MCP_Protocol_Version=MODERN)
        self.assertEqual(events.next()["method"], "notifications/subscriptions/acknowledged")
        self.assertEqual(self.modern(self.call("news", "mine", **ENVELOPE))[0], 200)
        news = events.next()
        self.assertEqual((news["method"], news["params"]["_meta"]), ("notifications/tools/list_changed", {SUBSCRIPTION: "mine"}))

    def test_a_log_entry_goes_to_who_asked_for_it(self) -> None:
        level = {"io.modelcontextprotocol/logLevel": "info"}
        events = self.open_events("POST", self.call("log", **ENVELOPE, **level), MCP_Protocol_Version=MODERN)
        self.assertEqual(events.next()["method"], "notifications/message")
        self.assertEqual(self.text(self.modern(self.call("log", **ENVELOPE))[1]), "log")

    def test_hanging_up_cancels(self) -> None:
        listen = self.request("subscriptions/listen", notifications={}, _meta=ENVELOPE)
        events = self.open_events("POST", listen, MCP_Protocol_Version=MODERN)
        events.next()
        events.close()
        for _ in range(1000):  # until the bridge has noticed
            if (text := self.text(self.modern(self.call("cancelled", **ENVELOPE))[1])) != "[]":
                break
        self.assertEqual(text, "[1]")

    def test_status_codes(self) -> None:
        data = {"supported": [MODERN], "requested": "v999"}
        for code, status in [(-32601, 404), (-32020, 400), (-32600, 400), (-32602, 200), (-32603, 200)]:
            with self.subTest(code):
                found, answer = self.modern(self.request("refuse", code=code, _meta=ENVELOPE))
                self.assertEqual((found, answer["error"]["code"]), (status, code))
        unsupported = self.request("refuse", code=-32022, data=data, _meta={**ENVELOPE, CLAIM: "v999"})
        self.assertEqual(self.modern(unsupported, "v999")[0], 400)
        self.assertEqual(self.modern(self.request("refuse", code=-32602, _meta={CLAIM: MODERN}))[0], 400)

    def test_what_only_http_can_get_wrong(self) -> None:
        good = self.call("hello", **ENVELOPE)
        for label, message, header, status, code in [
            ("header and claim differ", good, "v999", 400, -32020), ("no header", good, "", 400, -32020),
            ("no claim", self.call("hello"), MODERN, 400, -32602),
            ("initialize", self.request("initialize"), MODERN, 400, -32020),
            ("a batch", [good], MODERN, 400, -32600),
        ]:
            with self.subTest(label):
                found, answer = self.modern(message, header)
                self.assertEqual((found, answer["error"]["code"]), (status, code))
        connection, response = self.send("POST", b"no json")
        self.assertEqual((response.status, json.loads(response.read())["error"]["code"]), (400, -32700))
        connection.close()

    def test_other_machines_are_refused(self) -> None:
        for headers in [{"Host": "evil.example.com"}, {"Host": "localhost.evil.example.com:80"},
                        {"Origin": "http://evil.example.com"}, {"Origin": "null"}]:
            with self.subTest(headers):
                self.assertEqual(self.post(self.request("initialize"), **headers)[0], 403)
        for host in ("localhost:1", "127.0.0.1", "localhost"):
            status, _ = self.post(self.call("hello", **ENVELOPE), MCP_Protocol_Version=MODERN, Host=host, Origin=f"http://{host}")
            self.assertEqual(status, 200)

    # Faults of the server

    def test_lines_that_are_no_messages_of_a_server_are_counted(self) -> None:
        events = self.open_events("POST", self.call("garbage", **ENVELOPE), MCP_Protocol_Version=MODERN)
        self.assertEqual(events.next()["method"], "tools/list")  # passed on nevertheless
        self.assertEqual(self.text(events.next()), "garbage")
        report = self.report()
        self.assertEqual((report["lines"], report["bad_lines"]), (3, 2))
        self.assertIn("not JSON: b'this is not a message", report["faults"][0])
        self.assertIn("sends no notification 'tools/list'", report["faults"][1])

    def test_a_server_that_ends_by_itself(self) -> None:
        status, answer = self.modern(self.call("exit", **ENVELOPE))
        self.assertEqual((status, answer["id"]), (502, 1))
        self.assertEqual(self.modern(self.call("hello", **ENVELOPE))[0], 200)
        self.assertEqual(self.report()["ends"], ["the shared process ended by itself", "it ended with exit code 3"])
