"""A clean Debian with Blender in it: the steps of the Containerfile, and the sandbox of the system service around a Blender."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import unittest

from booted_root import BootedRoot, NoService, free_port
from packaging_test import REPOSITORY, RootTestCase

RENDER_S = 150.0
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def steps() -> list[tuple[str, str]]:
    """Of the Containerfile: name and what follows it."""
    lines = [line for line in (REPOSITORY / "Containerfile").read_text().splitlines(True) if not line.startswith("#")]
    joined = re.sub(r"\\\n", "", "".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line]


class BlenderTest(RootTestCase):
    """No image can be built without a registry: what would be done in it is done in a clean root."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.root.run("userdel", "--remove", "alice", check=False)  # the image has none
        cls.environment = {"HOME": "/data"}  # of the user that the image makes
        cls.root.bring_archives()
        cls.user, cls.entry = "root", [""]
        for name, value in steps():
            if name == "COPY":
                pattern, target = value.split()
                for file in REPOSITORY.glob(pattern):
                    shutil.copy(file, cls.root.path / target[1:])
            elif name == "RUN":
                done = cls.root.run("sh", "-c", value, check=False, timeout=600)
                if "Could not resolve" in done.stderr or "Unable to fetch" in done.stderr:
                    raise unittest.SkipTest("the archive cannot be reached: " + done.stderr.strip()[-200:])
                if done.returncode:
                    raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
            elif name == "ENV":
                cls.environment.update(pair.split("=", 1) for pair in value.split())
            elif name == "USER":
                cls.user = value
            elif name == "ENTRYPOINT":
                cls.entry = json.loads(value)
        cls.root.keep_archives()

    def test_the_file(self) -> None:
        names = [name for name, _ in steps()]
        self.assertEqual(names[0], "FROM")
        self.assertIn("debian:bookworm", steps()[0][1])
        self.assertLessEqual(set(names), {"FROM", "COPY", "RUN", "USER", "WORKDIR", "VOLUME", "ENV", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"})

    def test_what_the_image_would_run(self) -> None:
        answer = self.root.run(*self.entry, "call", "get_scene_info", user=self.user, **self.environment).stdout
        self.assertEqual(json.loads(answer)["counts"]["MESH"], 1)
        self.root.run(*self.entry, "call", "render", "--arg", "engine=workbench", "--image", "/data/picture.png", user=self.user,
                      timeout=RENDER_S, **self.environment)
        self.assertTrue((self.root.path / "data/picture.png").read_bytes().startswith(b"\x89PNG"))

    def test_blender_works_in_the_sandbox_of_the_service(self) -> None:
        try:
            system = BootedRoot(self.root)
        except NoService as reason:
            self.skipTest(f"systemd does not run in namespaces here: {reason}")
        self.addCleanup(system.close)
        port = free_port()
        drop_in = self.root.path / "etc/systemd/system/blender-mcpd.service.d/test.conf"
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text(f"[Service]\nEnvironment=BLENDER_MCPD_HTTP_PORT={port}\n"
                           "Environment=BLENDER_MCPD_SCRIPT_AUDIT_HOOK=false\n")  # it refuses ctypes, which is looked at here
        system.run("systemctl", "daemon-reload")
        system.run("systemctl", "start", "blender-mcpd")
        token = (self.root.path / "var/lib/private/blender-mcpd/token").read_text().strip()

        def call(tool: str, **arguments: object) -> dict:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=RENDER_S)
            self.addCleanup(connection.close)
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments, "_meta": META}}
            connection.request("POST", "/mcp", json.dumps(message), {
                "Authorization": f"Bearer {token}", "Content-Type": "application/json", "MCP-Protocol-Version": "2026-07-28",
                "Accept": "application/json, text/event-stream", "Mcp-Method": "tools/call", "Mcp-Name": tool})
            text = connection.getresponse().read().decode()
            lines = [line.removeprefix("data:") for line in text.splitlines() if line.startswith(("data:", "{"))]
            result = next(reply["result"] for reply in map(json.loads, lines) if "result" in reply)
            log = "" if not result.get("isError") else system.run("journalctl", "-u", "blender-mcpd", "-o", "cat").stdout
            self.assertNotIn("isError", result, f"{result}\n{log}")
            return result

        inside = call("execute_blender_code", code="import os, ctypes\n"
                      "result = {'root': os.getuid() == 0, 'writable': os.access('/usr', os.W_OK),\n"
                      "          'ctypes': ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)()}")["structuredContent"]["result"]
        self.assertEqual(inside, {"root": False, "writable": False, "ctypes": 7})
        for engine in ("workbench", "cycles"):
            with self.subTest(engine):
                content = call("render", engine=engine, samples=1, resolution=[64, 64])["content"]
                self.assertEqual([part["mimeType"] for part in content if part["type"] == "image"], ["image/png"])
        call("manage_file", action="save_as", path="/var/lib/blender-mcpd/scenes/scene.blend")
        system.run("systemctl", "stop", "blender-mcpd")
        self.assertEqual(system.property("blender-mcpd.service", "Result"), "success")


if __name__ == "__main__":
    unittest.main()
