"""The judgement of messages by the published schemas: good ones of every revision, and what is wrong with bad ones."""

from __future__ import annotations

import json
import unittest

from mcp_schema import LEGACY, MODERN, REVISIONS, SCHEMAS, Json, faults

PIXEL = "iVBORw0KGgo="
SERVER = {"name": "s", "version": "1"}
COMPLETE = {"resultType": "complete"}
CACHED = {**COMPLETE, "ttlMs": 0, "cacheScope": "private"}


def answer(result: Json, revision: str, **more: object) -> Json:
    return {"jsonrpc": "2.0", "id": 1, "result": {**(COMPLETE if revision == MODERN else {}), **result}, **more}


def error(code: int, **more: object) -> Json:
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "m", **more}}


def notification(method: str, **params: object) -> Json:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def tool_result(*content: Json) -> Json:
    return {"content": list(content)}


class Judgement(unittest.TestCase):
    def assertGood(self, message: object, revision: str, method: str | None = None) -> None:
        self.assertEqual(faults(message, revision, method), [])

    def assertFault(self, part: str, message: object, revision: str, method: str | None = None) -> None:
        found = faults(message, revision, method)
        self.assertTrue(any(part in fault for fault in found), f"{part!r} is not in {found}")


class ResultTest(Judgement):
    def test_good_results_of_every_revision(self) -> None:
        tool = {"name": "t", "inputSchema": {"type": "object"}}
        for revision in REVISIONS:
            for method, result in [
                ("tools/list", {"tools": [tool], **(CACHED if revision == MODERN else {})}),
                ("tools/call", tool_result({"type": "text", "text": "x"})),
                ("tools/call", tool_result({"type": "image", "data": PIXEL, "mimeType": "image/png"})),
                ("prompts/get", {"messages": [{"role": "user", "content": {"type": "text", "text": "x"}}]}),
                ("completion/complete", {"completion": {"values": []}}),
            ]:
                with self.subTest(revision=revision, method=method):
                    self.assertGood(answer(result, revision), revision, method)
                    self.assertGood(answer(result, revision), revision)

    def test_lifecycle_results(self) -> None:
        for revision in LEGACY:
            with self.subTest(revision):
                result = {"protocolVersion": revision, "capabilities": {}, "serverInfo": SERVER}
                self.assertGood(answer(result, revision), revision, "initialize")
                self.assertGood(answer({}, revision), revision, "ping")
                self.assertFault("'serverInfo' is a required", answer({"capabilities": {}}, revision), revision, "initialize")
        discovered = {**CACHED, "supportedVersions": [MODERN], "capabilities": {}}
        self.assertGood(answer(discovered, MODERN), MODERN, "server/discover")
        self.assertFault("'ttlMs' is a required", answer({**COMPLETE, "supportedVersions": [], "capabilities": {}}, MODERN),
                         MODERN, "server/discover")

    def test_bad_results(self) -> None:
        for revision in REVISIONS:
            for part, result in [
                ("'content' is a required", {"structuredContent": {}} if revision >= "2025-06-18" else {"isError": False}),
                ("content[0]: 'text' is a required", tool_result({"type": "text"})),
                ("content[0].data: '$$' is not a 'byte'", tool_result({"type": "image", "data": "$$", "mimeType": "i/p"})),
                ("isError: 1 is not of type 'boolean'", {**tool_result(), "isError": 1}),
                ("uri", tool_result({"type": "resource", "resource": {"uri": "no uri", "text": "x"}})),
            ]:
                if "structuredContent" in result and revision == MODERN:
                    result = {"structuredContent": {}}
                with self.subTest(revision=revision, fault=part):
                    self.assertFault(part, answer(result, revision), revision, "tools/call")

    def test_content_that_came_with_a_later_revision(self) -> None:
        audio = tool_result({"type": "audio", "data": PIXEL, "mimeType": "audio/wav"})
        link = tool_result({"type": "resource_link", "uri": "file:///a", "name": "a"})
        for revision in REVISIONS:
            with self.subTest(revision):
                for result, since in [(audio, "2025-03-26"), (link, "2025-06-18")]:
                    self.assertEqual(faults(answer(result, revision), revision, "tools/call") == [], revision >= since)

    def test_result_types_of_the_modern_revision(self) -> None:
        good = tool_result({"type": "text", "text": "x"})
        self.assertFault("'resultType' is a required", {"jsonrpc": "2.0", "id": 1, "result": good}, MODERN, "tools/call")
        asked = {"resultType": "input_required",
                 "inputRequests": {"k": {"method": "roots/list"}}}
        self.assertGood(answer(asked, MODERN), MODERN, "tools/call")
        asked["inputRequests"] = {"k": {"method": "ping"}}  # type: ignore[dict-item]
        self.assertFault("inputRequests.k", answer(asked, MODERN), MODERN, "tools/call")
        self.assertGood(answer({"resultType": "task", "taskId": "t"}, MODERN), MODERN, "tools/call")
        self.assertGood(answer({"taskId": "t"}, MODERN), MODERN, "tasks/get")

    def test_tasks_of_2025_11_25(self) -> None:
        task = {"taskId": "t", "status": "working", "createdAt": "2025-11-25T00:00:00Z",
                "lastUpdatedAt": "2025-11-25T00:00:00Z", "ttl": None}
        self.assertGood(answer({"task": task}, "2025-11-25"), "2025-11-25", "tools/call")
        self.assertGood(answer(task, "2025-11-25"), "2025-11-25", "tasks/get")
        self.assertFault("'done' is not one of", answer({**task, "status": "done"}, "2025-11-25"), "2025-11-25", "tasks/get")

    def test_methods_that_have_no_result(self) -> None:
        for revision, method in [("2025-06-18", "tasks/get"), (MODERN, "ping"), (MODERN, "initialize"),
                                 ("2025-11-25", "server/discover"), ("2025-11-25", "no/such")]:
            with self.subTest(revision=revision, method=method):
                self.assertFault("no result answers", answer({}, revision), revision, method)

    def test_envelope(self) -> None:
        for revision in REVISIONS:
            for part, message in [("an object", 1), ("an object", None), ("'result' is a required", {"jsonrpc": "2.0", "id": 1}),
                                  ("'2.0' was expected", {**answer({}, revision), "jsonrpc": "1.0"}),
                                  ("id: None", {**answer({}, revision), "id": None}),
                                  ("id: 1.5", {**answer({}, revision), "id": 1.5}),
                                  ("result: [] is not", {"jsonrpc": "2.0", "id": 1, "result": []})]:
                with self.subTest(revision=revision, message=message):
                    self.assertFault(part, message, revision)


class ErrorTest(Judgement):
    def test_errors(self) -> None:
        for revision in REVISIONS:
            with self.subTest(revision):
                self.assertGood(error(-32601), revision, "tools/call")
                self.assertFault("code: '1' is not", {"jsonrpc": "2.0", "id": 1, "error": {"code": "1", "message": "m"}}, revision)
                self.assertFault("'message' is a required", {"jsonrpc": "2.0", "id": 1, "error": {"code": 1}}, revision)
                self.assertFault("not both", {**error(1), "result": {}}, revision)
                self.assertFault("error: 7 is not", {"jsonrpc": "2.0", "id": 1, "error": 7}, revision)

    def test_only_an_id_that_could_not_be_read_may_be_left_out(self) -> None:
        for revision in REVISIONS:
            for code in (-32700, -32600, -32602):
                message = error(code)
                del message["id"]
                with self.subTest(revision=revision, code=code):
                    self.assertEqual(faults(message, revision) == [], code != -32602)

    def test_errors_whose_data_is_laid_down(self) -> None:
        good = {"supported": [MODERN], "requested": "v999"}
        self.assertGood(error(-32022, data=good), MODERN)
        for code, data in [(-32022, {"supported": [MODERN]}), (-32022, {**good, "supported": MODERN}),
                           (-32021, {"requiredCapabilities": ["sampling"]})]:
            with self.subTest(code=code, data=data):
                self.assertNotEqual(faults(error(code, data=data), MODERN), [])
        self.assertFault("'data' is a required", error(-32022), MODERN)
        self.assertFault("'data' is a required", error(-32042), "2025-11-25")
        self.assertGood(error(-32042), "2025-06-18")


class CallTest(Judgement):
    def test_notifications(self) -> None:
        for revision in REVISIONS:
            with self.subTest(revision):
                self.assertGood(notification("notifications/progress", progressToken="p", progress=0.5, total=1), revision)
                self.assertFault("'progressToken' is a required", notification("notifications/progress", progress=1), revision)
                self.assertFault("progress: '1' is not", notification("notifications/progress", progressToken=1, progress="1"),
                                 revision)
                self.assertGood(notification("notifications/message", level="info", data={}), revision)
                self.assertFault("'loud' is not one of", notification("notifications/message", level="loud", data=1), revision)
                self.assertFault("sends no notification", notification("notifications/initialized"), revision)
                self.assertFault("sends no notification", notification("tools/list"), revision)

    def test_notifications_that_came_with_a_later_revision(self) -> None:
        acknowledged = notification("notifications/subscriptions/acknowledged", notifications={})
        self.assertGood(acknowledged, MODERN)
        self.assertFault("sends no", acknowledged, "2025-11-25")
        self.assertGood(notification("notifications/tasks", taskId="t"), MODERN)
        self.assertFault("sends no", notification("notifications/tasks", taskId="t"), "2025-11-25")

    def test_requests(self) -> None:
        ping = {"jsonrpc": "2.0", "id": "a", "method": "ping"}
        elicit = {"jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {
            "message": "?", "requestedSchema": {"type": "object", "properties": {"size": {"type": "number", "minimum": 0.5}}}}}
        for revision in LEGACY:
            with self.subTest(revision):
                self.assertGood(ping, revision)
                self.assertFault("sends no request 'tools/list'", {**ping, "method": "tools/list"}, revision)
                self.assertEqual(faults(elicit, revision) == [], revision >= "2025-06-18")
        for message in (ping, elicit):
            self.assertFault("a server sends no request", message, MODERN)
        elicit["params"]["requestedSchema"]["properties"]["size"] = {"type": "object"}
        self.assertFault("properties.size", elicit, "2025-11-25")


class BatchTest(Judgement):
    def test_only_one_revision_has_batches(self) -> None:
        batch = [answer({}, "2025-03-26"), error(-32601)]
        self.assertGood(batch, "2025-03-26")
        self.assertFault("[1] JSONRPCError", [batch[0], {"jsonrpc": "2.0", "id": 2, "error": {}}], "2025-03-26")
        for revision in REVISIONS:
            if revision != "2025-03-26":
                self.assertFault("knows no batches", batch, revision)


class SchemaFileTest(unittest.TestCase):
    def test_bounds_of_numbers_are_numbers(self) -> None:
        for revision in ("2025-06-18", "2025-11-25", MODERN):
            root = json.loads((SCHEMAS / f"{revision}.json").read_text("utf-8"))
            number = root.get("$defs", root.get("definitions"))["NumberSchema"]["properties"]
            self.assertEqual([number[name]["type"] for name in ("minimum", "maximum")], ["number", "number"])

    def test_a_long_value_is_not_quoted_in_full(self) -> None:
        message = answer(tool_result({"type": "text", "text": ["x" * 10_000]}), "2025-11-25")  # type: ignore[dict-item]
        for fault in faults(message, "2025-11-25", "tools/call"):
            self.assertLess(len(fault), 400)
