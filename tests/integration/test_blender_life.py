"""Blender's life and the daemon's: death of either, at any moment, leaves nothing behind and is told as it is."""

from __future__ import annotations

import os
import signal

from client import Client, DaemonTestCase, Json, error_text
from world import UNCONFINED, UNHOOKED, Signal, running, wait_until

ENDLESS_RENDER: Json = {"engine": "cycles", "samples": 4096, "resolution": [2000, 2000]}
PROMPTLY_S = 10  # the daemon promises a second; a loaded machine may take its time


class LifeTestCase(DaemonTestCase):
    def start_script(self, client: Client, rest: str) -> int:
        """A script that runs; returns once it has begun."""
        begun = Signal(self.world, f"signal-{client.process.pid}")
        self.addCleanup(begun.close)
        call = client.start_call("execute_blender_code", {"code": begun.code + rest})
        begun.wait()
        return call

    def start_render(self, client: Client) -> int:
        """An endless render in a throwaway Blender; returns once it has its first sample."""
        call = client.start_call("render", ENDLESS_RENDER, "first")
        client.take(lambda message: message.get("method") == "notifications/progress", "first sample")
        self.assertEqual(len(self.world.blenders()), 2)
        return call

    def assert_alone(self) -> None:
        """No Blender is left, at once: the daemon ended them before itself, or the kernel did."""
        wait_until(lambda: not self.world.processes(), "a process outlived the daemon", PROMPTLY_S)


class BlenderDiesTest(LifeTestCase):
    def test_in_the_middle_of_a_call(self) -> None:
        client = self.start()
        call = self.start_script(client, "while True: pass")
        first = self.the_blender()
        os.kill(first, signal.SIGKILL)
        result = client.finish_call("execute_blender_code", call)
        self.assertTrue(result["isError"])
        for part in ["Blender ended", "signal 9", "execute_blender_code", "may or may not"]:
            self.assertIn(part, error_text(result))
        self.assertEqual(client.run("result = len(D.objects)"), 3)
        self.assertNotEqual(self.the_blender(), first)

    def test_in_the_middle_of_a_call_that_only_reads(self) -> None:
        client = self.start()
        blocker = self.start_script(client, "while True: pass")
        reading = client.start_call("get_scene_info")
        wait_until(lambda: client.do("get_blender_status")["blender"]["queue"] == 1, "it never came to the queue")
        os.kill(self.the_blender(), signal.SIGKILL)
        text = error_text(client.finish_call("get_scene_info", reading))
        self.assertIn("Blender ended", text)
        self.assertNotIn("may or may not", text)
        client.finish_call("execute_blender_code", blocker)
        client.do("get_scene_info")

    def test_between_two_calls(self) -> None:
        client = self.start()
        client.do("get_scene_info")
        os.kill(self.the_blender(), signal.SIGKILL)
        wait_until(lambda: client.do("get_blender_status")["state"] == "failed", "its death was not noticed")
        text = client.refuse("get_scene_info")
        self.assertIn("signal 9", text)
        self.assertIn("lost", text)
        self.assertEqual(client.do("get_scene_info")["object_count"], 3)

    def test_while_it_starts(self) -> None:
        client = self.start()
        call = client.start_call("get_scene_info")
        wait_until(lambda: bool(self.world.blenders()), "no Blender was started")
        os.kill(self.the_blender(), signal.SIGKILL)
        result = client.finish_call("get_scene_info", call)
        self.assertTrue(result["isError"])
        self.assertIn("while starting", error_text(result))
        client.do("get_scene_info")

    def test_by_its_own_script(self) -> None:
        client = self.start(env=UNHOOKED)
        result = client.call("execute_blender_code", {"code": "import ctypes; ctypes.CDLL(None)._exit(7)"})
        self.assertIn("exit code 7", error_text(result))
        client.do("get_scene_info")

    def test_by_a_crash(self) -> None:
        client = self.start(env=UNHOOKED)
        result = client.call("execute_blender_code", {"code": "import ctypes; ctypes.string_at(0)"})
        self.assertTrue(result["isError"])
        self.assertIn("Blender ended", error_text(result))
        client.do("get_scene_info")

    def test_its_children_die_with_it(self) -> None:
        client = self.start(env=UNCONFINED)
        child = client.run("import subprocess\nresult = subprocess.Popen(['/bin/sleep', '600']).pid")
        self.assertTrue(running(child))
        client.run("import os\nos.system('echo from a shell')")
        self.assertEqual(client.impure, [])  # none of that was taken for a message
        os.kill(self.the_blender(), signal.SIGKILL)
        wait_until(lambda: not running(child), "its child lives on", PROMPTLY_S)


class DaemonEndsTest(LifeTestCase):
    def test_end_of_input_while_idle(self) -> None:
        client = self.start()
        client.do("get_scene_info")
        client.close_input()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assert_alone()

    def test_end_of_input_in_the_middle_of_a_render(self) -> None:
        client = self.start()
        call = self.start_render(client)
        client.close_input()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assertTrue(client.finish_call("render", call)["isError"])
        self.assert_alone()

    def test_end_of_input_in_the_middle_of_a_script(self) -> None:
        client = self.start()
        self.start_script(client, "while True: pass")
        client.close_input()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assert_alone()

    def test_end_of_input_while_blender_starts(self) -> None:
        client = self.start()
        client.start_call("get_scene_info")
        wait_until(lambda: bool(self.world.blenders()), "no Blender was started")
        client.close_input()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assert_alone()

    def test_short_calls_finish_after_the_end_of_input(self) -> None:
        client = self.start()
        client.do("get_scene_info")
        call = client.start_call("execute_blender_code", {"code": "result = 42"})
        client.close_input()
        self.assertEqual(client.finish_call("execute_blender_code", call)["structuredContent"]["result"], 42)
        self.assertEqual(client.wait(PROMPTLY_S), 0)

    def test_signal_while_idle(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                client = self.start()
                client.do("get_scene_info")
                client.process.send_signal(number)
                self.assertEqual(client.wait(PROMPTLY_S), 0)
                self.assert_alone()

    def test_signal_in_the_middle_of_a_call(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                client = self.start()
                call = self.start_script(client, "while True: pass")
                client.process.send_signal(number)
                self.assertEqual(client.wait(PROMPTLY_S), 0)
                result = client.finish_call("execute_blender_code", call)
                self.assertIn("shut", error_text(result))
                self.assert_alone()

    def test_signal_in_the_middle_of_a_render(self) -> None:
        client = self.start()
        self.start_render(client)
        client.process.terminate()
        self.assertEqual(client.wait(PROMPTLY_S), 0)
        self.assert_alone()

    def test_blender_dies_with_a_killed_daemon(self) -> None:
        client = self.start()
        self.start_render(client)
        client.process.kill()
        client.wait()
        self.assert_alone()
        # What it could not remove itself, the next start does.
        self.assertEqual(len(self.world.private_folders()), 2)
        second = self.start()
        second.do("get_scene_info")
        self.assertEqual(len(self.world.private_folders()), 1)


class TwoDaemonsTest(LifeTestCase):
    def test_each_has_its_own_blender_and_scene(self) -> None:
        first, second = self.start(), self.start()
        first.do("create_objects", items=[{"kind": "cube", "name": "First"}])
        second.do("create_objects", items=[{"kind": "cube", "name": "Second"}])
        self.assertEqual(len(self.world.blenders()), 2)
        names = "result = sorted(o.name for o in D.objects if o.name in ('First', 'Second'))"
        self.assertEqual((first.run(names), second.run(names)), (["First"], ["Second"]))
        first.close_input()
        self.assertEqual(first.wait(PROMPTLY_S), 0)
        self.assertEqual(second.run(names), ["Second"])
        self.assertEqual(len(self.world.private_folders()), 1)


class StartTest(LifeTestCase):
    def test_nothing_is_started_before_it_is_needed(self) -> None:
        client = self.start()
        client.result("ping")
        status = client.do("get_blender_status")
        self.assertEqual(status["state"], "not_running")
        self.assertEqual(self.world.blenders(), set())

    def test_all_who_need_it_wait_for_one_start(self) -> None:
        client = self.start()
        calls = [client.start_call("get_scene_info") for _ in range(8)]
        for call in calls:
            self.assertEqual(client.finish_call("get_scene_info", call)["structuredContent"]["object_count"], 3)
        self.the_blender()

    def test_a_cancelled_caller_does_not_stop_the_start(self) -> None:
        client = self.start()
        client.notify("notifications/cancelled", {"requestId": client.start_call("get_scene_info")})
        client.do("get_scene_info")
        self.the_blender()

    def test_a_listener_is_reported_and_nothing_started(self) -> None:
        self.world.listen()
        client = self.start()
        status = client.do("get_blender_status")
        self.assertEqual((status["state"], status["endpoint"]["port"]), ("foreign_service", self.world.port))
        text = client.refuse("get_scene_info")
        self.assertIn(str(self.world.port), text)
        self.assertIn("always", text)
        self.assertEqual(self.world.blenders(), set())

    def test_launch_always_starts_one_in_spite_of_a_listener(self) -> None:
        self.world.listen()
        client = self.start("--launch", "always")
        self.assertEqual(client.do("get_scene_info")["object_count"], 3)
        self.the_blender()

    def test_the_configured_file_is_open(self) -> None:
        path = str(self.world.folder / "own.blend")
        maker = self.start()
        maker.do("create_objects", items=[{"kind": "cube", "name": "Mine"}])
        maker.do("manage_file", action="save_as", path=path)
        client = self.start("--blend-file", path)
        scene = client.do("get_scene_info")
        self.assertEqual((scene["file"], scene["object_count"]), (path, 4))

    def test_a_foreign_python_on_path_does_not_matter(self) -> None:
        client = self.start(env={"PYTHONPATH": "/nonexistent", "PYTHONHOME": "/nonexistent", "DISPLAY": ":99"})
        client.do("get_scene_info")
