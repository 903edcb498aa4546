"""The audit hook judges scripts, and what they leave for later, and nobody else. What it stops and misses is measured by
tests/integration/test_blender_sandbox.py."""

from __future__ import annotations

import os
import shutil
import tempfile
import time

from harness import Blender, BlenderTestCase

# (rule, script); OUTSIDE is a folder that is not allowed.
REFUSED = [
    ("process.run", "import subprocess; subprocess.run(['true'])"),
    ("process.run", "import os; os.system('true')"),
    ("network.open", "import socket; socket.create_connection(('127.0.0.1', 9))"),
    ("native.ctypes", "import ctypes; ctypes.CDLL(None)"),
    ("file.write", "open(OUTSIDE + '/new', 'w')"),
    ("file.write", "import os; os.remove(OUTSIDE + '/kept')"),
    ("code.dunder", "import gc; gc.get_objects()"),
    ("code.dynamic", "import marshal; marshal.loads(marshal.dumps(1))"),
    ("code.dynamic", "import os; compile('1', os.__file__, 'eval')"),
]


class AuditTest(BlenderTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender(audit_hook=True)
        cls.outside = tempfile.mkdtemp(prefix="outside-")

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        shutil.rmtree(cls.outside)

    def setUp(self) -> None:
        super().setUp()
        with open(f"{self.outside}/kept", "w") as file:
            file.write("kept")

    def script(self, code: str) -> str:
        return f"OUTSIDE, INSIDE = {self.outside!r}, {str(self.blender.folder)!r}\n" + code

    def test_a_refusal_names_rule_and_event(self) -> None:
        for rule, code in REFUSED:
            with self.subTest(script=code):
                error = self.assertFails("script", "execute_blender_code", {"code": self.script(code)})
                self.assertIn(f"PermissionError: {rule}: blender-mcpd refuses ", error["message"])
                self.assertEqual(error["details"]["line"], 2)
        self.assertEqual(os.listdir(self.outside), ["kept"])

    def test_a_file_elsewhere_is_named_with_the_remedy(self) -> None:
        error = self.assertFails("script", "execute_blender_code", {"code": self.script("open(OUTSIDE + '/new', 'w')")})
        for part in (self.outside + "/new", "files.roots", "Choose another path"):
            self.assertIn(part, error["message"])

    def test_reading_and_allowed_folders_are_free(self) -> None:
        self.assertEqual(self.client.run(self.script("result = open(OUTSIDE + '/kept').read()")), "kept")
        self.client.run(self.script("import os; open(INSIDE + '/a', 'w').write('x'); os.rename(INSIDE + '/a', INSIDE + '/b')"))
        self.client.run(self.script("import os; os.remove(INSIDE + '/b')"))

    def test_installed_modules_may_load_native_code_when_they_are_imported(self) -> None:
        self.assertEqual(self.client.run("import numpy, uuid, ctypes.util\nresult = int(numpy.ones(3).sum())"), 3)

    def test_our_own_operations_are_not_judged(self) -> None:
        path = f"{self.outside}/own.blend"
        self.client.call("manage_file", action="save_as", path=path, overwrite=True)
        self.assertTrue(os.path.exists(path))
        os.remove(path)

    def test_progress_comes_from_whatever_thread(self) -> None:
        self.client.call("render", engine="cycles", samples=16, resolution=[64, 64])
        self.assertTrue([event for event in self.client.events if "ample" in event.get("message", "")])

    def test_a_thread_is_judged_when_its_script_is_over(self) -> None:
        gate = self.gate()
        self.client.run(self.script(f"""
import os, threading
def later():
    {gate.code}
    try:
        os.mkdir(OUTSIDE + '/new')
    except BaseException as error:
        open(INSIDE + '/told.new', 'w').write(str(error))
        os.rename(INSIDE + '/told.new', INSIDE + '/told')
threading.Thread(target=later).start()
"""))
        gate.open()
        told = self.blender.folder / "told"
        give_up = time.monotonic() + 60
        while not told.exists() and time.monotonic() < give_up:
            self.client.call("get_scene_info")
        self.assertIn("file.write", told.read_text())
        self.assertEqual(os.listdir(self.outside), ["kept"])

    def test_a_handler_is_judged_in_our_operations(self) -> None:
        self.client.run(self.script("""
def later(scene, graph):
    open(OUTSIDE + '/new', 'w')
bpy.app.handlers.depsgraph_update_post.append(later)
"""))
        self.client.call("create_objects", items=[{"kind": "empty", "name": "New"}])
        self.assertEqual(os.listdir(self.outside), ["kept"])
        self.assertIn("file.write: blender-mcpd refuses open", self.blender.output())

    def test_scripts_cannot_change_what_is_installed(self) -> None:
        code = "import os\nopen(os.path.join(os.path.dirname(__import__('blender_mcpd_runtime').__file__), 'audit.py'), 'w')"
        error = self.assertFails("script", "execute_blender_code", {"code": code})
        self.assertIn("file.write", error["message"])
