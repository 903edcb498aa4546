"""batch through the daemon: one edit, or none."""

from __future__ import annotations

from typing import Any

from client import SharedDaemonTestCase, error_text


def step(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"tool": tool, "arguments": arguments}


class BatchTest(SharedDaemonTestCase):
    def error(self, *steps: dict[str, Any], **arguments: Any) -> dict[str, Any]:
        result = self.client.call("batch", {"steps": list(steps), **arguments})
        self.assertTrue(result["isError"], result)
        return result

    def about(self, result: dict[str, Any]) -> dict[str, Any]:
        return result["_meta"]["blender-mcpd/error"]

    def test_a_table_in_one_call(self) -> None:
        legs = [{"kind": "cube", "name": f"Leg {index}", "size": 0.1} for index in range(4)]
        done = self.client.do("batch", label="Table", steps=[
            step("create_objects", items=[{"kind": "cube", "name": "Top", "scale": [2, 1, 0.1]}, *legs]),
            step("set_material", objects=["Top"], material={"name": "Wood", "base_color": "#8b5a2b"}),
            step("execute_blender_code", code="result = D.objects['Top'].active_material.name"),
            step("get_object_info", names=["Leg 3"])])
        self.assertEqual([one["tool"] for one in done["steps"]],
                         ["create_objects", "set_material", "execute_blender_code", "get_object_info"])
        self.assertEqual(done["steps"][2]["result"]["result"], "Wood")
        self.assertIn("Top", done["changes"]["added"])
        self.assertEqual(self.client.do("history", action="undo")["steps"], ["Table"])
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_a_failing_step_is_named_and_nothing_remains(self) -> None:
        result = self.error(step("create_objects", items=[{"kind": "cube", "name": "A"}]),
                            step("update_objects", items=[{"name": "Cub", "location": [1, 2, 3]}]))
        text = error_text(result)
        for part in ("steps[1].arguments.items[0].name (update_objects): ", "rolled back", "Cube", "Nothing was changed in the scene."):
            self.assertIn(part, text)
        self.assertEqual(self.about(result)["outcome"], "not_applied")
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_a_failing_script_shows_its_lines(self) -> None:
        result = self.error(step("create_objects", items=[{"kind": "cube", "name": "A"}]),
                            step("execute_blender_code", code="print('here')\nnonsense"))
        text = error_text(result)
        for part in ("NameError", "line 2", "Traceback", "here", "Nothing was changed in the scene."):
            self.assertIn(part, text)
        self.assertEqual(self.about(result)["outcome"], "not_applied")
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_not_atomic_says_what_remains(self) -> None:
        result = self.error(step("create_objects", items=[{"kind": "cube", "name": "A"}]),
                            step("delete_objects", names=["Nobody"]), atomic=False)
        self.assertIn("Before it failed it had added A. These changes remain", error_text(result))
        self.assertEqual(self.names(), ["A", "Camera", "Cube", "Light"])

    def test_cancelling_leaves_nothing(self) -> None:
        call = self.client.start_call("batch", {"steps": [
            step("create_objects", items=[{"kind": "cube", "name": "A"}]),
            step("execute_blender_code", code="while True: pass")]}, token="batch")
        self.client.take(lambda message: message.get("method") == "notifications/progress", "progress")
        self.client.notify("notifications/cancelled", {"requestId": call})
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_a_time_limit_leaves_nothing(self) -> None:
        result = self.error(step("create_objects", items=[{"kind": "cube", "name": "A"}]),
                            step("execute_blender_code", code="while True: pass"), timeout_s=0.3)
        self.assertEqual(self.about(result), {"code": "timeout", "outcome": "not_applied"})
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
