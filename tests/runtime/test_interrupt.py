"""Interrupts, deadlines, and what a script may do to the loop."""

from __future__ import annotations

import collections
import os
import random
import time
import unittest
import uuid
from pathlib import Path
from typing import Any

from harness import PATIENCE_S, BlenderTestCase

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
    "code that swallows every interrupt": """
import time
while True:
    try: time.sleep(0.1)
    except: pass""",
    "functions that swallow every interrupt": """
import contextlib, time
def step():
    with contextlib.suppress(BaseException):
        time.sleep(1000)
while True:
    try: step()
    finally: continue""",
    "an operator of its own": """
class Endless(bpy.types.Operator):
    bl_idname, bl_label = 'object.endless', 'Endless'
    def execute(self, context):
        while True: pass
bpy.utils.register_class(Endless)
while True:
    try: bpy.ops.object.endless()
    except Exception: pass""",
    "evaluation, with a handler that is slow": """
def slow(*args): sum(range(10_000))
bpy.app.handlers.depsgraph_update_post.append(slow)
try:
    while True:
        D.objects['Cube'].location.x += 1
        C.view_layer.update()
finally: bpy.app.handlers.depsgraph_update_post.remove(slow)""",
    "a handler that never returns": """
def endless(*args):
    while True: pass
bpy.app.handlers.depsgraph_update_post.append(endless)
try:
    D.objects['Cube'].location.x += 1
    C.view_layer.update()
    while True: pass
finally: bpy.app.handlers.depsgraph_update_post.remove(endless)""",
    "a driver that never returns": """
def endless():
    while True: pass
bpy.app.driver_namespace['endless'] = endless
D.objects['Cube'].driver_add('location', 0).driver.expression = 'endless()'
C.view_layer.update()
while True: pass""",
}

RENDER = """
C.scene.render.engine, C.scene.cycles.samples, C.scene.cycles.tile_size = 'CYCLES', 100_000, 64
C.scene.cycles.use_denoising = C.scene.cycles.use_adaptive_sampling = False
C.scene.render.resolution_x = C.scene.render.resolution_y = 256
def tell(*args): open({path!r}, 'w').close()
bpy.app.handlers.render_pre.append(tell)
try: bpy.ops.render.render()
finally: bpy.app.handlers.render_pre.remove(tell)
print('went on')
"""


class InterruptTest(BlenderTestCase):
    short_deadline_ms = 100  # for what begins at once

    def run_into_deadline(self, code: str, deadline_ms: int) -> dict[str, Any]:
        return self.client.request("execute_blender_code", {"code": code}, deadline_ms=deadline_ms)

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
        error, request_uuid = self.interrupt_when(code, reached)
        self.assertEqual(error["details"]["stdout"], "before\n")
        self.assertEqual(error["details"]["changes"]["changed"], {"Cube": ["location"]})
        self.assertIn(error["details"]["line"], (2, 3, 4))
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.assertEqual(self.client.call("outcome", uuid=request_uuid)["state"], "failed")

    def interrupt_when(self, code: str, reached: Path) -> tuple[dict[str, Any], str]:
        """The error and the uuid of a script that is interrupted as soon as that file is there."""
        reached.unlink(missing_ok=True)
        request_id, request_uuid = self.start_script(code)
        give_up = time.monotonic() + PATIENCE_S
        while not reached.exists():
            if time.monotonic() > give_up:
                self.fail("the script never came there")
            time.sleep(0.002)
        self.client.call("interrupt", uuid=request_uuid)
        return self.client.reply(request_id)[0]["error"], request_uuid

    def test_a_partial_edit_is_one_step_that_can_be_undone(self) -> None:
        reached = self.blender.folder / "reached"
        code = f"""
D.objects['Cube'].location.x = 4
bpy.ops.mesh.primitive_cube_add()
bpy.ops.object.mode_set(mode='EDIT')
bpy.ops.mesh.subdivide()
open({str(reached)!r}, 'w').close()
while True: pass"""
        before = self.client.call("history", action="list")["undo"]
        error, _ = self.interrupt_when(code, reached)
        self.assertEqual(error["details"]["changes"]["added"], ["Cube.001"])
        self.assertEqual(self.client.run("result = [C.mode, len(D.meshes['Cube.001'].vertices)]"), ["OBJECT", 26])
        told = self.client.call("history", action="list")["undo"]
        self.assertEqual(told, ["Script", *before])
        changes = self.client.call("history", action="undo")["changes"]
        self.assertEqual((changes["removed"], changes["changed"]["Cube"]), (["Cube.001"], ["location"]))
        self.assertEqual(self.client.run("result = [C.mode, list(D.objects['Cube'].location)]"), ["OBJECT", [0, 0, 0]])

    def test_renders_of_scripts_are_cancelled_as_often_as_needed(self) -> None:
        reached = self.blender.folder / "rendering"
        for _ in range(2):
            error, _ = self.interrupt_when(RENDER.format(path=str(reached)), reached)
            self.assertEqual(error["kind"], "interrupted")
            self.assertEqual(error["details"]["stdout"], "")
        quick = "C.scene.cycles.samples = 1\nresult = list(bpy.ops.render.render())"
        self.assertEqual(self.client.run(quick), ["FINISHED"])

    def test_a_script_is_interrupted_after_a_render_that_failed(self) -> None:
        failing = "C.scene.render.engine, C.scene.camera = 'CYCLES', None\nC.scene.cycles.samples = 1\n"
        for scene in (failing, failing + "C.scene.camera = D.objects['Camera']\nC.scene.cycles.use_denoising = True\n",
                      failing + "C.scene.camera = D.objects['Camera']\nC.scene.render.filepath = '/proc/nowhere/'\n"):
            with self.subTest(scene):
                code = scene + "try: bpy.ops.render.render(write_still=True)\nexcept RuntimeError: pass\nwhile True: pass"
                reply = self.run_into_deadline(code, 2000)
                self.assertEqual(reply["error"]["kind"], "deadline")

    def test_a_handler_that_never_returns_stops_no_later_call(self) -> None:
        code = "def endless(*args):\n    while True: pass\n" \
               "bpy.app.handlers.depsgraph_update_post.append(endless)\nD.objects['Cube'].location.x += 1"
        deadline = self.short_deadline_ms
        self.client.request("execute_blender_code", {"code": code}, deadline_ms=deadline)
        created = self.client.request("create_objects", {"items": [{"kind": "cube", "name": "Box"}]}, deadline_ms=deadline)
        self.assertTrue(created["ok"], created)
        self.client.run("bpy.app.handlers.depsgraph_update_post.clear()")
        generation = self.client.call("status")["generation"]
        self.client.run("D.objects['Cube'].data.vertices[0].co.x += 1; D.objects['Cube'].data.update_tag()")
        self.assertGreater(self.client.call("status")["generation"], generation)  # the runtime's own is there again

    def test_an_interrupt_in_the_moment_of_the_end_hits_no_other_call(self) -> None:
        rounds = int(os.environ.get("BLENDER_MCPD_TEST_INTERRUPTS", "500"))
        seed = random.randrange(2**32)
        print(f"interrupts: seed {seed}")
        chance = random.Random(seed)
        other = self.connect()
        kinds: collections.Counter[str] = collections.Counter()
        for index in range(rounds):
            request_uuid = str(uuid.uuid4())
            # From an empty script to one of about 1 ms, the time between request and reply.
            code = f"for i in range({chance.randrange(20_000)}): pass\nD.objects['Cube']['n'] = {index}\nresult = {index}"
            request_id = self.client.start("execute_blender_code", {"code": code}, uuid=request_uuid)
            for _ in range(chance.randrange(3)):
                other.call("ping")
            if chance.random() < 0.8:
                other.call("interrupt", uuid=request_uuid)
            follower = self.client.start("execute_blender_code", {"code": f"result = -{index}"})
            reply = self.client.reply(request_id)[0]
            kinds[reply["error"]["kind"] if not reply["ok"] else "ok"] += 1
            if reply["ok"]:
                self.assertEqual(reply["result"]["result"], index)
            else:
                self.assertIn(reply["error"]["kind"], ("interrupted", "not_started"), reply)
            after = self.client.reply(follower)[0]
            self.assertTrue(after["ok"], after)
            self.assertEqual(after["result"]["result"], -index)
        self.assertEqual(self.client.events, [])
        self.assertGreater(min(kinds["ok"], kinds["interrupted"]), 0, kinds)
        # Every request had one answer: nothing else is on the wire before that of a ping.
        self.client.call("ping")
        self.assertEqual(self.client._replies, {})

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
