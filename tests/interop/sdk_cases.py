"""The cases of the daemon with a Blender that every SDK client must pass, whichever way it comes."""

from __future__ import annotations

import time
from typing import Any

from client_case import ClientCase
from expectations import INVALID_CALL, INVALID_FIELD, VALID_CALLS, check_png, check_tools, error_text, structured
from session import CallFailed, Session
from stage import END_S, PATIENCE_S, descendants, ends, product_command

INVALID_PARAMS = -32602
SCENE = "blender://default/scene"
ENDLESS = {"code": "while True: pass"}
LONG_RENDER = {"engine": "cycles", "samples": 4096, "resolution": [1024, 1024]}


class SdkCases(ClientCase):
    @classmethod
    def command(cls) -> list[str]:
        return product_command()

    def status(self, session: Session | None = None) -> dict[str, Any]:
        return structured(self, (session or self.session).call("get_blender_status"))

    def wait_for_state(self, state: str, session: Session | None = None) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (status := self.status(session))["state"] != state:
            self.assertLess(time.monotonic(), deadline, f"waited for {state}, last seen: {status}")

    def test_connection(self) -> None:
        self.assertEqual(self.session.connection["protocol"], self.protocol)
        self.assertEqual(self.session.connection["server"]["name"], "blender-mcpd")
        self.assertIn("get_scene_info", self.session.connection["instructions"])

    def test_tools_are_listed(self) -> None:
        check_tools(self, self.tools)

    def test_every_tool_conforms_to_its_output_schema(self) -> None:
        for tool, arguments in VALID_CALLS:
            with self.subTest(tool):
                structured(self, self.session.call(tool, arguments))  # throws when the client refuses the result

    def test_status(self) -> None:
        self.session.call("get_scene_info")
        self.assertEqual(self.status()["state"], "ready")

    def test_scene_info(self) -> None:
        scene = structured(self, self.session.call("get_scene_info"))
        self.assertEqual(scene["scene"], "Scene")
        self.assertEqual(scene["object_count"], sum(scene["counts"].values()))

    def test_created_objects_are_there(self) -> None:
        self.session.call("manage_file", {"action": "new", "discard_changes": True})
        made = structured(self, self.session.call("create_objects", {
            "items": [{"kind": "sphere", "name": "Größe", "location": [1, 2, 3]},
                      {"kind": "empty", "name": "Größe"}]}))
        names = [item["name"] for item in made["created"]]
        self.assertEqual(names, ["Größe", "Größe.001"])
        seen = structured(self, self.session.call("get_object_info", {"names": names}))
        self.assertEqual([item["type"] for item in seen["objects"]], ["MESH", "EMPTY"])
        self.assertEqual(seen["objects"][0]["location"], [1, 2, 3])

    def test_code_is_executed(self) -> None:
        done = structured(self, self.session.call("execute_blender_code", {
            "code": "print('grüezi')\nnumber = 41", "return_expression": "[number + 1, bpy.app.background]"}))
        self.assertEqual(done["stdout"], "grüezi\n")
        self.assertEqual(done["result"], [42, True])

    def test_a_failing_script_is_explained(self) -> None:
        result = self.session.call("execute_blender_code", {"code": "x = 1\nundefined_name"})
        text = error_text(self, result)
        self.assertIn("NameError", text)
        self.assertIn("line 2", text)

    def test_render_returns_an_image(self) -> None:
        result = self.session.call("render", {"engine": "workbench", "resolution": [64, 48]})
        check_png(self, result, 64, 48)

    def test_unknown_tool(self) -> None:
        with self.assertRaisesRegex(CallFailed, "no_such_tool") as caught:
            self.session.call("no_such_tool")
        self.assertEqual(caught.exception.code, INVALID_PARAMS)

    def test_an_invalid_call_names_the_field(self) -> None:
        result = self.session.call(*INVALID_CALL)
        self.assertIn(INVALID_FIELD, error_text(self, result))

    def test_progress_of_a_render(self) -> None:
        call = self.session.start_call("render", {"engine": "cycles", "samples": 64, "resolution": [160, 120]})
        check_png(self, call.result(), 160, 120)
        values = [step["progress"] for step in call.progress]
        self.assertTrue(values, "no progress arrived")
        self.assertEqual(values, sorted(set(values)), "progress must grow")
        for step in call.progress:
            self.assertLessEqual(step["progress"], step.get("total") or float("inf"))

    def test_a_cancelled_call_stops_in_blender(self) -> None:
        self.session.call("get_scene_info")  # Blender is there
        call = self.session.start_call("execute_blender_code", ENDLESS)
        self.wait_for_state("busy")
        self.session.cancel(call)
        with self.assertRaisesRegex(CallFailed, "(?i)cancel"):
            call.result()
        self.wait_for_state("ready")
        structured(self, self.session.call("get_scene_info"))

    def rendering(self, session: Session, before: set[int]) -> set[int]:
        """The processes that render, when there are some."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := descendants(self.server_pid(session)) - before):
            self.assertLess(time.monotonic(), deadline, "it does not render in a Blender of its own")
        return found

    def check_ended(self, processes: set[int]) -> None:
        deadline = time.monotonic() + END_S
        self.assertTrue(all(ends(pid, deadline) for pid in processes), "it goes on rendering")

    def test_a_cancelled_render_ends_its_blender(self) -> None:
        self.session.call("get_scene_info")  # Blender is there
        before = descendants(self.server_pid(self.session))
        call = self.session.start_call("render", LONG_RENDER)
        call.wait_for_progress()
        rendering = self.rendering(self.session, before)
        self.session.cancel(call)
        with self.assertRaisesRegex(CallFailed, "(?i)cancel"):
            call.result()
        self.check_ended(rendering)

    def test_the_user_is_asked_before_a_dangerous_script_runs(self) -> None:
        # In the background it never comes to what the policy sees, and the audit hook would refuse.
        dangerous = {"code": "import os\nif not bpy.app.background:\n    os.system('true')\nbpy.data.objects.new('Proof', None)"}
        is_there = {"code": "pass", "return_expression": "'Proof' in bpy.data.objects"}
        self.session.call("manage_file", {"action": "new", "discard_changes": True})
        for action, run in (("decline", False), ("accept", False), ("accept", True)):
            with self.subTest(action, run=run):
                self.session.answer_with(action, run=run)
                result = self.session.call("execute_blender_code", dangerous)
                self.assertIn("os.system", self.question())
                self.assertEqual(bool(result.get("isError")), not run, result)
                self.assertEqual(structured(self, self.session.call("execute_blender_code", is_there))["result"], run)

    def test_changes_of_the_scene_are_told(self) -> None:
        self.session.call("get_scene_info")  # Blender is there
        self.session.subscribe(SCENE)
        self.session.call("create_objects", {"items": [{"kind": "empty"}]})
        self.session.wait_for_notification("notifications/resources/updated", lambda params: params["uri"] == SCENE)
        self.session.unsubscribe()

    def test_a_render_as_a_task(self) -> None:
        session = self.task_session()
        task = session.start_task("render", {"engine": "workbench", "resolution": [64, 48]})
        check_png(self, session.task_result(task), 64, 48)
        self.assertEqual(session.task_status(task), "completed")

    def test_a_cancelled_task_ends_its_blender(self) -> None:
        session = self.task_session()
        session.call("get_scene_info")  # Blender is there
        before = descendants(self.server_pid(session))
        task = session.start_task("render", LONG_RENDER)
        rendering = self.rendering(session, before)
        self.assertEqual(session.task_status(task), "working")
        session.cancel_task(task)
        self.assertEqual(session.task_status(task), "cancelled")
        self.check_ended(rendering)
