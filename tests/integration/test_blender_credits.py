"""Whose assets are in a scene: the resource, and the command, of a Blender that runs and of a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from client import DaemonTestCase, Json
from foreign_blenders import OwnAddonBlender
from test_blender_offers import contents, updated
from virtual_display import Display
from world import BLENDER, DAEMON, wait_until

CREDITS = "blender://default/credits"
ORIGINS = {"Chair": {"provider": "sketchfab", "id": "c1", "title": "Oak Chair", "authors": ["Ada Example"], "license": "CC-BY-4.0",
                     "source_url": "https://example.org/c1", "retrieved": "2026-11-26T10:00:00Z"},
           "Bricks": {"provider": "polyhaven", "id": "bricks", "title": "Bricks", "license": "CC0-1.0"},
           "Rock": {"provider": "local", "id": "0123", "title": "Rock"}}
SCENE = f"""
for name, origin in {ORIGINS!r}.items():
    material = D.materials.new(name)
    material.use_fake_user = True
    material['blender_mcpd_asset'] = origin
"""


class CreditsTest(DaemonTestCase):
    def run_daemon(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [DAEMON, "--blender-port", str(self.world.port), "--blender", BLENDER, *arguments]
        return subprocess.run(command, env=self.world.environment(), cwd=self.world.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=170, check=False)

    def file(self, code: str = SCENE) -> Path:
        path = self.world.folder / "scenes" / "Szene ü.blend"
        path.parent.mkdir(exist_ok=True)
        done = subprocess.run([BLENDER, "--background", "--factory-startup", "--python-exit-code", "1", "--python-expr",
                               f"import bpy; D = bpy.data\n{code}\nbpy.ops.wm.save_as_mainfile(filepath={str(path)!r})"],
                              env=self.world.environment(), capture_output=True, text=True, timeout=170, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return path

    def test_of_a_file(self) -> None:
        script = f"open({str(self.world.folder / 'scenes' / 'ran')!r}, 'w')"
        path = self.file("text = D.texts.new('run.py')\ntext.use_module = True\n"
                         f"text.write({script!r})\n" + SCENE)
        before = {entry.name: entry.stat().st_mtime_ns for entry in path.parent.iterdir()}
        done = self.run_daemon("credits", os.path.relpath(path, self.world.folder), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told["file"], told["total"]), (str(path), 3))
        self.assertEqual({entry["title"]: entry["attribution"] for entry in told["credits"]},
                         {"Oak Chair": "required", "Bricks": "not_required", "Rock": "unknown"})
        self.assertEqual({entry.name: entry.stat().st_mtime_ns for entry in path.parent.iterdir()}, before)
        self.assertEqual((self.world.processes(), self.world.private_folders()), (set(), []))

        text = self.run_daemon("credits", str(path)).stdout
        self.assertIn("* Oak Chair\n  by       Ada Example\n  licence  CC-BY-4.0\n", text)
        self.assertIn("3 assets. 1 must be credited (marked *). 1 with a licence that is not known here", text)
        page = self.run_daemon("credits", str(path), "--markdown").stdout
        self.assertIn("## Attribution required\n\n- [Oak Chair](https://example.org/c1) by Ada Example, CC-BY-4.0", page)

    def test_interrupted(self) -> None:
        """It does not look as if there were nothing to credit."""
        command = [DAEMON, "--blender", BLENDER, "credits", str(self.file())]
        process = subprocess.Popen(command, env=self.world.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        wait_until(lambda: bool(self.world.blenders()), "no Blender is started")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (1, ""), err)
        self.assertIn("Interrupted", err)
        self.assertEqual(self.world.processes(), set())

    def test_a_file_that_is_none(self) -> None:
        (self.world.folder / "a.txt").touch()
        for argument, part in (("none.blend", "there is no file none.blend"), ("a.txt", "does not end in .blend")):
            done = self.run_daemon("credits", argument)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(part, done.stderr)
        self.assertEqual(self.run_daemon("credits", "--json", "--markdown").returncode, 2)
        (self.world.folder / "broken.blend").write_bytes(b"BLENDER-v304 broken")
        done = self.run_daemon("credits", "broken.blend")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("broken.blend", done.stderr)
        self.assertEqual(self.world.processes(), set())

    def test_without_a_blender(self) -> None:
        """An empty one is not started only to find nothing in it."""
        done = self.run_daemon("credits")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("Name a .blend file", done.stderr)
        self.assertEqual(self.world.processes(), set())

    def test_of_the_blender_that_its_user_has_open(self) -> None:
        display = Display()
        self.addCleanup(display.stop)
        blender = OwnAddonBlender(display, str(self.world.folder))
        self.addCleanup(blender.stop)
        wait_until(lambda: bool(list(self.world.folder.glob("blender-mcpd/blenders/*.json"))), "it is not found")
        client = self.start()
        client.run(SCENE)
        client.close()
        done = self.run_daemon("credits", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([entry["title"] for entry in json.loads(done.stdout)["credits"]], ["Rock", "Bricks", "Oak Chair"])
        self.assertEqual(self.world.blenders() - {blender.process.pid}, set())

    def test_of_the_file_of_the_configuration(self) -> None:
        done = self.run_daemon("credits", "--blend-file", str(self.file()), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["total"], 3)


class ResourceTest(DaemonTestCase):
    def credits(self) -> Json:
        return json.loads(contents(self.client, CREDITS)["text"])

    def test_it_follows_the_scene(self) -> None:
        self.client = self.start()
        self.client.run("pass")
        self.client.result("resources/subscribe", {"uri": CREDITS})
        self.assertEqual(self.credits(), {"file": "", "credits": [], "total": 0})
        self.client.run(SCENE)
        updated(self.client, CREDITS)
        wait_until(lambda: self.credits()["total"] == 3, "they are not told")
        self.assertEqual([entry["title"] for entry in self.credits()["credits"]], ["Rock", "Bricks", "Oak Chair"])
