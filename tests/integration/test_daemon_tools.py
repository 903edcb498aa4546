"""Which tools a client gets, by the settings in [tools]."""

from __future__ import annotations

import json

from client import DaemonTestCase


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class ToolsTest(DaemonTestCase):
    def tools(self, **settings: str) -> list[str]:
        client = self.start(env={f"BLENDER_MCPD_TOOLS_{key.upper()}": value for key, value in settings.items()})
        return [tool["name"] for tool in client.result("tools/list")["tools"]]

    def test_the_minimal_set(self) -> None:
        self.assertEqual(self.tools(set="minimal"),
                         ["get_blender_status", "get_scene_info", "get_object_info", "get_viewport_screenshot",
                          "execute_blender_code"])

    def test_what_a_model_has_to_read_stays_small(self) -> None:
        for tool_set, most in (("minimal", 6 * 1024), ("standard", 24 * 1024)):
            with self.subTest(tool_set):
                listed = self.start(env={"BLENDER_MCPD_TOOLS_SET": tool_set}).result("tools/list")
                sizes = {tool["name"]: len(compact(tool)) for tool in listed["tools"]}
                print(f"tools/list, {tool_set}: {len(compact(listed))} bytes, {sizes}", flush=True)
                self.assertLess(len(compact(listed)), most)

    def test_single_tools(self) -> None:
        everything = self.tools()
        names = self.tools(disable="execute_blender_code, history")
        self.assertEqual(names, [name for name in everything if name not in ("execute_blender_code", "history")])
        self.assertIn("render", self.tools(set="minimal", enable="render"))

    def test_read_only_has_no_tool_that_edits(self) -> None:
        client = self.start(env={"BLENDER_MCPD_TOOLS_READ_ONLY": "true"})
        tools = client.result("tools/list")["tools"]
        self.assertIn("get_scene_info", [tool["name"] for tool in tools])
        self.assertTrue(all(tool["annotations"].get("readOnlyHint") for tool in tools))
        (render,) = [tool for tool in tools if tool["name"] == "render"]
        self.assertNotIn("output", render["inputSchema"]["properties"])
        self.assertIn("kind: unknown property", client.refuse("render", kind="animation", output="/tmp/x.mp4"))
        answer = client.request("tools/call", {"name": "create_objects", "arguments": {"items": [{"kind": "cube"}]}})
        self.assertEqual(answer["error"]["code"], -32602)
        self.assertIn("create_objects", answer["error"]["message"])

    def test_who_calls_a_tool_of_another_set_is_told_what_to_do(self) -> None:
        client = self.start()
        error = client.request("tools/call", {"name": "export_file", "arguments": {}})["error"]
        self.assertEqual(error["code"], -32602)
        for part in ("Unknown tool: export_file", 'set "full"', "tools.enable"):
            self.assertIn(part, error["message"])

    def test_a_tool_that_is_off_is_no_step_of_a_batch(self) -> None:
        client = self.start(env={"BLENDER_MCPD_TOOLS_DISABLE": "execute_blender_code"})
        text = client.refuse("batch", steps=[{"tool": "execute_blender_code", "arguments": {"code": "x = 1"}}])
        self.assertIn("steps[0].tool", text)
