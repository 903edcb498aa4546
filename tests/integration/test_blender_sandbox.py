"""What scripts cannot do in a Blender of the daemon's: tests/corpus/escapes, with each of the two layers alone, and with both.
What they should be able to do goes on working. docs/security.md prints the table."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client import Client, DaemonTestCase, error_text
from world import PATIENCE_S, REPOSITORY, World, running, skip_where_a_script_starts_blender, wait_until

ESCAPES = REPOSITORY / "tests" / "corpus" / "escapes"
MISSES = "misses"
VARIES = "varies"  # with the version of Python
# What the machine has does not matter: a bomb is one because of this. Enough for renders of the legitimate corpus.
MEMORY_MB = 8192

# What people have scripts do beside the scene.
LEGITIMATE = {
    "a file in the project": "open(INSIDE + '/list.csv', 'w').write('a,b')",
    "a file of the project": "open(INSIDE + '/given').read()",
    "a folder, and away with it": "import os, shutil; os.makedirs(INSIDE + '/a/b'); shutil.rmtree(INSIDE + '/a')",
    "a copy": "import shutil; shutil.copyfile(INSIDE + '/given', INSIDE + '/copied')",
    "temporary files": """
import os, tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile('w') as file:
    open(os.path.join(folder, 'x'), 'w').write('x')
""",
    "a thread": "import threading; thread = threading.Thread(target=print); thread.start(); thread.join()",
    "numpy": "import numpy; assert numpy.ones(4).sum() == 4; numpy.save(INSIDE + '/a.npy', numpy.ones(4))",
    "the standard library": """
import ast, base64, collections, csv, dataclasses, datetime, functools, hashlib, importlib, itertools, json, logging, pathlib
import pickle, platform, random, re, sqlite3, statistics, struct, textwrap, urllib.parse, uuid, xml.etree.ElementTree, zipfile, zlib
@dataclasses.dataclass
class Point:
    x: int = 1
assert Point() == Point(1) and eval('1 + 1') == 2
platform.platform(), uuid.uuid4(), sqlite3.connect(':memory:')
with zipfile.ZipFile(INSIDE + '/a.zip', 'w') as archive:
    archive.writestr('x', 'y')
""",
    "a save": "bpy.ops.wm.save_as_mainfile(filepath=INSIDE + '/copy.blend', copy=True)",
    "an image": "image = bpy.data.images.new('x', 4, 4); image.filepath_raw = INSIDE + '/x.png'; image.file_format = 'PNG'; image.save()",
    "a texture": "bpy.data.images.load(INSIDE + '/x.png')",
    "glTF": "bpy.ops.export_scene.gltf(filepath=INSIDE + '/a.glb')",
    "FBX": "bpy.ops.export_scene.fbx(filepath=INSIDE + '/a.fbx')",
    "OBJ": "bpy.ops.wm.obj_export(filepath=INSIDE + '/a.obj')",
    "a Cycles render": """
scene = bpy.context.scene
scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = 'CYCLES', 1, False
scene.render.resolution_x = scene.render.resolution_y = 16
scene.render.filepath = INSIDE + '/cycles.png'
bpy.ops.render.render(write_still=True)
""",
    "an add-on": "import addon_utils; assert addon_utils.enable('io_mesh_uv_layout') or True",
    "a module beside the project": """
import sys
open(INSIDE + '/mine.py', 'w').write('import json\\nanswer = json.loads("42")')
sys.path.append(INSIDE)
import mine
assert mine.answer == 42
sys.path.remove(INSIDE)
""",
}


@dataclass
class Escape:
    name: str
    hook: str
    sandbox: str
    code: str


def escapes() -> list[Escape]:
    found = []
    for file in sorted(ESCAPES.glob("*.py")):
        code = file.read_text("utf-8")
        told = dict(re.findall(r"^# (why|hook|sandbox): (.+)$", code, re.MULTILINE))
        found.append(Escape(file.stem, told["hook"], told["sandbox"], code))
    return found


class Surroundings:
    """What escapes are after. `changed` says whether one got there."""

    def __init__(self, world: World) -> None:
        self.inside, self.outside = (world.folder / name for name in ("project", "outside"))
        self.victim: subprocess.Popen[bytes] | None = None
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.abstract_name = f"\0{world.folder.name}"
        self.sockets: list[socket.socket] = []

    def reset(self) -> None:
        shutil.rmtree(self.outside, ignore_errors=True)
        self.outside.mkdir()
        self.inside.mkdir(exist_ok=True)  # always the same: another one of that name would not be allowed
        for entry in self.inside.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        (self.inside / "given").write_text("given")
        for name, text in (("kept", "kept"), ("private", "secret")):
            (self.outside / name).write_text(text)
            (self.outside / name).chmod(0o600)
        for each in self.sockets:
            each.close()
        stream, abstract, datagrams = (socket.socket(socket.AF_UNIX, kind)
                                       for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM))
        stream.bind(str(self.outside / "socket"))
        stream.listen()
        abstract.bind(self.abstract_name)
        abstract.listen()
        datagrams.bind(str(self.outside / "datagrams"))
        self.sockets = [stream, abstract, datagrams]
        if self.victim is None or self.victim.poll() is not None:
            self.victim = subprocess.Popen(["/bin/sleep", "3600"], start_new_session=True)
        while select.select([self.tcp], [], [], 0)[0]:
            self.tcp.accept()[0].close()
        self._before = self._state()

    def prefix(self) -> str:
        assert self.victim is not None
        return (f"INSIDE, OUTSIDE, VICTIM = {str(self.inside)!r}, {str(self.outside)!r}, {self.victim.pid}\n"
                f"PORT, ABSTRACT = {self.tcp.getsockname()[1]}, {self.abstract_name!r}\n")

    def changed(self) -> bool:
        assert self.victim is not None
        was_reached = bool(select.select([self.tcp, *self.sockets], [], [], 0)[0])
        return was_reached or self._state() != self._before or not running(self.victim.pid)

    def _state(self) -> Any:
        return {path.name: (path.lstat().st_mode, path.read_bytes() if path.is_file() and not path.is_symlink() else None)
                for path in sorted(self.outside.glob("*"))} if self.outside.is_dir() else None

    def close(self) -> None:
        for each in (self.tcp, *self.sockets):
            each.close()
        if self.victim is not None:
            self.victim.kill()
            self.victim.wait()


class SandboxTestCase(unittest.TestCase):
    """A daemon with one layer, or both; `SETTINGS` says which."""

    SETTINGS: dict[str, str] = {}
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        skip_where_a_script_starts_blender()
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.surroundings = Surroundings(cls.world)
        cls.addClassCleanup(cls.surroundings.close)
        cls.surroundings.reset()
        cls.client = Client(cls.world, env={"BLENDER_MCPD_FILES_ROOTS": str(cls.surroundings.inside),
                                            "BLENDER_MCPD_BLENDER_MEMORY_LIMIT_MB": str(MEMORY_MB),
                                            "BLENDER_MCPD_SCRIPT_POLICY": "off", "BLENDER_MCPD_TOOLS_SET": "full",
                                            **cls.SETTINGS})
        cls.addClassCleanup(cls.client.close)
        cls.client.initialize()

    def gets_through(self, escape: Escape) -> tuple[bool, str]:
        """Whether it did what it is after, and what it was told."""
        self.surroundings.reset()
        result = self.client.call("execute_blender_code", {"code": self.surroundings.prefix() + escape.code})
        text = error_text(result)
        if result.get("isError"):
            has_ended = "Blender ended" in text
            return has_ended or self.surroundings.changed(), text
        return bool(result["structuredContent"]["result"]) or self.surroundings.changed(), text

    def run_corpus(self, layer: str) -> None:
        for escape in escapes():
            stopped_by = getattr(escape, layer)
            with self.subTest(escape=escape.name):
                succeeded, text = self.gets_through(escape)
                if stopped_by != VARIES:
                    self.assertEqual(succeeded, stopped_by == MISSES, text)

    def run_legitimate(self) -> None:
        self.surroundings.reset()
        for name, code in LEGITIMATE.items():
            with self.subTest(script=name):
                self.client.run(self.surroundings.prefix() + code)
        project = str(self.surroundings.inside)
        with self.subTest("tools"):
            self.client.do("manage_file", action="save_as", path=f"{project}/scene.blend")
            for name in ("tool.glb", "tool.obj", "tool.fbx", "tool.stl"):
                self.client.do("export_file", path=f"{project}/{name}")
            self.client.do("import_file", path=f"{project}/tool.obj")
            for engine in ("workbench", "cycles", "eevee"):
                self.client.do("render", engine=engine, resolution=[32, 32], **({} if engine == "workbench" else {"samples": 1}))
            self.client.do("render", kind="animation", engine="workbench", resolution=[16, 16], frame_start=1, frame_end=2,
                           output=f"{project}/frames/")
            self.client.do("get_viewport_screenshot")
            self.client.do("manage_file", action="open", path=f"{project}/scene.blend", discard_changes=True)


class HookAloneTest(SandboxTestCase):
    SETTINGS = {"BLENDER_MCPD_BLENDER_SANDBOX": "off"}

    def test_escapes(self) -> None:
        self.run_corpus("hook")

    def test_legitimate_work(self) -> None:
        self.run_legitimate()

    def test_a_refusal_names_the_rule(self) -> None:
        for escape in escapes():
            if escape.name.startswith(("file_open", "process_system", "network_tcp", "native_write")):
                with self.subTest(escape=escape.name):
                    text = self.gets_through(escape)[1]
                    self.assertIn(f"{escape.hook}: blender-mcpd refuses", text)


class SandboxAloneTest(SandboxTestCase):
    SETTINGS = {"BLENDER_MCPD_BLENDER_SANDBOX": "require", "BLENDER_MCPD_SCRIPT_AUDIT_HOOK": "false"}

    def test_escapes(self) -> None:
        self.run_corpus("sandbox")

    def test_legitimate_work(self) -> None:
        self.run_legitimate()

    def test_the_status_names_the_layers(self) -> None:
        self.client.do("get_scene_info")
        told = self.client.do("get_blender_status")["blender"]["sandbox"]
        self.assertEqual(told["mode"], "require")
        self.assertEqual(told["missing"], [])
        self.assertEqual(len(told["layers"]), 2)

    def test_blender_has_no_port(self) -> None:
        self.client.do("get_scene_info")
        pid = self.client.do("get_blender_status")["blender"]["pid"]
        inodes = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        listening = [line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        self.assertFalse([inode for inode in listening if f"socket:[{inode}]" in inodes])


class BothLayersTest(SandboxTestCase):
    def test_every_escape_is_stopped_by_one(self) -> None:
        for escape in escapes():
            with self.subTest(escape=escape.name):
                succeeded, text = self.gets_through(escape)
                self.assertEqual(succeeded, escape.hook == escape.sandbox == MISSES, text)

    def test_legitimate_work(self) -> None:
        self.run_legitimate()


class RequiredTest(DaemonTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        skip_where_a_script_starts_blender()

    def test_a_blender_in_a_sandbox_dies_with_the_daemon(self) -> None:
        client = self.start(env={"BLENDER_MCPD_BLENDER_SANDBOX": "require"})
        client.do("get_scene_info")
        blender = self.the_blender()
        client.process.send_signal(signal.SIGKILL)
        client.process.wait(PATIENCE_S)
        wait_until(lambda: not running(blender), "it outlived the daemon")
        for folder in self.world.private_folders():  # the next daemon would do it
            shutil.rmtree(self.world.temporary / folder)

    def test_scripts_find_out_what_they_may_write(self) -> None:
        """Without roots in the configuration, what is hidden in the home folder is not theirs."""
        home = tempfile.mkdtemp(dir="/var/tmp")  # the temporary folder is a root as well
        self.addCleanup(shutil.rmtree, home)
        for folder in (".ssh", "scenes"):
            os.mkdir(f"{home}/{folder}")
        client = self.start(env={"HOME": home})
        client.run(f"open({home + '/scenes/a'!r}, 'w').write('x')")
        for path in ("/.bashrc", "/.ssh/authorized_keys", "/new"):
            text = client.refuse("execute_blender_code", code=f"open({home + path!r}, 'w')")
            self.assertIn("file.write", text)
        client.refuse("execute_blender_code", code=f"bpy.ops.wm.save_as_mainfile(filepath={home + '/.bashrc'!r})")
        self.assertNotIn(".bashrc", os.listdir(home))
        text = client.refuse("manage_file", action="save_as", path=home + "/a.blend")
        self.assertIn(home + "/scenes", text)


if __name__ == "__main__":
    unittest.main()
