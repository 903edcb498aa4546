"""The command line with a Blender: calls by hand, and the demo."""

from __future__ import annotations

import json
import os
import socket
import subprocess

import png
from client import DaemonTestCase
from world import BLENDER, DAEMON


class CommandTest(DaemonTestCase):
    def run_daemon(self, *arguments: str, blender: str = BLENDER) -> subprocess.CompletedProcess[str]:
        command = [DAEMON, "--blender-port", str(self.world.port), "--blender", blender, *arguments]
        return subprocess.run(command, env=self.world.environment(), cwd=self.world.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=170, check=False)

    def test_call_with_json(self) -> None:
        done = self.run_daemon("call", "get_object_info", '{"names": ["Cube"], "include": ["mesh"]}')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["objects"][0]["mesh"]["vertices"], 8)

    def test_call_with_single_arguments(self) -> None:
        done = self.run_daemon("call", "execute_blender_code", "--arg", "code=result = D.objects['Cube'].name + ' = 1'",
                               "--arg", "timeout_s=30")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["result"], "Cube = 1")

    def test_call_that_fails(self) -> None:
        done = self.run_daemon("call", "execute_blender_code", '{"code": "1 / 0"}')
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("ZeroDivisionError", done.stderr)

    def test_call_with_an_image(self) -> None:
        path = self.world.folder / "own.png"
        done = self.run_daemon("call", "render", '{"engine": "cycles", "samples": 2, "resolution": [48, 32]}',
                               "--image", str(path))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["image"]["width"], 48)
        self.assertIn("ample", done.stderr)
        self.assertIn(str(path), done.stderr)
        picture = png.read(path.read_bytes())
        self.assertEqual((picture.width, picture.height), (48, 32))

    def test_demo(self) -> None:
        """Its Blender is one of its own, as it clears the scene that it works in."""
        folder = self.world.folder / "blender-mcpd" / "blenders"
        folder.mkdir(parents=True, mode=0o700)
        path = self.world.folder / "picture.png"
        with socket.create_server(("127.0.0.1", 0)) as users:
            descriptor = folder / "1-one.json"
            descriptor.touch(0o600)
            descriptor.write_text(json.dumps({"link": 1, "port": users.getsockname()[1], "token": "secret", "pid": os.getpid(),
                                              "session": "one", "runtime": "", "blender": [4, 2, 1], "file": "mine.blend"}))
            done = self.run_daemon("demo", "--output", str(path))
            users.settimeout(0)
            with self.assertRaises(BlockingIOError):
                users.accept()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(str(path), done.stdout)
        self.assertGreater(len(png.read(path.read_bytes()).colours()), 1000)
        self.assertIn("100 %", done.stdout)

        connect = done.stdout.partition("Connect your AI client:")[2]
        for client in ("claude-code", "claude-desktop", "cursor", "vscode", "windsurf", "zed"):
            self.assertIn(f"{DAEMON} install --client {client}\n", connect)

    def test_demo_without_blender(self) -> None:
        done = self.run_daemon("demo", blender="/nonexistent/blender")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("/nonexistent/blender", done.stderr)
        self.assertFalse((self.world.folder / "demo.png").exists())
