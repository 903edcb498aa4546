"""The Inspector's command line, with which people and scripts look at MCP servers.

Each run has a daemon and a Blender of its own, so only some of the tools are called. It cannot cancel or show progress.
"""

from __future__ import annotations

import json
import os
import subprocess
import unittest
from contextlib import closing
from typing import Any

import installed
import versions
from expectations import INVALID_CALL, INVALID_FIELD, check_png, check_tools, error_text, structured
from stage import PATIENCE_S, Stage

TOOL_IS_ERROR = 5


class Inspector:
    """Mixed into a TestCase for each era."""

    era: str
    protocol: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.node, modules = installed.node_packages()
        cls.program = modules / ".bin" / "mcp-inspector"

    def run_inspector(self, *arguments: str, tampered: bool = False) -> subprocess.CompletedProcess[str]:
        with closing(Stage()) as stage:
            daemon = stage.tampered_command() if tampered else stage.command()
            variables = [part for item in stage.environment().items() for part in ("-e", "=".join(item))]
            return subprocess.run(
                [str(self.node), str(self.program), "--cli", "--protocol-era", self.era, "--format", "json", *variables,
                 *daemon, *arguments],
                cwd=stage.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S,
                check=False, env=self.environment(stage))

    def environment(self, stage: Stage) -> dict[str, str]:
        """With the Inspector's own files in the stage's folder, and its Node first on PATH."""
        return {**os.environ, "PATH": f"{self.node.parent}:{os.environ['PATH']}",
                "MCP_CATALOG_PATH": str(stage.folder / "catalog.json"),
                "MCP_CLIENT_CONFIG_PATH": str(stage.folder / "client.json")}

    def call(self, tool: str, arguments: dict[str, Any], **options: Any) -> subprocess.CompletedProcess[str]:
        return self.run_inspector("--method", "tools/call", "--tool-name", tool,
                                  "--tool-args-json", json.dumps(arguments), **options)

    def result(self, done: subprocess.CompletedProcess[str], code: int = 0) -> dict[str, Any]:
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)["result"]

    def test_connection(self) -> None:
        connection = self.result(self.run_inspector("--method", "initialize"))
        self.assertEqual(connection["protocolVersion"], self.protocol)
        self.assertEqual(connection["serverInfo"]["name"], "blender-mcpd")

    def test_tools_are_listed_and_portable(self) -> None:
        done = self.run_inspector("--method", "tools/list", "--strict")
        check_tools(self, self.result(done)["tools"])
        self.assertIn("0 errors", done.stderr)

    def test_status_starts_no_blender(self) -> None:
        status = structured(self, self.result(self.call("get_blender_status", {})))
        self.assertEqual(status["state"], "not_running")

    def test_scene_info(self) -> None:
        scene = structured(self, self.result(self.call("get_scene_info", {"detail": "objects"})))
        self.assertEqual([item["name"] for item in scene["objects"]], ["Camera", "Cube", "Light"])

    def test_objects_are_created(self) -> None:
        arguments = {"items": [{"kind": "empty", "name": "Größe"}]}
        made = structured(self, self.result(self.call("create_objects", arguments)))
        self.assertEqual(made["changes"]["added"], ["Größe"])

    def test_the_client_checks_output_schemas(self) -> None:
        done = self.call("get_blender_status", {}, tampered=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("data/state must be equal to one of the allowed values", done.stderr)

    def test_code_is_executed(self) -> None:
        done = self.call("execute_blender_code", {"code": "print('grüezi')", "return_expression": "6 * 7"})
        answer = structured(self, self.result(done))
        self.assertEqual([answer["stdout"], answer["result"]], ["grüezi\n", 42])

    def test_render_returns_an_image(self) -> None:
        done = self.call("render", {"engine": "workbench", "resolution": [64, 48]})
        check_png(self, self.result(done), 64, 48)

    def test_unknown_tool(self) -> None:
        done = self.call("no_such_tool", {})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no_such_tool", done.stderr)

    def test_an_invalid_call_names_the_field(self) -> None:
        result = self.result(self.call(*INVALID_CALL), TOOL_IS_ERROR)
        self.assertIn(INVALID_FIELD, error_text(self, result))


class InspectorLegacy(Inspector, unittest.TestCase):
    era = "legacy"
    protocol = versions.LEGACY


class InspectorModern(Inspector, unittest.TestCase):
    era = "modern"
    protocol = versions.MODERN
