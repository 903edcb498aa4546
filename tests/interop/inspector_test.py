"""The Inspector's command line, with which people and scripts look at MCP servers.

It cannot cancel, show progress, or be asked. Over stdio each run has a daemon and a Blender of its own, so only some of the
tools are called.
"""

from __future__ import annotations

import json
import os
import subprocess
import unittest
from contextlib import closing
from pathlib import Path
from typing import Any

import installed
import versions
from expectations import INVALID_CALL, INVALID_FIELD, check_png, check_tools, error_text, structured
from stage import PATIENCE_S, Stage, product_command, tampered_command
from transports import Http, Stdio

TOOL_IS_ERROR = 5
SCENE = "blender://default/scene"


def setUpModule() -> None:
    Http.serve(product_command(), with_token=True)


class Inspector:
    """Mixed into a TestCase for each era and each way to the daemon."""

    era: str
    protocol: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.node, modules = installed.node_packages()
        cls.program = modules / ".bin" / "mcp-inspector"

    def target(self, stage: Stage, command: list[str]) -> list[str]:
        """What the Inspector is told to look at."""
        address = self.address(stage, command)
        if "url" in address:
            token = Path(address["tokenFile"]).read_text("ascii").strip()
            return [address["url"], "--transport", "http", "--header", f"Authorization: Bearer {token}"]
        variables = [part for item in address["env"].items() for part in ("-e", "=".join(item))]
        return [*variables, address["command"], *address["args"]]

    def run_inspector(self, *arguments: str, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        with closing(Stage()) as stage:
            return self.run_at(stage, [*self.target(stage, command or product_command()), *arguments])

    def run_at(self, stage: Stage, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.node), str(self.program), "--cli", "--protocol-era", self.era, "--format", "json", *arguments],
            cwd=stage.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S,
            check=False, env=self.environment(stage))

    def environment(self, stage: Stage) -> dict[str, str]:
        """With the Inspector's own files in the stage's folder, and its Node first on PATH."""
        return {**os.environ, "PATH": f"{self.node.parent}:{os.environ['PATH']}",
                "MCP_CATALOG_PATH": str(stage.folder / "catalog.json"),
                "MCP_CLIENT_CONFIG_PATH": str(stage.folder / "client.json")}

    def ask(self, method: str, *arguments: str) -> dict[str, Any]:
        return self.result(self.run_inspector("--method", method, *arguments))

    def call(self, tool: str, arguments: dict[str, Any], **options: Any) -> subprocess.CompletedProcess[str]:
        return self.run_inspector("--method", "tools/call", "--tool-name", tool,
                                  "--tool-args-json", json.dumps(arguments), **options)

    def result(self, done: subprocess.CompletedProcess[str], code: int = 0) -> dict[str, Any]:
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)["result"]

    def test_connection(self) -> None:
        connection = self.ask("initialize")
        self.assertEqual(connection["protocolVersion"], self.protocol)
        self.assertEqual(connection["serverInfo"]["name"], "blender-mcpd")

    def test_tools_are_listed_and_portable(self) -> None:
        """With --strict the exit code tells of schemas that some clients would refuse."""
        check_tools(self, self.result(self.run_inspector("--method", "tools/list", "--strict"))["tools"])

    def test_resources_are_listed(self) -> None:
        self.assertIn(SCENE, [item["uri"] for item in self.ask("resources/list")["resources"]])

    def test_templates_are_listed(self) -> None:
        templates = [item["uriTemplate"] for item in self.ask("resources/templates/list")["resourceTemplates"]]
        self.assertIn("blender://{instance}/object/{name}", templates)

    def test_prompts_are_listed(self) -> None:
        self.assertIn("review_scene", [item["name"] for item in self.ask("prompts/list")["prompts"]])

    def test_scene_info(self) -> None:
        scene = structured(self, self.result(self.call("get_scene_info", {"detail": "objects"})))
        self.assertLessEqual({"Camera", "Cube", "Light"}, {item["name"] for item in scene["objects"]})

    def test_objects_are_created(self) -> None:
        name = f"Größe {self.era}"
        made = structured(self, self.result(self.call("create_objects", {"items": [{"kind": "empty", "name": name}]})))
        self.assertEqual(made["changes"]["added"], [name])

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


class OverStdio(Stdio, Inspector):
    def test_status_starts_no_blender(self) -> None:
        status = structured(self, self.result(self.call("get_blender_status", {})))
        self.assertEqual(status["state"], "not_running")

    def test_the_client_checks_output_schemas(self) -> None:
        done = self.call("get_blender_status", {}, command=tampered_command())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("data/state must be string", done.stderr)


class OverHttp(Http, Inspector):
    def test_the_token_is_needed(self) -> None:
        with closing(Stage()) as stage:
            done = self.run_at(stage, [self.server.address["url"], "--transport", "http", "--method", "tools/list"])
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(json.loads(done.stderr)["error"]["code"], "auth_required")


class InspectorLegacyStdio(OverStdio, unittest.TestCase):
    era = "legacy"
    protocol = versions.LEGACY


class InspectorModernStdio(OverStdio, unittest.TestCase):
    era = "modern"
    protocol = versions.MODERN


class InspectorLegacyHttp(OverHttp, unittest.TestCase):
    era = "legacy"
    protocol = versions.LEGACY


class InspectorModernHttp(OverHttp, unittest.TestCase):
    era = "modern"
    protocol = versions.MODERN
