"""The add-on of our own, put into a user's configuration by `blender-mcpd addon install`."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
import tempfile
import textwrap
import time
import unittest
from pathlib import Path
from typing import Any, Callable

from harness import HOST, PATIENCE_S, Client, Display, GuiBlender, WindowedBlender, between_marks, install_text

DAEMON = os.environ.get("BLENDER_MCPD", str(Path(__file__).resolve().parents[2] / "build" / "dev" / "blender-mcpd"))
BLENDER = os.environ.get("BLENDER_MCPD_TEST_BLENDER", "/usr/bin/blender")
OTHER_HASH = "e" * 64


def environment(folder: Path) -> dict[str, str]:
    """Of a user whose home and runtime folder are in this one."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime)}


def run(folder: Path, *command: str) -> str:
    """What it prints on both of its outputs; it must end well."""
    done = subprocess.run(command, env=environment(folder), cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
    if done.returncode:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def descriptors(folder: Path) -> list[Path]:
    return sorted((folder / "run" / "blender-mcpd" / "blenders").glob("*"))


def dead_pid() -> int:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    return process.pid


class BackgroundTest(unittest.TestCase):
    """Without a window: it comes and goes, and listens nowhere."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="blender-mcpd-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def blender(self, code: str, *options: str) -> str:
        return run(self.folder, BLENDER, "--background", *options, "--python-exit-code", "1", "--python-expr",
                   textwrap.dedent(code))

    def test_it_is_enabled_and_disabled_again(self) -> None:
        told = run(self.folder, DAEMON, "addon", "install", "--blender", BLENDER, "--enable")
        self.assertIn("Enabled", told)
        told = self.blender("""
            import addon_utils, bpy, sys
            name = next(name for name in bpy.context.preferences.addons.keys() if name.endswith("blender_mcpd"))
            assert addon_utils.check(name) == (True, True), addon_utils.check(name)
            assert bpy.context.preferences.addons[name].preferences.port == 0
            assert bpy.types.BLENDER_MCPD_PT_status.bl_category == "MCP"
            service = sys.modules[name + ".service"].service
            try:
                bpy.ops.blender_mcpd.start()
            except RuntimeError as error:
                assert "in the background serves nobody" in str(error), error
            else:
                raise AssertionError("it has started")
            addon_utils.disable(name)
            assert not hasattr(bpy.types, "BLENDER_MCPD_PT_status") and service.token == ""
            addon_utils.enable(name)
            assert hasattr(bpy.types, "BLENDER_MCPD_PT_status")
            assert not any(part.startswith("blender_mcpd_runtime") for part in sys.modules)
            assert not any("blender_mcpd" in path for path in sys.path), sys.path
            print("all is well")
        """)
        self.assertIn("all is well", told)
        self.assertNotIn("Traceback", told)
        self.assertEqual(descriptors(self.folder), [])

    def test_uninstall_leaves_nothing_of_it(self) -> None:
        run(self.folder, DAEMON, "addon", "install", "--blender", BLENDER, "--enable")
        left = self.folder / "run" / "blender-mcpd" / "blenders" / f"{dead_pid()}-ab.json"
        left.parent.mkdir(parents=True)
        left.write_text("{}")
        told = run(self.folder, DAEMON, "addon", "uninstall", "--blender", BLENDER)
        self.assertIn("removed", told)
        self.assertEqual([path for path in self.folder.rglob("*blender_mcpd*")], [])
        self.assertEqual(descriptors(self.folder), [])
        self.assertIn("not installed", run(self.folder, DAEMON, "addon", "uninstall", "--blender", BLENDER))

    def test_the_archive_is_installed_by_blender_itself(self) -> None:
        archive = self.folder / "built.zip"
        run(self.folder, DAEMON, "addon", "build", "--output", str(archive))
        told = self.blender(f"""
            import bpy
            if bpy.app.version >= (4, 2, 0):
                bpy.ops.extensions.package_install_files(filepath={str(archive)!r}, repo="user_default", enable_on_install=True)
            else:
                bpy.ops.preferences.addon_install(filepath={str(archive)!r})
                bpy.ops.preferences.addon_enable(module="blender_mcpd")
            assert hasattr(bpy.types, "BLENDER_MCPD_PT_status")
            print("all is well", bpy.app.version >= (4, 2, 0))
        """)
        self.assertIn("all is well", told)
        if "all is well True" in told:
            run(self.folder, BLENDER, "--command", "extension", "validate", str(archive))
        # The command knows it as its own.
        self.assertIn("0.1.0 is there already", run(self.folder, DAEMON, "addon", "install", "--blender", BLENDER))


class AddonBlender(GuiBlender):
    """With its user's preferences, in which the add-on is enabled."""

    def __init__(self, display: Display, prepare: Callable[[Path], None]) -> None:
        WindowedBlender.__init__(self, display, BLENDER)
        self._text, extra = self.folder / "text", self.folder / "extra.py"
        self._text.write_text("print('here')")
        extra.write_text("")
        run(self.folder, DAEMON, "addon", "install", "--blender", BLENDER, "--enable")
        prepare(self.folder)
        if "here" not in self.start(f"TEXT, EXTRA = {str(self._text)!r}, {str(extra)!r}\n" + HOST, (),
                                    XDG_RUNTIME_DIR=environment(self.folder)["XDG_RUNTIME_DIR"]):
            self.give_up("Blender does not start")


# What the panel would show, for a script that has `service` and `panel`.
DRAW = """
import sys, types
name = next(name for name in bpy.context.preferences.addons.keys() if name.endswith("blender_mcpd"))
panel, service = sys.modules[name + ".panel"], sys.modules[name + ".service"].service
preferences = bpy.context.preferences.addons[name].preferences
class Layout:
    def __init__(self): self.lines = []
    def label(self, text="", icon="NONE"): self.lines.append(text)
    def operator(self, name, **_): self.lines.append(name)
    def row(self, **_): return self
    column = split = row
def drawn():
    layout = Layout()
    for cls in panel.CLASSES:
        cls.draw(types.SimpleNamespace(layout=layout), bpy.context)
    return layout.lines
"""


class AddonTestCase(unittest.TestCase):
    """A Blender with a window for the class, and a descriptor for each test."""

    blender: AddonBlender

    @classmethod
    def setUpClass(cls) -> None:
        cls.display = Display()
        cls.addClassCleanup(cls.display.stop)
        cls.blender = AddonBlender(cls.display, cls.prepare)
        cls.addClassCleanup(lambda: cls.blender.stop())

    @classmethod
    def prepare(cls, folder: Path) -> None:
        """A Blender has crashed before."""
        left = folder / "run" / "blender-mcpd" / "blenders" / f"{dead_pid()}-ab.json"
        left.parent.mkdir(parents=True, mode=0o700)
        left.write_text("{}")

    def setUp(self) -> None:
        self.do("if not service.is_wanted: bpy.ops.blender_mcpd.start()")
        self.descriptor = self.wait_for_descriptor()

    def do(self, code: str) -> Any:
        """Outside of any command, as if the user did it."""
        code = f"import bpy, json\n{DRAW}\nresult = None\n{code}\nprint()\nprint(json.dumps(result))"
        return json.loads(self.blender.execute(code).splitlines()[-1])  # Blender prints what operators report

    def drawn(self) -> list[str]:
        return self.do("result = drawn()")

    def wait_until(self, condition: Callable[[], Any], complaint: str) -> Any:
        give_up = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            if time.monotonic() > give_up:
                self.fail(complaint + "\n" + self.blender.output())
            time.sleep(0.02)
        return found

    def wait_for_descriptor(self, other_than: str = "") -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            for path in descriptors(self.blender.folder):
                with contextlib.suppress(FileNotFoundError):
                    content = json.loads(path.read_text()) if path.suffix == ".json" else {}
                    if content.get("session", other_than) != other_than:
                        return content
            return None
        return self.wait_until(find, "there is no descriptor")

    def connect(self, token: str | None = None, port: int | None = None) -> Client:
        hello = {"link": 1, "token": token or self.descriptor["token"], "name": "tests", "pid": os.getpid()}
        client = Client(port or self.descriptor["port"], hello)
        self.addCleanup(client.close)
        return client

    def assertRefused(self, port: int) -> None:
        def refused() -> bool:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S):
                return False
            return True
        self.wait_until(refused, "somebody still listens")


class WindowTest(AddonTestCase):
    def test_it_is_found_by_its_descriptor(self) -> None:
        path, = descriptors(self.blender.folder)  # that of the dead one is gone
        self.assertEqual([stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)], [0o600, 0o700])
        self.assertEqual(path.name, f"{self.descriptor['pid']}-{self.descriptor['session']}.json")
        hello = self.connect().hello
        self.assertEqual(hello["background"], False)
        for name in ("link", "pid", "blender", "runtime", "background"):
            self.assertEqual(self.descriptor[name], hello[name], name)
        self.assertEqual(self.descriptor["pid"], self.blender.process.pid)
        self.assertEqual((self.descriptor["origin"], self.descriptor["file"]), ("addon", ""))
        self.assertRegex(self.descriptor["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        with self.assertRaises(ConnectionError):
            self.connect("0" * 64)

    def test_the_panel_shows_who_is_there_and_what_was_called(self) -> None:
        client = self.connect()
        self.assertEqual(client.call("get_scene_info", detail="summary")["scene"], "Scene")
        self.assertEqual(client.request("execute_blender_code", {"code": "1 / 0"})["error"]["kind"], "script")
        lines = self.wait_until(lambda: "execute_blender_code: script" in (seen := self.drawn()) and seen, "the log has no call")
        self.assertEqual(lines[:2], [f"Listening on 127.0.0.1:{self.descriptor['port']}", "blender_mcpd.stop"])
        self.assertIn(f"tests, process {os.getpid()}", lines)
        self.assertIn("get_scene_info", lines)
        self.assertNotIn(self.descriptor["token"], " ".join(lines))
        count = len(lines)
        self.do("preferences.log_length = 1")
        self.addCleanup(self.do, "preferences.log_length = 10")
        self.assertLess(len(self.drawn()), count)
        client.close()
        self.wait_until(lambda: "Nobody" in self.drawn(), "the client is still shown")
        self.do("bpy.ops.blender_mcpd.copy_token()")  # the clipboard has it; a display without others gives it to nobody

    def test_the_descriptor_follows_the_open_file(self) -> None:
        client = self.connect()
        path = self.blender.folder / "mine.blend"
        client.call("manage_file", action="save_as", path=str(path), overwrite=True)
        self.wait_until(lambda: self.wait_for_descriptor()["file"] == str(path), "the descriptor does not follow")
        client.call("manage_file", action="new")
        self.wait_until(lambda: self.wait_for_descriptor()["file"] == "", "the descriptor does not follow")
        self.assertEqual(self.wait_for_descriptor(), self.descriptor)
        descriptors(self.blender.folder)[0].unlink()  # somebody tidies up
        self.assertEqual(self.wait_for_descriptor(), self.descriptor)

    def test_a_daemon_of_the_same_version_finds_this_runtime(self) -> None:
        known = f"blender_mcpd_runtime_{self.descriptor['runtime'][:16]}.guest"
        entered = self.do(f"result = sys.modules[{known!r}].enter({self.descriptor['runtime']!r}, 'x' * 64)")
        self.assertEqual((entered["port"], entered["session"]), (self.descriptor["port"], self.descriptor["session"]))
        self.connect("x" * 64)
        self.do(f"for number in range(20):  # more than are remembered\n"
                f"    sys.modules[{known!r}].enter({self.descriptor['runtime']!r}, f'token{{number}}')")
        self.connect()  # its own token is not one of those that are forgotten

    def test_blender_finds_no_fault_with_it(self) -> None:
        faults = self.do("import addon_utils\nlook = getattr(addon_utils, '_extensions_warnings_get', None)\n"
                         "if look: look._is_first = True\nresult = look() if look else {}")
        self.assertEqual([name for name in faults if "blender_mcpd" in name], [])

    def test_another_version_comes_beside_it_and_it_stays(self) -> None:
        text = self.blender.folder / "other.txt"
        text.write_text(install_text("y" * 64, OTHER_HASH))
        client = self.connect()
        told = client.run("import contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
                          f"    exec(open({str(text)!r}).read(), {{'bpy': bpy}})\nresult = out.getvalue()")
        client.close()
        entered = between_marks(told)
        other = self.connect("y" * 64, entered["port"])
        self.assertEqual(other.hello["runtime"], OTHER_HASH)
        self.assertEqual(other.run("result = 1"), 1)
        other.call("shutdown")
        self.assertRefused(entered["port"])
        self.assertEqual(self.connect().run("result = 2"), 2)
        self.assertEqual(self.wait_for_descriptor(), self.descriptor)

    def test_stop_closes_everything_and_start_begins_anew(self) -> None:
        client = self.connect()
        self.do("bpy.ops.blender_mcpd.stop()")
        self.assertEqual(descriptors(self.blender.folder), [])
        self.assertRefused(self.descriptor["port"])
        with self.assertRaises(OSError):
            client.call("ping")
        self.assertEqual(self.drawn()[:2], ["Stopped", "blender_mcpd.start"])
        left = "result = [name for name in sys.modules if 'blender_mcpd_runtime' in name]"
        self.wait_until(lambda: not self.do(left), "the runtime is still there")
        self.do("bpy.ops.blender_mcpd.start()")
        again = self.wait_for_descriptor()
        self.assertNotEqual(again["token"], self.descriptor["token"])
        with self.assertRaises(ConnectionError):
            self.connect(self.descriptor["token"], again["port"])
        self.assertEqual(self.connect(again["token"], again["port"]).run("result = 3"), 3)

    def test_what_a_client_has_taken_out_stays_out(self) -> None:
        self.connect().call("shutdown")
        self.wait_until(lambda: not descriptors(self.blender.folder), "the descriptor is still there")
        self.assertEqual(self.drawn()[1], "blender_mcpd.start")
        self.assertIn("Stopped by a client", self.drawn()[0])

    def test_what_a_script_has_closed_comes_back(self) -> None:
        code = "import gc, socket\nfor each in gc.get_objects():\n" \
               "    if isinstance(each, socket.socket) and each.fileno() > 511: each.close()"
        with self.assertRaises(OSError):
            self.connect().run(code)
        self.descriptor = self.wait_for_descriptor(self.descriptor["session"])
        self.assertEqual(self.connect().run("result = 4"), 4)

    def test_a_port_that_is_taken_is_said_and_taken_when_it_is_free(self) -> None:
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        self.addCleanup(self.do, "preferences.port = 0\nbpy.ops.blender_mcpd.stop()")
        self.do(f"bpy.ops.blender_mcpd.stop()\npreferences.port = {port}")
        told = self.do("try:\n    bpy.ops.blender_mcpd.start()\nexcept RuntimeError as error:\n    result = str(error)")
        self.assertIn(f"Port {port} is taken", told)
        lines = self.drawn()
        self.assertEqual((lines[0], lines[2]), ("Not listening:", "blender_mcpd.stop"))
        self.assertEqual(descriptors(self.blender.folder), [])
        taken.close()
        self.descriptor = self.wait_for_descriptor()
        self.assertEqual(self.descriptor["port"], port)
        self.assertEqual(self.connect().run("result = 5"), 5)


class EndTest(AddonTestCase):
    def test_nothing_is_left_after_blender(self) -> None:
        with contextlib.suppress(TimeoutError):  # it ends before it answers
            self.blender.execute("import bpy\nbpy.app.timers.register(bpy.ops.wm.quit_blender, first_interval=0.1)")
        self.blender.process.wait(PATIENCE_S)
        self.assertEqual(descriptors(self.blender.folder), [])
        self.assertNotIn("Traceback", self.blender.output())
