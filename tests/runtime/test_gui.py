"""The runtime as a guest in a Blender with windows, under a virtual display."""

from __future__ import annotations

import os
import time
import unittest
import uuid
from typing import Any

import json

import test_asset_import
import test_asset_model
import test_containment
import test_history
import test_import_export
import test_interrupt
import test_lookup_api
import test_scene_events
import test_viewport
from harness import (PATIENCE_S, RUNTIME_HASH, BlenderTestCase, Client, Display, GuiBlender, between_marks,
                     install_text)

OTHER_HASH = "e" * 64
# Installs another version as an add-on does; `text` is the path of what the daemon would send.
INSTALL = """
import contextlib, io
out = io.StringIO()
with open({text!r}) as file, contextlib.redirect_stdout(out):
    exec(file.read(), {{"bpy": bpy}})
result = out.getvalue()
"""


class GuiTestCase(BlenderTestCase):
    before = ""
    display: Display
    blender: GuiBlender

    @classmethod
    def setUpClass(cls) -> None:
        cls.display = Display()
        cls.addClassCleanup(cls.display.stop)
        cls.blender = GuiBlender(cls.display, cls.before)
        cls.addClassCleanup(cls.blender.stop)

    @classmethod
    def tearDownClass(cls) -> None:
        pass

    def wait_until(self, condition: Any, complaint: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > give_up:
                self.fail(complaint + "\n" + self.blender.output())
            time.sleep(0.01)

    def run_into_deadline(self, code: str, deadline_ms: int) -> dict[str, Any]:
        """Blender may draw first, and then it does not begin in time: it is tried again."""
        for patience in (1, 4, 16):
            reply = self.client.request("execute_blender_code", {"code": code}, deadline_ms=patience * deadline_ms)
            if reply["error"]["kind"] != "not_started":
                break
        return reply

    def settle(self) -> None:
        """Blender's loop has heard of what was done before."""
        self.client.run("bpy.turns = []\nbpy.app.timers.register(lambda: bpy.turns.append(1), first_interval=0.2)")
        self.wait_until(lambda: self.client.run("result = bpy.turns") == [1], "Blender's loop does not turn")

    def assertRefused(self, port: int) -> None:
        def refused() -> bool:
            try:
                Client(port).close()
            except OSError:
                return True
            return False
        self.wait_until(refused, "somebody still listens")


class GuiInterruptTest(GuiTestCase, test_interrupt.InterruptTest):
    """Interrupts by the signal, as in a Blender of ours."""

    short_deadline_ms = 5000  # Blender may draw first

    def test_endless_scripts_end_at_their_deadline(self) -> None:
        for name in ("a busy loop", "a sleep", "a loop over operators"):
            with self.subTest(name):
                reply = self.run_into_deadline(test_interrupt.ENDLESS[name], 2000)
                self.assertEqual(reply["error"]["kind"], "deadline")

    def test_renders_of_scripts_are_cancelled_as_often_as_needed(self) -> None:
        """Not here: the interrupt reaches the script behind the render."""
        code = "C.scene.render.engine, C.scene.render.resolution_percentage = 'CYCLES', 25\n" \
               "C.scene.cycles.samples, C.scene.cycles.use_denoising = 8, False\nbpy.ops.render.render()\nwhile True: pass"
        for _ in range(2):
            reply = self.run_into_deadline(code, 2000)
            self.assertEqual(reply["error"]["kind"], "deadline")

    def test_the_signal_is_ours_during_a_command_only(self) -> None:
        code = "import signal\nresult = signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL"
        self.assertFalse(self.client.run(code))
        between = "import signal\nseen = []\n" \
                  "def look():\n    seen.append(signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL)\n" \
                  "bpy.app.timers.register(look)\nbpy.seen = seen"
        self.client.run(between)
        self.wait_until(lambda: self.client.run("result = bpy.seen") == [True], "the signal is not given back")


class GuiPendingCallTest(GuiTestCase):
    """Somebody else uses SIGUSR1."""

    before = "import signal\nbpy.struck = []\nsignal.signal(signal.SIGUSR1, lambda *_: bpy.struck.append(1))\n"

    def test_loops_are_interrupted_without_the_signal(self) -> None:
        for name in ("a busy loop", "a loop that catches Exception", "a loop over operators",
                     "code that swallows the first interrupt"):
            with self.subTest(name):
                request_uuid = str(uuid.uuid4())
                request_id = self.client.start("execute_blender_code", {"code": test_interrupt.ENDLESS[name]},
                                               uuid=request_uuid)
                self.wait_for_state("running", request_uuid)
                self.client.call("interrupt", uuid=request_uuid)
                self.assertEqual(self.client.reply(request_id)[0]["error"]["kind"], "interrupted")
                reply = self.run_into_deadline(test_interrupt.ENDLESS[name], 2000)
                self.assertEqual(reply["error"]["kind"], "deadline")
        self.assertEqual(self.client.run("result = bpy.struck"), [])
        handler = "import signal\nresult = signal.getsignal(signal.SIGUSR1).__name__"
        self.assertEqual(self.client.run(handler), "<lambda>")


class GuiHistoryTest(GuiTestCase):
    """What is undone is the user's as well."""

    def test_the_runtime_adds_nothing_to_the_history_of_the_user(self) -> None:
        self.client.run("bpy.ops.mesh.primitive_cube_add()\nbpy.ops.ed.undo_push(message='by the user')")
        steps = self.client.call("history", action="list")["undo"]
        self.assertIn("by the user", steps)
        text = self.blender.folder / "other.txt"
        text.write_text(install_text(runtime=OTHER_HASH))
        self.client.run(INSTALL.format(text=str(text)))
        self.assertEqual(self.client.call("history", action="list")["undo"], steps)
        self.blender.enter_again()  # the first one stays, though nobody is connected for a moment

    def test_edits_can_be_undone_and_redone(self) -> None:
        self.client.call("create_objects", items=[{"kind": "cube", "name": "Mine"}])
        self.client.call("history", action="undo")
        self.assertFalse(self.client.run("result = 'Mine' in D.objects"))
        self.client.call("history", action="redo")
        self.assertTrue(self.client.run("result = 'Mine' in D.objects"))


class GuiSceneEventsTest(GuiTestCase, test_scene_events.SceneEventsTest):
    pass


class GuiImportTest(GuiTestCase, test_import_export.ImportTest):
    pass


class GuiAssetHdriTest(GuiTestCase, test_asset_import.HdriTest):
    pass


class GuiAssetModelTest(GuiTestCase, test_asset_model.ModelTest):
    pass


class GuiViewportTest(GuiTestCase, test_viewport.ViewportTest):
    """Drawn, not rendered."""

    has_window = True
    VIEW = ("space = next(a.spaces.active for w in C.window_manager.windows for a in w.screen.areas if a.type == 'VIEW_3D')\n"
            "view = space.region_3d\n")

    def test_the_view_of_the_user(self) -> None:
        self.make({"kind": "cube", "name": "Box", "location": [4, 0, 0], "material": test_viewport.RED})
        self.addCleanup(self.client.run, self.VIEW + "space.overlay.show_overlays = True")
        for perspective in ("PERSP", "ORTHO"):
            with self.subTest(perspective):
                self.client.run(self.VIEW + f"view.view_perspective = '{perspective}'\nview.view_location = 3, 1, 0\n"
                                "view.view_distance, view.view_rotation = 15, (0.5 ** 0.5, 0.5 ** 0.5, 0, 0)\n"
                                "space.overlay.show_overlays = False")
                self.settle()
                self.client.run("bpy.ops.wm.redraw_timer(type='DRAW_WIN_SWAP', iterations=1)")
                x, y, aspect = self.client.run(self.VIEW + """
from bpy_extras.view3d_utils import location_3d_to_region_2d
area = next(a for w in C.window_manager.windows for a in w.screen.areas if a.type == 'VIEW_3D')
region = next(r for r in area.regions if r.type == 'WINDOW')
place = location_3d_to_region_2d(region, view, D.objects['Box'].location)
result = [place.x / region.width, place.y / region.height, region.width / region.height]
""")
                seen = self.look()
                self.assertAlmostEqual(seen.picture.width / seen.picture.height, aspect, delta=0.05)
                self.assertAlmostEqual(seen.red()[0], x, delta=0.03)
                self.assertAlmostEqual(1 - seen.red()[1], y, delta=0.03)

    def test_the_view_stays_as_it_is(self) -> None:
        told = self.VIEW + "result = [[list(row) for row in view.view_matrix], view.view_perspective, space.shading.type," \
                           " space.overlay.show_overlays, space.clip_end, space.lens]"
        before = self.client.run(told)
        for args in ({}, {"view": "top", "shading": "wireframe"}, {"contact_sheet": 4}, {"frame_objects": ["Cube"]}):
            self.look(**args)
        self.settle()
        self.assertEqual(self.client.run(told), before)

    def test_the_shading_of_the_view_is_the_default(self) -> None:
        self.addCleanup(self.client.run, self.VIEW + "space.shading.type = 'SOLID'")
        self.client.run(self.VIEW + "space.shading.type = 'WIREFRAME'")
        self.assertEqual(self.look().result["shading"], "wireframe")

    def test_what_cannot_be_drawn_is_rendered(self) -> None:
        self.client.run("C.scene.render.engine = 'CYCLES'")
        plan = self.client.call("get_viewport_screenshot", shading="rendered")["plan"]
        self.assertIn("CYCLES", plan["fallback"])
        self.assertEqual([shot["label"] for shot in plan["shots"]], ["current"])
        renderer = self.client.run("import gpu\nresult = gpu.platform.renderer_get()")
        if "llvmpipe" not in renderer:
            self.skipTest(f"{renderer} may be fast enough")
        plan = self.client.call("get_viewport_screenshot", shading="material")["plan"]
        self.assertIn("without a graphics card", plan["fallback"])

    def test_no_3d_view_is_open(self) -> None:
        swap = "for a in C.window_manager.windows[0].screen.areas:\n    if a.type == '{}': a.type = '{}'"
        self.addCleanup(self.client.run, swap.format("CONSOLE", "VIEW_3D"))
        self.client.run(swap.format("VIEW_3D", "CONSOLE"))
        plan = self.client.call("get_viewport_screenshot")["plan"]
        self.assertIn("no window shows a 3D view", plan["fallback"])
        self.assertEqual([shot["label"] for shot in plan["shots"]], ["iso"])


class GuiGuestTest(GuiTestCase):
    def install(self, token: str, runtime: str) -> dict[str, Any]:
        text = self.blender.folder / f"{token}.txt"
        text.write_text(install_text(token, runtime))
        return between_marks(self.client.run(INSTALL.format(text=str(text))))

    def hello(self, token: str) -> dict[str, Any]:
        return {"link": 1, "token": token, "name": "tests", "pid": os.getpid()}

    def test_it_says_what_it_is(self) -> None:
        hello = self.client.hello
        self.assertEqual((hello["background"], hello["runtime"]), (False, RUNTIME_HASH))
        self.assertEqual(self.blender.entered["pid"], hello["pid"])

    def test_it_survives_that_another_file_is_opened(self) -> None:
        path = str(self.blender.folder / "other.blend")
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Marker"}])
        self.client.call("manage_file", action="save_as", path=path, overwrite=True)
        self.client.call("manage_file", action="new")
        self.client.call("manage_file", action="open", path=path)
        self.assertTrue(self.client.run("result = 'Marker' in D.objects"))
        self.client.run("bpy.ops.wm.read_homefile()")  # with the user interface of that file
        self.assertFalse(self.client.run("result = 'Marker' in D.objects"))
        self.client.run("bpy.ops.mesh.primitive_cube_add()\nresult = bpy.context.window is not None")

    def test_saving_makes_no_thumbnail_and_leaves_the_preferences_alone(self) -> None:
        told = "p = bpy.context.preferences\nresult = [p.filepaths.file_preview_type, p.is_dirty," \
               " p.filepaths.use_scripts_auto_execute, p.edit.undo_steps]"
        self.client.run("bpy.context.preferences.is_dirty = False")
        before = self.client.run(told)
        self.assertFalse(before[1])
        path = self.blender.folder / "small.blend"
        self.client.call("manage_file", action="save_as", path=str(path), overwrite=True)
        self.client.call("save_snapshot", path=str(self.blender.folder / "snapshot.blend"))
        self.client.call("history", action="checkpoint", name="here")
        self.client.call("history", action="restore", name="here")
        self.assertEqual(len(list(self.blender.folder.glob("blender_*/blender_mcpd_runtime_*-checkpoints/*.blend"))), 2)
        self.assertEqual(self.client.run(told), before)

    def test_there_are_no_recovery_copies(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Marker"}])
        self.assertIsNone(self.client.call("status")["recovery"])
        self.assertFails("unknown_op", "recover", {"path": "/nowhere.blend"})

    def test_unsaved_work_of_the_user_is_not_discarded(self) -> None:
        dirty = "bpy.ops.mesh.primitive_cube_add('EXEC_DEFAULT', True)"  # with the undo step of a click
        self.settle()  # that a file was opened takes the mark away
        self.client.run(dirty)
        self.settle()
        if not self.client.run("result = bpy.data.is_dirty"):
            self.skipTest("this Blender notes only what its user does by hand")
        entered = between_marks(self.blender.execute(install_text("t" * 16, "d" * 64)))  # one who comes after the edit
        other = Client(entered["port"], self.hello("t" * 16))
        self.addCleanup(other.close)
        self.assertTrue(other.call("status")["dirty"])
        self.assertEqual(other.request("manage_file", {"action": "new"})["error"]["field"], "discard_changes")
        self.blender.enter_again()  # the first one stays, though nobody is connected for a moment

    def test_the_same_version_is_not_installed_twice(self) -> None:
        self.client.request("get_scene_info", uuid="before")
        entered = self.install("second-token", RUNTIME_HASH)
        self.assertEqual({**entered}, self.blender.entered)
        second = Client(self.blender.port, self.hello("second-token"))
        self.addCleanup(second.close)
        self.assertEqual(second.call("outcome", uuid="before")["state"], "applied")
        self.assertEqual(self.client.call("ping"), {})  # the first token is as good as before

    def test_another_version_ends_when_nobody_uses_it(self) -> None:
        entered = self.install("other-token", OTHER_HASH)
        self.assertNotEqual(entered["session"], self.blender.entered["session"])
        other = Client(entered["port"], self.hello("other-token"))
        self.assertEqual(other.hello["runtime"], OTHER_HASH)
        self.assertEqual(self.client.run("result = 1"), 1)  # the first goes on while it is used
        again = self.install("third-token", RUNTIME_HASH)
        self.assertEqual(again["session"], self.blender.entered["session"])
        running = str(uuid.uuid4())
        other.start("execute_blender_code", {"code": "import time; time.sleep(0.2)"}, uuid=running)
        while other.call("outcome", uuid=running)["state"] == "queued":
            pass
        other.close()  # with its command on the way
        self.assertRefused(entered["port"])
        self.assertEqual(self.client.run("result = 2"), 2)

    def test_a_wrong_token_is_closed_without_a_word(self) -> None:
        with self.assertRaises(ConnectionError):
            Client(self.blender.port, self.hello("wrong"))


class GuiContainmentTest(GuiTestCase, test_containment.ContainmentTest):
    def test_what_a_script_does_to_the_process_ends_with_it(self) -> None:
        before = self.state()
        for name, code in test_containment.TAMPERING.items():
            with self.subTest(name):
                self.client.request("execute_blender_code", {"code": code})
                self.assertEqual(self.state(), before)
        self.assertEqual(self.run_into_deadline("while True: pass", 1000)["error"]["kind"], "deadline")

    def test_what_the_user_has_set_up_stays(self) -> None:
        self.blender.execute("import signal, sys, threading\nbpy.trace, bpy.profile = lambda *_: None, lambda *_: None\n"
                             "sys.settrace(bpy.trace)\nsys.setprofile(bpy.profile)\nthreading.settrace(bpy.trace)\n"
                             "signal.setitimer(signal.ITIMER_VIRTUAL, 100_000)")
        self.client.run("result = 1")
        self.client.call("get_scene_info")
        self.assertEqual(self.run_into_deadline("while True: pass", 1000)["error"]["kind"], "deadline")
        told = self.blender.execute(
            "import signal, sys, threading\nprint(sys.gettrace() is bpy.trace, sys.getprofile() is bpy.profile,"
            " threading.gettrace() is bpy.trace, signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0)\n"
            "sys.settrace(None)\nsys.setprofile(None)\nthreading.settrace(None)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 0)")
        self.assertEqual(told, "True True True True\n")

    def test_a_script_cannot_close_what_is_blenders_own(self) -> None:
        self.client.run("import os; os.closerange(3, 65536)")  # the connection to the display is among them
        self.client.run("import os\nfor n in range(3, 2000):\n    try: os.close(n)\n    except OSError: pass")
        self.client.run("import os, subprocess\nread, write = os.pipe()\nos.close(write)\nassert os.read(read, 1) == b''\n"
                        "os.dup2(read, 300); os.close(300); os.close(read)\n"
                        "assert subprocess.run(['true'], stdout=subprocess.PIPE).returncode == 0")
        self.client.run("import os\nfd = os.open('/dev/null', os.O_RDONLY)", namespace="session")
        self.client.run("os.close(fd)", namespace="session")  # that of an earlier script
        self.client.run("bpy.ops.wm.redraw_timer(type='DRAW_WIN_SWAP', iterations=1)")
        self.connect().call("ping")

    def test_numbers_that_the_user_gives_up_are_free(self) -> None:
        self.blender.execute("import os\nbpy.fd = os.open('/dev/null', os.O_RDONLY)")
        entered = between_marks(self.blender.execute(install_text("numbers", "c" * 64)))
        client = Client(entered["port"], {"link": 1, "token": "numbers", "name": "tests", "pid": os.getpid()})
        self.addCleanup(client.close)
        client.run("import os\ntry: os.close(bpy.fd)\nexcept OSError: pass\nelse: raise AssertionError")
        self.blender.execute("import os; os.close(bpy.fd)")
        client.run("result = 1")
        self.assertEqual(self.blender.execute("import os; print(os.path.exists(f'/proc/self/fd/{bpy.fd}'))"), "False\n")
        self.blender.enter_again()  # the first one stays, though nobody is connected for a moment

    def test_who_closes_the_connections_all_the_same_ends_the_runtime_alone(self) -> None:
        code = "import gc, socket\nfor each in gc.get_objects():\n    if isinstance(each, socket.socket): each.close()"
        with self.assertRaises(ConnectionError):
            self.client.run(code)
        self.assertRefused(self.blender.port)
        again = self.blender.enter_again()
        self.assertIn("the runtime leaves this Blender", self.blender.output())
        self.blender.port = again["port"]
        self.assertEqual(self.connect().run("result = 1"), 1)


# What the runtime changes in Blender.
LOOK = """
import ctypes, json, os, signal, sys, threading

def inspects():
    "Whether Python survives that Blender prints a SystemExit."
    api = ctypes.pythonapi
    if hasattr(api, "PyConfig_Get"):
        api.PyConfig_Get.restype = ctypes.py_object
        return int(api.PyConfig_Get(b"inspect"))
    api._Py_GetConfig.restype, api._PyConfig_AsDict.restype = ctypes.c_void_p, ctypes.py_object
    return api._PyConfig_AsDict(ctypes.c_void_p(api._Py_GetConfig()))["inspect"]

def disposition(number):
    action = ctypes.create_string_buffer(256)
    ctypes.CDLL(None).sigaction(int(number), None, action)
    return action.raw[:8].hex()

def look():
    handlers = {n: len(h) for n in dir(bpy.app.handlers) if isinstance(h := getattr(bpy.app.handlers, n), list)}
    return [handlers, sorted(t.name for t in threading.enumerate()), [disposition(n) for n in range(1, 32)],
            [type(f).__name__ for f in sys.meta_path], [n for n in sys.modules if "blender_mcpd" in n], inspects(),
            len(os.listdir("/proc/self/fd"))]

"""


class GuiEndTest(GuiTestCase):
    before = LOOK + "bpy.before = look()\n"

    def test_shutdown_leaves_blender_as_it_was_and_lets_it_be_entered_again(self) -> None:
        running = str(uuid.uuid4())
        endless = self.client.start("execute_blender_code", {"code": "while True: pass"}, uuid=running)
        self.wait_for_state("running", running)
        queued = self.client.start("get_scene_info")
        other = self.connect()
        self.assertEqual(other.call("shutdown"), {})
        self.assertEqual(self.client.reply(endless)[0]["error"]["kind"], "interrupted")
        self.assertEqual(self.client.reply(queued)[0]["error"]["kind"], "not_started")
        self.assert_blender_is_as_before()
        again = self.blender.enter_again()
        self.assertNotEqual(again["port"], self.blender.port)
        self.blender.port = again["port"]
        self.assertEqual(self.connect().run("result = 1"), 1)

    def test_the_user_takes_it_out(self) -> None:
        self.client.call("history", action="checkpoint", name="here")
        # As docs/guest.md has it.
        self.blender.execute("import sys; [m.leave() for n, m in list(sys.modules.items()) if n.startswith('blender_mcpd')"
                             " and n.endswith('.guest')]")
        self.assert_blender_is_as_before()
        self.assertEqual(list(self.blender.folder.glob("blender_*/*")), [])
        self.blender.port = self.blender.enter_again()["port"]

    def test_two_versions_leave_it_as_it_was(self) -> None:
        self.blender.execute(install_text("other", OTHER_HASH))
        self.assertFalse(self.is_as_before())
        self.client.close()  # the older ends
        self.assertRefused(self.blender.port)
        self.blender.execute("import sys; sys.modules['blender_mcpd_runtime_" + OTHER_HASH[:16] + ".guest'].leave()")
        self.assert_blender_is_as_before()
        self.blender.port = self.blender.enter_again()["port"]

    def is_as_before(self) -> bool:
        now, before = json.loads(self.blender.execute(LOOK + "print(json.dumps([look(), bpy.before]))"))
        self.now_and_before = now, before
        return now == before

    def assert_blender_is_as_before(self) -> None:
        self.assertRefused(self.blender.port)
        give_up = time.monotonic() + PATIENCE_S
        while not self.is_as_before():
            if time.monotonic() > give_up:
                self.assertEqual(*self.now_and_before)
        self.assertIsNone(self.blender.process.poll())

    def test_blender_ends_when_its_user_ends_it(self) -> None:
        blender = GuiBlender(self.display)
        self.addCleanup(blender.stop)
        client = Client(blender.port)
        self.addCleanup(client.close)
        client.run("bpy.app.timers.register(lambda: bpy.ops.wm.quit_blender() and None, first_interval=0.1)")
        self.assertEqual(blender.process.wait(PATIENCE_S), 0, blender.output())

    def test_ctrl_c_in_its_terminal_does_not_end_the_runtime(self) -> None:
        blender = GuiBlender(self.display, "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)")
        self.addCleanup(blender.stop)
        client = Client(blender.port)
        self.addCleanup(client.close)
        for _ in range(20):
            client.run("bpy.app.timers.register(lambda: __import__('_thread').interrupt_main(), first_interval=0)")
            self.assertEqual(client.request("get_scene_info")["ok"], True)


class GuiLookupTest(GuiTestCase):
    def test_lookups_in_a_user_s_blender(self) -> None:
        names = self.client.run(test_lookup_api.NODE_TYPES)
        before = self.client.run(test_lookup_api.TRACES)
        generation = self.client.call("status")["generation"]
        for name in names[::4]:
            self.client.call("lookup_api", query=name)
        area = next(index for index, item in enumerate(
            self.client.call("inspect_data", path='screens["Layout"].areas', depth=2)["value"])
            if item["type"] == "VIEW_3D" or item.get("ui_type") == "VIEW_3D")
        shading = self.client.call("inspect_data", path=f'screens["Layout"].areas[{area}].spaces[0].shading.type')
        self.assertIn("WIREFRAME", shading["property"]["items"])
        for path in ("screens", "bpy.data", "bpy.context", "window_manager", "preferences"):
            self.client.call("inspect_data", path=path, depth=4)
        self.assertEqual(self.client.call("status")["generation"], generation)
        self.assertEqual(self.client.run(test_lookup_api.TRACES), before)


if __name__ == "__main__":
    unittest.main()
