"""Interrupts, deadlines, and what a script may do to the loop."""

from __future__ import annotations

import unittest
import uuid
from typing import Any

from harness import BlenderTestCase

ENDLESS = {
    "a busy loop": "while True: pass",
    "a sleep": "import time; time.sleep(1000)",
    "a loop that catches Exception": """
import time
while True:
    try:
        time.sleep(0.01)
    except Exception:
        pass""",
    "a lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "a socket": "import socket; a, b = socket.socketpair(); a.recv(1)",
    "a loop over operators": "while True: bpy.ops.object.select_all(action='TOGGLE')",
    "code that swallows the first interrupt": """
try:
    while True: pass
except BaseException:
    pass
while True: pass""",
}


class InterruptTest(BlenderTestCase):
    def start_script(self, code: str, **members: Any) -> tuple[int, str]:
        request_uuid = str(uuid.uuid4())
        request_id = self.client.start("execute_blender_code", {"code": code}, uuid=request_uuid, **members)
        self.wait_for_state("running", request_uuid)
        return request_id, request_uuid

    def test_endless_scripts_are_interrupted(self) -> None:
        for name, code in ENDLESS.items():
            with self.subTest(name):
                request_id, request_uuid = self.start_script(code)
                self.assertEqual(self.client.call("interrupt", uuid=request_uuid), {"state": "interrupting"})
                reply = self.client.reply(request_id)[0]
                self.assertEqual(reply["error"]["kind"], "interrupted")
                self.assertEqual(self.client.run("result = 1 + 1"), 2)

    def test_endless_scripts_end_at_their_deadline(self) -> None:
        for name, code in ENDLESS.items():
            with self.subTest(name):
                reply = self.client.request("execute_blender_code", {"code": code}, deadline_ms=50)
                self.assertEqual(reply["error"]["kind"], "deadline")
                self.assertIn("remedy", reply["error"])

    def test_a_deadline_that_is_met_does_nothing(self) -> None:
        reply = self.client.request("execute_blender_code", {"code": "result = 5"}, deadline_ms=60_000)
        self.assertEqual(reply["result"]["result"], 5)

    def test_an_interrupted_script_tells_how_far_it_came(self) -> None:
        reached = self.blender.folder / "reached"
        code = f"D.objects['Cube'].location.x = 4\nprint('before'); open({str(reached)!r}, 'w').close()\n" \
               "while True:\n    pass"
        request_id, request_uuid = self.start_script(code)
        while not reached.exists():
            self.client.call("ping")
        self.client.call("interrupt", uuid=request_uuid)
        error = self.client.reply(request_id)[0]["error"]
        self.assertEqual(error["details"]["stdout"], "before\n")
        self.assertEqual(error["details"]["changes"]["changed"], {"Cube": ["location"]})
        self.assertIn(error["details"]["line"], (2, 3, 4))
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.assertEqual(self.client.call("outcome", uuid=request_uuid)["state"], "failed")

    def test_interrupt_of_what_does_not_run(self) -> None:
        self.assertEqual(self.client.call("interrupt", uuid="never heard of"), {"state": "not_running"})
        self.client.request("get_scene_info", uuid="done")
        self.assertEqual(self.client.call("interrupt", uuid="done"), {"state": "not_running"})

    def test_a_queued_command_is_dropped(self) -> None:
        gate = self.gate()
        running, _ = self.start_script(gate.code)
        request_uuid = str(uuid.uuid4())
        queued = self.client.start("execute_blender_code", {"code": "D.objects['Cube'].name = 'No'"},
                                   uuid=request_uuid)
        self.wait_for_state("queued", request_uuid)
        self.assertEqual(self.client.call("interrupt", uuid=request_uuid), {"state": "dropped"})
        self.assertEqual(self.client.reply(queued)[0]["error"]["kind"], "not_started")
        gate.open()
        self.assertTrue(self.client.reply(running)[0]["ok"])
        self.assertEqual(self.object("Cube")["name"], "Cube")
        outcome = self.client.call("outcome", uuid=request_uuid)
        self.assertEqual((outcome["state"], outcome["reply"]["error"]["kind"]), ("failed", "not_started"))

    def test_a_deadline_that_passes_in_the_queue(self) -> None:
        gate = self.gate()
        running, _ = self.start_script(gate.code)
        reply = self.client.request("execute_blender_code", {"code": "pass"}, deadline_ms=20)
        self.assertEqual(reply["error"]["kind"], "not_started")
        self.assertIn("deadline", reply["error"]["message"])
        gate.open()
        self.assertTrue(self.client.reply(running)[0]["ok"])

    def test_exceptions_that_end_other_programs(self) -> None:
        cases = {
            "import sys; sys.exit(3)": "SystemExit: 3 (line 1)",
            "raise SystemExit": "SystemExit (line 1)",
            "raise KeyboardInterrupt": "KeyboardInterrupt (line 1)",
            "raise BaseException('x')": "BaseException: x (line 1)",
            "raise GeneratorExit": "GeneratorExit (line 1)",
            "def f(): f()\nf()": "RecursionError: maximum recursion depth exceeded (line 1)",
        }
        for code, message in cases.items():
            with self.subTest(code):
                error = self.assertFails("script", "execute_blender_code", {"code": code})
                self.assertEqual(error["message"], message)

    def test_a_script_that_breaks_stdout_breaks_it_for_itself_alone(self) -> None:
        self.client.call("execute_blender_code", code="import sys; sys.stdout = sys.stderr = None")
        result = self.client.call("execute_blender_code", code="print('still here')")
        self.assertEqual(result["stdout"], "still here\n")


if __name__ == "__main__":
    unittest.main()
