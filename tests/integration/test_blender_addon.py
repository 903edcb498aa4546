"""The daemon and a Blender of its user's, by way of the add-on of ahujasid/blender-mcp, as it comes from PyPI."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import threading
import unittest
from pathlib import Path
from typing import Any, Callable

import pinned_packages
from client import Client, Json, error_text
from virtual_display import Display, WindowedBlender
from world import BLENDER, PATIENCE_S, Signal, World, wait_until

# The names under which it was published, and versions: the first is what most tests use.
ADDON = ("blender-mcp", "1.9.4")
ADDONS = {ADDON: "version 1.7, protocol 7,", ("mcp-for-blender", "2.2.4"): "version 1.8, protocol 15,"}


def addon_file(name: str, version: str) -> Path:
    return pinned_packages.unpacked(pinned_packages.CACHE / "addons", name, version) / "blender_mcp" / "bundled" / "addon.py"


# `requests` is what the add-on downloads with; distributions' Blenders do not have it, and nothing is downloaded here.
HOST = """
import bpy, importlib.util, os, sys, unittest.mock
bpy.context.preferences.view.show_splash = False
try:
    import requests
except ImportError:
    sys.modules["requests"] = unittest.mock.MagicMock()

def later():
    with os.fdopen(READY, "wb") as pipe:
        pipe.write(b"%d" % start_addon())

def start_addon():
    spec = importlib.util.spec_from_file_location("blender_mcp_addon", ADDON)
    addon = sys.modules["blender_mcp_addon"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(addon)
    addon.register()
    bpy.types.blendermcp_server = server = addon.BlenderMCPServer(port=PORT)
    server.start()
    return server.socket.getsockname()[1]

bpy.app.timers.register(later, first_interval=0.5)
"""


class UsersBlender(WindowedBlender):
    """With the add-on listening."""

    def __init__(self, display: Display, addon: Path, port: int = 0) -> None:
        super().__init__(display, BLENDER)
        answer = self.start(f"ADDON, PORT = {str(addon)!r}, {port}\n" + HOST)
        if not answer:
            self.give_up("the add-on does not listen")
        self.port = int(answer)


class AddonTestCase(unittest.TestCase):
    maxDiff = None
    blender: UsersBlender
    addon: Path
    display: Display

    @classmethod
    def setUpClass(cls) -> None:
        cls.addon = addon_file(*ADDON)
        cls.display = Display()
        cls.addClassCleanup(cls.display.stop)
        cls.blender = UsersBlender(cls.display, cls.addon)
        cls.addClassCleanup(lambda: cls.blender.stop())

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)
        self.world_port, self.world.port = self.world.port, self.blender.port

    def start(self, **env: str) -> Client:
        env = {"BLENDER_MCPD_BLENDER_LAUNCH": "never", **env}
        client = Client(self.world, env=env)
        self.addCleanup(client.close)
        client.initialize()
        return client

    def endpoint(self, client: Client) -> Json:
        return client.do("get_blender_status")["endpoint"]

    def start_script(self, client: Client, code: str, before: str = "") -> Any:
        """Returns when `before` is done and `code` runs."""
        begun = Signal(self.world, f"signal-{client.process.pid}-{id(code)}")
        self.addCleanup(begun.close)
        call = client.start_call("execute_blender_code", {"code": before + begun.code + code})
        begun.wait()
        return call

    def ask_addon(self, code: str) -> Json:
        with socket.create_connection(("127.0.0.1", self.blender.port), timeout=PATIENCE_S) as sock:
            sock.sendall(json.dumps({"type": "execute_code", "params": {"code": code}}).encode())
            text = b""
            while True:
                text += sock.recv(65536)
                try:
                    return json.loads(text)
                except ValueError:
                    continue

    def assert_blender_lives(self) -> None:
        self.assertIsNone(self.blender.process.poll(), self.blender.output())


class DetectionTest(AddonTestCase):
    def test_each_version_is_recognised_and_used(self) -> None:
        for package, version in ADDONS.items():
            with self.subTest(package), contextlib.ExitStack() as stack:
                blender = self.blender
                if package != ADDON:
                    blender = UsersBlender(self.display, addon_file(*package))
                    stack.callback(blender.stop)
                self.world.port = blender.port
                # Also where one of our own could be started.
                client = self.start(BLENDER_MCPD_BLENDER_LAUNCH="auto")
                wait_until(lambda: "family" in self.endpoint(client), "it is not recognised")
                status = client.do("get_blender_status")
                self.assertEqual((status["state"], status["endpoint"]["family"]), ("ready", "ahujasid"))
                # The number is left out when the add-on takes its time to tell it.
                self.assertRegex(status["endpoint"]["version"], f"{re.escape(version)}|^a newer version$")
                self.assertEqual(client.run("result = bpy.app.background"), False)
                self.assertEqual(self.endpoint(client)["carrier"], "native")
                self.assertEqual(self.endpoint(client)["family"], "ahujasid")
                self.assertEqual(client.do("get_blender_status")["blender"]["pid"], blender.process.pid)

    def test_as_it_is_it_is_found_as_well(self) -> None:
        client = self.start(BLENDER_MCPD_BLENDER_BOOTSTRAP="never")
        self.assertEqual(client.do("execute_blender_code", code="print(len(bpy.data.scenes))")["stdout"], "1\n")
        for code in ("raise SystemExit", "raise KeyboardInterrupt"):
            self.assertIn(code.split()[1], client.refuse("execute_blender_code", code=code))
        self.assertEqual(client.do("get_object_info", names=["Cube"])["objects"][0]["name"], "Cube")
        self.assert_blender_lives()


class ToolsTest(AddonTestCase):
    def test_all_tools_work(self) -> None:
        client = self.start()
        self.assertNotIn("carrier", self.endpoint(client))  # nothing was asked of it yet
        client.do("manage_file", action="new", discard_changes=True)
        self.assertEqual(self.endpoint(client)["carrier"], "native")
        self.assertEqual(client.do("get_blender_status")["blender"]["pid"], self.blender.process.pid)
        made = client.do("create_objects", items=[{"kind": "cube", "name": "Mine", "location": [1, 2, 3]}])
        self.assertEqual(made["changes"]["added"], ["Mine"])
        client.do("update_objects", items=[{"name": "Mine", "location": [4, 5, 6]}])
        client.do("set_material", objects=["Mine"], material={"name": "Red", "base_color": [1, 0, 0]})
        seen = client.do("get_object_info", names=["Mine", "Cube"])["objects"]
        self.assertEqual([item["name"] for item in seen], ["Mine", "Cube"])
        self.assertEqual(client.run("result = list(D.objects['Mine'].location)"), [4, 5, 6])
        client.do("delete_objects", names=["Mine"])
        client.do("history", action="undo")
        self.assertTrue(client.run("result = 'Mine' in D.objects"))
        path = str(self.world.folder / "saved.blend")
        client.do("manage_file", action="save_as", path=path)
        client.do("manage_file", action="new")
        self.assertEqual(client.do("manage_file", action="open", path=path)["file"], path)
        self.assertTrue(client.run("result = 'Mine' in D.objects"))

    def test_screenshots(self) -> None:
        client = self.start()
        client.do("manage_file", action="new", discard_changes=True)
        before = client.do("history", action="list")
        result = client.call("get_viewport_screenshot", {"max_size": 200})
        self.assertIn("image", [block["type"] for block in result["content"]])
        told = result["structuredContent"]
        self.assertEqual((told["engine"], told["views"], told["fallback"]), ("viewport", ["current"], None))
        # Cycles draws nothing off screen: the same view comes from another Blender.
        client.run("bpy.context.scene.render.engine = 'CYCLES'")
        result = client.call("get_viewport_screenshot", {"max_size": 200, "shading": "rendered"})
        self.assertIn("image", [block["type"] for block in result["content"]])
        drawn, told = told, result["structuredContent"]
        self.assertEqual((told["engine"], told["views"]), ("cycles", ["current"]))
        self.assertIn("off screen", told["fallback"])
        self.assertEqual([told["image"][side] for side in ("width", "height")],
                         [drawn["image"][side] for side in ("width", "height")])
        self.assertEqual(client.do("history", action="list")["undo"][:len(before["undo"])], before["undo"])

    def test_renders_of_the_scene(self) -> None:
        client = self.start()
        client.do("manage_file", action="new", discard_changes=True)
        result = client.call("render", {"engine": "workbench", "resolution": [64, 64]})
        self.assertFalse(result.get("isError"), error_text(result))
        self.assertIn("image", [block["type"] for block in result["content"]])
        self.assertEqual(client.run("result = bpy.data.filepath"), "")
        path = self.world.folder / "mine.blend"
        client.do("manage_file", action="save_as", path=str(path))
        saved = path.read_bytes()
        client.do("create_objects", items=[{"kind": "cube", "name": "Unsaved"}])
        self.assertFalse(client.call("render", {"engine": "workbench", "resolution": [64, 64]}).get("isError"))
        self.assertEqual((path.read_bytes(), client.run("result = bpy.data.filepath")), (saved, str(path)))
        self.assertTrue(client.do("get_blender_status")["blender"]["dirty"])

    def test_edits_of_the_user_are_seen(self) -> None:
        client = self.start()
        first = client.do("get_scene_info")["object_count"]
        self.ask_addon("import bpy; bpy.ops.mesh.primitive_cube_add()")
        wait_until(lambda: client.do("get_scene_info")["object_count"] == first + 1, "the edit is not seen")

    def test_never_keeps_the_runtime_out(self) -> None:
        client = self.start(BLENDER_MCPD_BLENDER_BOOTSTRAP="never")
        self.assertEqual(client.do("get_scene_info", detail="summary")["scene"], "Scene")
        self.assertIn("cannot do create_objects",
                      client.refuse("create_objects", items=[{"kind": "cube", "name": "No"}]))
        self.assertEqual(self.endpoint(client)["carrier"], "ahujasid")
        self.assertIn("never", self.endpoint(client)["bootstrap"])


class InterruptTest(AddonTestCase):
    def test_an_endless_script_is_cancelled(self) -> None:
        client = self.start()
        client.do("get_scene_info")
        call = self.start_script(client, "while True: pass", "D.objects['Cube'].location.x = 7\n")
        client.notify("notifications/cancelled", {"requestId": call, "reason": "the test"})
        self.assertEqual(client.run("result = D.objects['Cube'].location.x"), 7)
        self.assert_blender_lives()

    def test_a_deadline_ends_a_script(self) -> None:
        client = self.start(BLENDER_MCPD_CALLS_SCRIPT_TIMEOUT_S="8")
        client.do("get_scene_info")  # and Blender draws for the first time, which may take seconds
        result = client.call("execute_blender_code", {"code": "D.objects['Cube'].location.y = 6\nwhile True: pass"})
        self.assertIn("deadline of 8 s", error_text(result))
        self.assertIn("Cube", error_text(result))  # what it had changed
        self.assertEqual(result["_meta"]["blender-mcpd/error"]["outcome"], "unknown")
        self.assertEqual(client.run("result = D.objects['Cube'].location.y"), 6)
        self.assertEqual(client.run("result = 1"), 1)
        self.assert_blender_lives()

    def test_a_script_does_not_end_blender(self) -> None:
        client = self.start()
        for code in ("import sys; sys.exit(3)", "raise SystemExit", "import os; os._exit(3)", "bpy.ops.wm.quit_blender()",
                     "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"):
            with self.subTest(code):
                self.assertTrue(client.call("execute_blender_code", {"code": code})["isError"])
                self.assertEqual(client.run("result = 1"), 1)
        self.assert_blender_lives()

    def test_a_script_that_closes_everything_costs_the_runtime_alone(self) -> None:
        client = self.start()
        edit = "D.objects['Cube'].location.x = 8\n"
        client.run("import os; os.closerange(3, 65536)")  # which leaves alone what is Blender's own
        code = "import gc, socket\nfor each in gc.get_objects():\n" \
               "    if isinstance(each, socket.socket) and each.fileno() > 511: each.close()"  # the runtime's
        text = client.refuse("execute_blender_code", code=edit + code)
        self.assertIn("may or may not", text)
        self.assertEqual(client.run("result = D.objects['Cube'].location.x"), 8)  # by a new one
        self.assertEqual(self.endpoint(client)["carrier"], "native")
        self.assert_blender_lives()

    def test_the_end_of_the_daemon_leaves_blender_alone(self) -> None:
        for end in ("input", "kill"):
            with self.subTest(end):
                client = self.start()
                client.do("get_scene_info")
                call = self.start_script(client, "import time\nfor _ in range(40): time.sleep(0.05)")
                if end == "input":
                    client.close_input()
                else:
                    client.process.kill()
                client.wait()
                if end == "input":
                    client.finish_call("execute_blender_code", call)
                self.assert_blender_lives()
                second = self.start()
                self.assertEqual(second.run("result = 2"), 2)
                second.close_input()
                second.wait()


class StuckTest(AddonTestCase):
    def test_a_call_that_cannot_be_interrupted_makes_blender_busy_and_nobody_ends_it(self) -> None:
        client = self.start(BLENDER_MCPD_CALLS_INTERRUPT_GRACE_S="0.5", BLENDER_MCPD_BLENDER_KILL_STUCK_AFTER_S="1")
        client.do("get_scene_info")
        fifo = self.world.folder / "fifo"
        os.mkfifo(fifo)
        end = os.open(fifo, os.O_RDWR)
        self.addCleanup(os.close, end)
        # Holds Python's lock while it waits, so that no thread of Python runs.
        code = f"import ctypes, os\nfd = os.open({str(fifo)!r}, os.O_RDWR)\n" \
               "ctypes.PyDLL(None).read(fd, ctypes.create_string_buffer(1), 1)\nos.close(fd)"
        text = "Nothing was done"
        while "Nothing was done" in text:  # Blender may draw so long
            text = client.refuse("execute_blender_code", code=code, timeout_s=3)
        self.assertIn("its user's Blender", text)
        self.assertIn(str(self.blender.process.pid), text)
        self.assertIn("may or may not", text)
        result = client.call("get_scene_info")
        self.assertIn("does not end execute_blender_code", error_text(result))
        self.assertIn("neither ends nor restores", error_text(result))
        self.assertGreater(result["_meta"]["blender-mcpd/error"]["retry_after_s"], 0)
        wait_until(lambda: self.stuck_for(client) > 3, "it does not count as stuck")  # longer than until ours are killed
        self.assert_blender_lives()
        os.write(end, b"x")
        wait_until(lambda: not client.call("get_scene_info").get("isError"), "it is not used again")
        self.assertEqual(client.run("result = 1"), 1)

    def stuck_for(self, client: Client) -> int:
        """Seconds."""
        told = re.search(r"was over (\d+) s ago", client.do("get_blender_status")["message"])
        return int(told[1]) if told else 0


class Relay:
    """Passes on what two sides of a connection say to each other, as `edit` gives it; None cuts the connection."""

    def __init__(self, port: int, edit: Callable[[bool, bytes], bytes | None]) -> None:
        self.target = port
        self._edit = edit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                try:
                    blender = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    client.close()
                    continue
                for source, sink, is_reply in ((client, blender, False), (blender, client, True)):
                    threading.Thread(target=self._copy, args=(source, sink, is_reply), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket, is_reply: bool) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(1 << 20)) and (data := self._edit(is_reply, data) or b""):
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class LossTest(AddonTestCase):
    """Between the daemon and the runtime is one who cuts the first connection over which a marked request, or reply, goes."""

    def setUp(self) -> None:
        super().setUp()
        self.marked: tuple[bool, bytes] | None = None
        self.cuts = 0
        self.wire = Relay(0, self.cut)
        self.addCleanup(self.wire.close)
        self.addon_relay = Relay(self.blender.port, self.redirect)
        self.addCleanup(self.addon_relay.close)
        self.world.port = self.addon_relay.port

    def redirect(self, is_reply: bool, data: bytes) -> bytes:
        """The daemon shall find the relay where the runtime says that it listens."""
        if is_reply and (told := re.search(rb'port\\": (\d+)', data)):
            self.wire.target = int(told[1])
            return data[:told.start(1)] + b"%d" % self.wire.port + data[told.end(1):]
        return data

    def cut(self, is_reply: bool, data: bytes) -> bytes | None:
        if self.marked is not None and self.marked[0] == is_reply and self.marked[1] in data:
            self.marked = None
            self.cuts += 1
            return None
        return data

    def test_an_edit_whose_request_or_reply_is_lost_has_one_outcome(self) -> None:
        client = self.start()
        client.do("manage_file", action="new", discard_changes=True)
        self.assertEqual(self.endpoint(client)["carrier"], "native")
        for index, is_reply in enumerate((True, False) * 5):
            name = f"Marked{index}"
            with self.subTest(name, is_reply=is_reply):
                self.marked = (is_reply, name.encode())
                made = client.do("create_objects", items=[{"kind": "empty", "name": name}])
                self.assertEqual(made["changes"]["added"], [name])
                self.assertEqual(self.cuts, index + 1)
                found = f"result = [o.name for o in D.objects if o.name.startswith({name!r})]"
                self.assertEqual(client.run(found), [name])
        self.assert_blender_lives()


class SharingTest(AddonTestCase):
    RUNTIMES = "import sys\nresult = [sys.modules[n].live[-1].session for n in sorted(sys.modules)" \
               " if n.startswith('blender_mcpd_runtime_') and n.endswith('.guest')]"

    def test_a_second_daemon_uses_the_same_runtime(self) -> None:
        first = self.start()
        sessions = first.run(self.RUNTIMES)
        second = self.start()
        self.assertEqual(second.run(self.RUNTIMES), sessions)
        self.assertEqual(len(sessions), 1)
        first.close_input()
        first.wait()
        self.assertEqual(second.run(self.RUNTIMES), sessions)
        third = self.start()
        self.assertEqual(third.run(self.RUNTIMES), sessions)

    def test_a_runtime_that_is_gone_is_brought_in_again(self) -> None:
        client = self.start()
        sessions = client.run(self.RUNTIMES)
        gone = "import sys\nfor n, m in list(sys.modules.items()):\n" \
               "    if n.startswith('blender_mcpd_runtime_') and n.endswith('.guest'):\n" \
               "        m.leave()"
        self.ask_addon(gone)
        wait_until(lambda: self.endpoint(client)["carrier"] == "ahujasid", "the loss is not noticed")
        self.assertNotEqual(client.run(self.RUNTIMES), sessions)
        self.assertEqual(self.endpoint(client)["carrier"], "native")

    def test_another_blender_on_the_same_port(self) -> None:
        blender = UsersBlender(self.display, self.addon)
        self.addCleanup(lambda: blender.stop())
        self.world.port = blender.port
        client = self.start()
        call = self.start_script(client, "while True: pass")
        blender.process.kill()
        blender.process.wait()
        text = error_text(client.finish_call("execute_blender_code", call))
        self.assertIn("may or may not", text)
        self.assertIn("listens", client.do("get_blender_status")["message"])
        second = UsersBlender(self.display, self.addon, blender.port)
        self.addCleanup(second.stop)
        self.assertEqual(client.run("result = 3"), 3)
        self.assertEqual(client.do("get_blender_status")["blender"]["pid"], second.process.pid)


if __name__ == "__main__":
    unittest.main()
