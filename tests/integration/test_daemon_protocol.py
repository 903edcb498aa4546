"""The protocol's own rules, of both eras. No Blender is needed."""

from __future__ import annotations

import json

from client import Client, DaemonTestCase, Json, error_text

LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
MODERN = "2026-07-28"
ENVELOPE: Json = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
# Tools that change something else.
KEEP_THE_SCENE = ("render", "manage_instances")


class ProtocolTestCase(DaemonTestCase):
    def connect(self, version: str | None = "2025-11-25") -> Client:
        return self.start("--launch", "never", version=version)

    def raw_reply(self, client: Client, line: bytes) -> Json:
        client.write(line + b"\n")
        return client.take(lambda message: "method" not in message, "reply")

    def assertError(self, reply: Json, code: int, part: str = "") -> None:
        self.assertNotIn("result", reply)
        self.assertEqual(reply["error"]["code"], code, reply)
        self.assertIn(part, reply["error"]["message"])


class LegacyTest(ProtocolTestCase):
    def test_every_revision_is_spoken(self) -> None:
        for version in LEGACY:
            with self.subTest(version):
                client = self.connect(None)
                result = client.initialize(version)
                self.assertEqual(result["protocolVersion"], version)
                self.assertEqual(result["serverInfo"]["name"], "blender-mcpd")
                self.assertIn("tools", result["capabilities"])
                self.assertEqual(client.result("ping"), {})
                tool = client.result("tools/list")["tools"][0]
                self.assertEqual("annotations" in tool, version >= "2025-03-26")
                self.assertEqual("outputSchema" in tool, version >= "2025-06-18")
                status = client.result("tools/call", {"name": "get_blender_status"})
                self.assertEqual("structuredContent" in status, version >= "2025-06-18")
                self.assertEqual(json.loads(status["content"][0]["text"])["state"], "not_running")

    def test_an_unknown_revision_is_answered_with_the_newest(self) -> None:
        for version in ["2099-01-01", "1.0", "", MODERN]:
            with self.subTest(version):
                result = self.connect(None).initialize(version)
                self.assertEqual(result["protocolVersion"], "2025-11-25")

    def test_a_call_without_arguments(self) -> None:
        self.assertNotIn("isError", self.connect().result("tools/call", {"name": "get_blender_status"}))

    def test_initialize_may_be_repeated(self) -> None:
        client = self.connect()
        self.assertEqual(client.initialize("2024-11-05")["protocolVersion"], "2024-11-05")


class ModernTest(ProtocolTestCase):
    def test_discover_list_call(self) -> None:
        client = self.connect(None)
        found = client.result("server/discover", {"_meta": ENVELOPE})
        self.assertEqual(found["supportedVersions"], [MODERN])
        listed = client.result("tools/list", {"_meta": ENVELOPE})
        called = client.result("tools/call", {"name": "get_blender_status", "_meta": ENVELOPE})
        for result in (found, listed, called):
            self.assertEqual(result["resultType"], "complete")
            self.assertEqual(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "blender-mcpd")
        for result in (found, listed):
            self.assertGreaterEqual(result["ttlMs"], 0)
            self.assertIn(result["cacheScope"], ("public", "private"))

    def test_errors(self) -> None:
        client = self.connect(None)
        for label, method, meta, code in [
            ("old version", "tools/list", {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "2025-11-25"}, -32022),
            ("no such version", "tools/list", {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "v999"}, -32022),
            ("version is a number", "tools/list", {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": 1}, -32602),
            ("no capabilities", "tools/list", {"io.modelcontextprotocol/protocolVersion": MODERN}, -32602),
            ("legacy method", "ping", ENVELOPE, -32601),
            ("legacy start", "initialize", ENVELOPE, -32601),
            ("unknown method", "no/such/method", ENVELOPE, -32601),
        ]:
            with self.subTest(label):
                reply = client.request(method, {"_meta": meta})
                self.assertError(reply, code)
                if code == -32022:
                    self.assertEqual(reply["error"]["data"]["supported"], [MODERN])

    def test_every_message_is_judged_by_itself(self) -> None:
        client = self.connect(None)
        client.result("server/discover", {"_meta": ENVELOPE})
        client.initialize("2025-06-18")
        self.assertNotIn("resultType", client.result("tools/list"))
        self.assertIn("resultType", client.result("tools/list", {"_meta": ENVELOPE}))
        self.assertEqual(client.result("ping"), {})


class IdTest(ProtocolTestCase):
    def test_ids_come_back_as_they_were_written(self) -> None:
        client = self.connect()
        for raw in ['1', '"1"', '0', '-7', '9007199254740993', '123456789012345678901234567890', '""', '"a\\u0062\\n"',
                    '"\\/"', '"ünï 🦉"', '"\\ud83e\\udd89"', '"' + "x" * 1000 + '"']:
            with self.subTest(raw[:30]):
                reply = self.raw_reply(client, f'{{"jsonrpc":"2.0","id":{raw},"method":"ping"}}'.encode())
                self.assertIn(f'"id":{raw},'.encode(), reply["raw"])

    def test_the_same_digits_as_text_and_number_are_two_ids(self) -> None:
        client = self.connect()
        for request_id in (5, "5"):
            client.send({"id": request_id, "method": "ping"})
        for request_id in (5, "5"):
            self.assertEqual(client.reply(request_id)["result"], {})

    def test_what_cannot_be_an_id(self) -> None:
        client = self.connect()
        for raw in ["null", "1.5", "1e3", "true", "[1]", "{}", '"' + "x" * 5000 + '"']:
            with self.subTest(raw[:30]):
                reply = self.raw_reply(client, f'{{"jsonrpc":"2.0","id":{raw},"method":"ping"}}'.encode())
                self.assertError(reply, -32600)
                self.assertNotIn("id", reply)


class ErrorTest(ProtocolTestCase):
    def test_bad_messages(self) -> None:
        client = self.connect()
        for line, code in [
            (b"no json", -32700), (b"{", -32700), (b'{"jsonrpc":"2.0","id":1,"method":"ping"} x', -32700),
            (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', -32700), (b"\x00", -32700),
            (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}", -32700),
            (b"[]", -32600), (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600), (b"1", -32600),
            (b'{"id":1,"method":"ping"}', -32600), (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
            (b'{"jsonrpc":"2.0","id":1}', -32600), (b'{"jsonrpc":"2.0","id":1,"method":1}', -32600),
            (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
        ]:
            with self.subTest(line[:60]):
                self.assertError(self.raw_reply(client, line), code)
        self.assertEqual(client.result("ping"), {})

    def test_unknown_method(self) -> None:
        client = self.connect()
        for method in ["no/such/method", "roots/list", "prompts/lists", "server/discover", "", "tools/call ", "Ping"]:
            with self.subTest(method):
                self.assertError(client.request(method), -32601)

    def test_unknown_tool(self) -> None:
        client = self.connect()
        reply = client.request("tools/call", {"name": "get_scene_inf", "arguments": {}})
        self.assertError(reply, -32602, "get_scene_info")
        for params in [None, {}, {"name": 7}, {"name": None}]:
            with self.subTest(params):
                self.assertError(client.request("tools/call", params), -32602)

    def test_notifications_and_responses_are_never_answered(self) -> None:
        client = self.connect()
        for message in [{"method": "no/such/notification"}, {"method": "tools/call", "params": {"name": "render"}},
                        {"method": "ping", "params": []}, {"id": 77, "result": {}},
                        {"id": 78, "error": {"code": 1, "message": "x"}}]:
            client.send(message)
        self.assertEqual(client.result("ping"), {})
        self.assertEqual(client.waiting(), [])

    def test_cursor(self) -> None:
        self.assertError(self.connect().request("tools/list", {"cursor": "made up"}), -32602)


class ValidationTest(ProtocolTestCase):
    def test_bad_arguments_are_results_that_name_the_field(self) -> None:
        client = self.connect()
        for tool, arguments, parts in [
            ("create_objects", {}, ["items"]),
            ("create_objects", {"items": []}, ["items"]),
            ("create_objects", {"items": [{"kind": "cube"}] * 201}, ["items", "200"]),
            ("create_objects", {"items": [{"kind": "cub"}]}, ["items[0].kind", "cube"]),
            ("create_objects", {"items": [{"kind": "cube"}, {"kind": "cube", "location": [1, 2]}]},
             ["items[1].location", "3"]),
            ("create_objects", {"items": [{"kind": "cube", "location": [1, "2", 3]}]}, ["items[0].location[1]"]),
            ("create_objects", {"items": [{"kind": "cube", "size": 1e300}]}, ["items[0].size"]),
            ("create_objects", {"items": [{"kind": "cube", "colour": "red"}]}, ["items[0]", "colour"]),
            ("create_objects", {"items": [{"kind": "cube", "name": "x" * 5000}]}, ["items[0].name"]),
            ("update_objects", {"items": [{"name": "Cube"}]}, ["items[0]"]),
            ("delete_objects", {"names": "Cube"}, ["names", "array"]),
            ("delete_objects", {"filter": {}}, ["filter"]),
            ("set_material", {"objects": ["Cube"], "material": {"roughness": 1.5}}, ["material.roughness", "1.5"]),
            ("get_object_info", {"names": ["Cube"], "include": ["meshes"]}, ["include[0]", "mesh"]),
            ("get_scene_info", {"limit": 0}, ["limit"]),
            ("get_scene_info", {"limit": 1.5}, ["limit"]),
            ("get_scene_info", {"detial": "full"}, ["detial", "detail"]),
            ("execute_blender_code", {}, ["code"]),
            ("execute_blender_code", {"code": 1}, ["code"]),
            ("render", {"samples": 0}, ["samples"]),
            ("render", {"resolution": [64]}, ["resolution"]),
            ("render", {"engine": "luxcore"}, ["engine", "cycles"]),
            ("manage_file", {"action": "delete"}, ["action", "save_as"]),
            ("get_blender_status", {"verbose": True}, ["verbose"]),
        ]:
            with self.subTest(tool=tool, arguments=str(arguments)[:80]):
                text = client.refuse(tool, **arguments)
                for part in parts:
                    self.assertIn(part, text)
                self.assertLess(len(text), 2000)

    def test_arguments_must_be_an_object(self) -> None:
        client = self.connect()
        for arguments in [[], "x", 1, None]:
            with self.subTest(arguments):
                reply = client.request("tools/call", {"name": "get_blender_status", "arguments": arguments})
                self.assertTrue(reply.get("error") or reply["result"]["isError"], reply)


class ToolListTest(ProtocolTestCase):
    def test_tools_describe_themselves(self) -> None:
        client = self.connect()
        tools = client.result("tools/list")["tools"]
        self.assertEqual(len({tool["name"] for tool in tools}), len(tools))
        for tool in tools:
            with self.subTest(tool["name"]):
                self.assertRegex(tool["name"], "^[a-z_]{1,64}$")
                self.assertTrue(tool["title"] and tool["description"])
                self.assertEqual(tool["inputSchema"]["type"], "object")
                self.assertIs(tool["inputSchema"]["additionalProperties"], False)
                self.assertEqual(tool["outputSchema"]["type"], "object")
                # What is left out is so by default: not read-only, destructive, not idempotent, open to the world.
                self.assertTrue(tool["annotations"].get("readOnlyHint") or "destructiveHint" in tool["annotations"])

    def test_the_list_is_the_same_each_time(self) -> None:
        client = self.connect()
        first, second = (client.request("tools/list")["result"] for _ in range(2))
        self.assertEqual(first, second)


class NoBlenderTest(DaemonTestCase):
    ARGUMENTS: Json = {
        "create_objects": {"items": [{"kind": "cube"}]}, "update_objects": {"items": [{"name": "A", "scale": [1, 1, 1]}]},
        "delete_objects": {"names": ["A"]}, "set_material": {"objects": ["A"], "material": {}},
        "get_object_info": {"names": ["A"]}, "execute_blender_code": {"code": "pass"}, "manage_file": {"action": "new"},
        "edit_nodes": {"tree": {"kind": "world"}}, "set_scene": {"camera": "Camera"},
        "inspect_data": {"path": "bpy.data"}, "lookup_api": {"query": "Object"}, "duplicate_objects": {"names": ["A"]},
        "set_modifiers": {"objects": ["A"], "operations": [{"remove": "Bevel"}]},
        "manage_instances": {"action": "start"}, "history": {"action": "undo"},
        "batch": {"steps": [{"tool": "get_scene_info", "arguments": {}}]},
    }

    def test_every_tool_says_how_to_fix_it(self) -> None:
        client = self.start(blender="/nonexistent/blender", env={"PATH": "", "HOME": ""})
        for tool in client.result("tools/list")["tools"]:
            with self.subTest(tool["name"]):
                reply = client.reply(client.start_call(tool["name"], self.ARGUMENTS.get(tool["name"])), patience=5)
                text = error_text(reply["result"])
                self.assertIn("/nonexistent/blender", text)
                self.assertIn("blender.executable", text)
                if tool["name"] != "get_blender_status":
                    self.assertTrue(reply["result"]["isError"])
                if "destructiveHint" in tool["annotations"] and tool["name"] not in KEEP_THE_SCENE:
                    self.assertIn("Nothing was changed", text)

    def test_what_is_no_blender(self) -> None:
        broken = self.world.folder / "broken"
        for label, text, part in [("silent", "#!/bin/sh\nexit 3\n", "exit code 3"),
                                  ("talkative", "#!/bin/sh\necho 'cannot open libfoo.so'\nexit 127\n", "libfoo"),
                                  ("not a program", "nonsense\n", "broken")]:
            with self.subTest(label):
                broken.write_text(text)
                broken.chmod(0o755)
                client = self.start(blender=str(broken))
                answer = client.refuse("get_scene_info")
                self.assertIn(part, answer)
                self.assertNotIn("not ready within", answer)
                self.assertEqual(client.do("get_blender_status")["state"], "failed")

    def test_one_that_never_gets_ready(self) -> None:
        idle = self.world.folder / "idle"
        idle.write_text("#!/bin/sh\nexec sleep 600\n")
        idle.chmod(0o755)
        client = self.start(blender=str(idle), env={"BLENDER_MCPD_BLENDER_START_TIMEOUT_S": "1"})
        self.assertIn("not ready within 1 s", client.refuse("get_scene_info"))
        self.assertEqual(self.world.blenders(), set())

    def test_launch_never(self) -> None:
        client = self.start("--launch", "never")
        self.assertIn("never", client.refuse("get_scene_info"))
        self.assertEqual(self.world.blenders(), set())
