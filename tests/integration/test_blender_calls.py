"""Calls that overlap: what is slow delays nothing, and can be cancelled."""

from __future__ import annotations

from client import SharedDaemonTestCase, error_text
from world import Signal, wait_until


class OverlapTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.signal = Signal(self.world, self.id())
        self.addCleanup(self.signal.close)

    def start_script(self, rest: str, **arguments: object) -> int:
        call = self.client.start_call("execute_blender_code", {"code": self.signal.code + rest, **arguments})
        self.signal.wait()
        return call

    def cancel(self, call: int) -> None:
        self.client.notify("notifications/cancelled", {"requestId": call, "reason": "a test"})

    def replied(self, call: int) -> bool:
        return any(message.get("id") == call for message in self.client.waiting())

    def test_ping_and_status_while_a_script_runs(self) -> None:
        call = self.start_script("import time\ntime.sleep(5)\nresult = 'slept'")
        for _ in range(20):
            self.assertEqual(self.client.result("ping"), {})
        self.assertTrue(self.client.result("tools/list")["tools"])
        status = self.client.do("get_blender_status")
        self.assertEqual(status["state"], "busy")
        self.assertEqual(status["blender"]["running"]["op"], "execute_blender_code")
        self.assertFalse(self.replied(call), "the script was over before it could delay anything")
        self.assertEqual(self.client.finish_call("execute_blender_code", call)["structuredContent"]["result"], "slept")

    def test_cancel_an_endless_loop(self) -> None:
        call = self.start_script("while True: pass")
        self.cancel(call)
        self.assertEqual(self.client.run("result = 1"), 1)
        self.assertFalse(self.replied(call))

    def test_cancel_a_sleep(self) -> None:
        call = self.start_script("import time; time.sleep(3600)")
        self.cancel(call)
        self.assertEqual(self.client.run("result = 1"), 1)
        self.assertFalse(self.replied(call))

    def test_cancel_a_script_that_holds_on(self) -> None:
        stubborn = Signal(self.world, "stubborn")
        self.addCleanup(stubborn.close)
        call = self.start_script("caught = 0\nwhile caught < 3:\n    try:\n        "
                                 f"{stubborn.code}        while True: pass\n    except BaseException: caught += 1")
        stubborn.wait()
        self.cancel(call)
        result = self.client.call("execute_blender_code", {"code": "result = 1"})
        if result.get("isError"):  # it had to be ended the hard way; the next call has a new Blender
            self.assertIn("Blender", error_text(result))
            self.assertEqual(self.client.run("result = 1"), 1)
        self.assertFalse(self.replied(call))

    def test_cancel_what_waits(self) -> None:
        running = self.start_script("while True: pass")
        waiting = self.client.start_call("execute_blender_code", {"code": "D.objects['Cube'].location.x = 7"})
        wait_until(lambda: self.client.do("get_blender_status")["blender"]["queue"] == 1, "it never came to the queue")
        self.cancel(waiting)
        wait_until(lambda: self.client.do("get_blender_status")["blender"]["queue"] == 0, "it stayed in the queue")
        self.cancel(running)
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])
        self.assertFalse(self.replied(waiting) or self.replied(running))

    def test_cancel_of_nothing(self) -> None:
        for params in [{"requestId": 123456}, {"requestId": "x"}, {"requestId": None}, {}, {"requestId": [1]}]:
            self.client.notify("notifications/cancelled", params)
        done = self.client.start_call("get_scene_info")
        self.client.finish_call("get_scene_info", done)
        self.cancel(done)
        self.assertEqual(self.client.result("ping"), {})

    def test_calls_run_in_their_order(self) -> None:
        calls = [self.client.start_call("execute_blender_code", {"namespace": "session", "code":
                 f"order = globals().get('order', []) + [{index}]\nresult = order"}) for index in range(30)]
        last = [self.client.finish_call("execute_blender_code", call) for call in calls][-1]
        self.assertEqual(last["structuredContent"]["result"], list(range(30)))

    def test_many_at_once(self) -> None:
        calls = [self.client.start_call("execute_blender_code", {"code": f"result = {index}"}) for index in range(200)]
        for index, call in enumerate(calls):
            result = self.client.finish_call("execute_blender_code", call)
            self.assertEqual(result["structuredContent"]["result"], index)

    def test_the_id_of_a_running_call_cannot_be_used_again(self) -> None:
        call = self.start_script("while True: pass")
        self.client.send({"id": call, "method": "tools/call", "params": {"name": "get_scene_info"}})
        self.assertEqual(self.client.reply(call)["error"]["code"], -32600)
        self.cancel(call)
        self.assertEqual(self.client.run("result = 1"), 1)
