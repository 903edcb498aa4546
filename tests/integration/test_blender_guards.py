"""The guards of a call, as a client sees them."""

from __future__ import annotations

import os
import signal
import subprocess

from client import Client, DaemonTestCase, error_text
from world import DAEMON, PATIENCE_S, wait_until

OPEN_A_FILE = "open('/dev/null', 'w')"


class GuardsTest(DaemonTestCase):
    def daemon(self, **settings: str) -> Client:
        return self.start(env={f"BLENDER_MCPD_{name}": value for name, value in settings.items()})

    def metrics(self, client: Client) -> dict[str, int]:
        return client.do("get_blender_status")["metrics"]

    def test_a_limit_says_when_to_come_back(self) -> None:
        client = self.daemon(LIMITS_PER_MINUTE="60", LIMITS_TOOLS="get_object_info = 2")
        for _ in range(2):
            client.do("get_object_info", names=["Cube"])
        self.assertRegex(client.refuse("get_object_info", names=["Cube"]), r"Call again in \d+(\.\d+)? s")
        about = client.call("get_object_info", {"names": ["Cube"]})["_meta"]["blender-mcpd/error"]
        self.assertEqual((about["code"], about["outcome"]), ("busy", "not_applied"))
        self.assertLessEqual(about["retry_after_s"], 30)
        client.do("get_scene_info")
        self.assertEqual(self.metrics(client)["rate_limiter.refused{rate}"], 2)

    def test_the_cache_never_shows_an_old_scene(self) -> None:
        client = self.daemon()
        client.run("result = 1")  # what is read while Blender starts is not kept
        for number in range(3):
            before = client.do("get_scene_info", detail="objects")
            self.assertEqual(client.do("get_scene_info", detail="objects"), before)
            client.run(f"import bpy; bpy.data.objects['Cube'].location.x = {number + 5}")
            # In one go, so that the read is there before the edit has ended.
            edit = client.start_call("update_objects", {"items": [{"name": "Cube", "scale": [number + 2] * 3}]})
            read = client.start_call("get_object_info", {"names": ["Cube"]})
            client.finish_call("update_objects", edit)
            cube = client.finish_call("get_object_info", read)["structuredContent"]["objects"][0]
            self.assertEqual(cube["location"][0], number + 5)
            self.assertEqual(cube["scale"], [number + 2] * 3)
        self.assertEqual(self.metrics(client)["cache.hits"], 3)

    def test_what_is_known_is_told_without_asking_blender(self) -> None:
        client = self.daemon()
        client.run("result = 1")  # what is read while Blender starts is not kept
        known = client.do("get_object_info", names=["Cube"])
        client.do("get_object_info", names=["Cube"])  # from here on the daemon sees the generation
        blender = client.do("get_blender_status")["blender"]["pid"]
        os.kill(blender, signal.SIGSTOP)
        try:
            self.assertEqual(client.do("get_object_info", names=["Cube"]), known)
        finally:
            os.kill(blender, signal.SIGCONT)
        client.do("update_objects", items=[{"name": "Cube", "location": [1, 2, 3]}])
        self.assertEqual(client.do("get_object_info", names=["Cube"])["objects"][0]["location"], [1, 2, 3])

    def test_warn_tells_and_runs(self) -> None:
        client = self.daemon()
        result = client.do("execute_blender_code", code=f"f = {OPEN_A_FILE} if False else None\nresult = 1")
        self.assertEqual(result["result"], 1)
        self.assertEqual([(finding["rule"], finding["line"]) for finding in result["policy"]], [("file.write", 1)])

    def test_block_refuses_and_says_how_to_allow(self) -> None:
        code = f"import bpy\n{OPEN_A_FILE}\n"
        client = self.daemon(SCRIPT_POLICY="block")
        text = client.refuse("execute_blender_code", code=code)
        for part in ("file.write", "line 2", "Nothing was changed", "SHA-256"):
            self.assertIn(part, text)
        sha256 = next(word.strip(".,") for word in text.split() if len(word.strip(".,")) == 64)
        allowed = self.daemon(SCRIPT_POLICY="block", SCRIPT_ALLOW_SHA256=sha256)
        allowed.do("execute_blender_code", code=code)

    def test_only_some_modules(self) -> None:
        client = self.daemon(SCRIPT_ALLOW_MODULES="bpy, math", SCRIPT_RULES="import.not_allowed = block")
        self.assertEqual(client.run("import bpy, math; result = math.floor(1.5)"), 1)
        self.assertIn("import.not_allowed", client.refuse("execute_blender_code", code="import random"))

    def test_files_stay_in_their_folders(self) -> None:
        client = self.daemon(FILES_ROOTS=str(self.world.home))
        text = client.refuse("manage_file", action="save_as", path="/var/tmp/outside.blend")
        self.assertIn(str(self.world.home), text)
        client.do("manage_file", action="save_as", path=str(self.world.home / "in side.blend"))
        client.do("manage_file", action="save_as", path="beside.blend")
        self.assertTrue((self.world.home / "beside.blend").exists())

    def test_numbers_that_are_none(self) -> None:
        client = self.daemon()
        for number in ("1e999", "-1e999", "1e400", "1e39"):
            client.write(b'{"jsonrpc":"2.0","id":"n","method":"tools/call","params":{"name":"update_objects","arguments":'
                         b'{"items":[{"name":"Cube","location":[0,%s,0]}]}}}\n' % number.encode())
            result = client.reply("n")["result"]
            self.assertTrue(result["isError"])
            self.assertIn("location[1]", error_text(result))
            self.assertIn("Y coordinate", error_text(result))
        self.assertEqual(self.metrics(client)["validation.nan_infinity.blocked"], 4)

    def test_health_is_told(self) -> None:
        client = self.daemon(POOL_HEALTH_INTERVAL_S="1")
        client.do("get_scene_info")
        wait_until(lambda: "health" in client.do("get_blender_status"), "a health check")
        health = client.do("get_blender_status")["health"]
        self.assertEqual((health["state"], health["message"]), ("healthy", "Blender connection established"))
        self.assertEqual(health["failures_in_a_row"], 0)
        call = client.start_call("execute_blender_code", {"code": "import time; time.sleep(4)"})
        wait_until(lambda: client.do("get_blender_status")["health"]["state"] == "busy", "a check while Blender works")
        client.finish_call("execute_blender_code", call)
        wait_until(lambda: client.do("get_blender_status")["health"]["state"] == "healthy", "a check afterwards")

    def test_the_five_metrics_are_there_from_the_start(self) -> None:
        metrics = self.metrics(self.daemon())
        for name in ("memory.timers.leaked", "validation.ttl.capped", "validation.query.sanitized",
                     "validation.nan_infinity.blocked", "rate_limiter.cleanup.concurrent_prevented"):
            self.assertEqual(metrics[name], 0, name)

    def test_metrics_are_logged_at_the_end(self) -> None:
        client = self.daemon()
        client.do("get_scene_info")
        client.close_input()
        client.wait()
        line = next(line for line in client.log().splitlines() if "metrics:" in line)
        for part in ("mcp.tool_calls{get_scene_info}=1", "memory.timers.leaked=0", "blender.started=1"):
            self.assertIn(part, line)

    def test_the_end_has_an_order(self) -> None:
        client = self.daemon(LOG_LEVEL="debug")
        client.do("get_scene_info")
        client.close_input()
        self.assertEqual(client.wait(), 0)
        finished = [line.split("shutdown: ")[1].removesuffix(" finished") for line in client.log().splitlines()
                    if "shutdown: " in line]
        self.assertEqual(finished, ["stdio-input", "health-check-interval", "tasks", "stdio-calls", "rate-limiter",
                                    "connection-pool", "blender", "audit-log", "metrics"])
        self.assertIn("Rate limiter shutdown complete", client.log())

    def test_metrics_of_a_running_daemon(self) -> None:
        def ask() -> subprocess.CompletedProcess[str]:
            return subprocess.run([DAEMON, "metrics"], env=self.world.environment(), cwd=self.world.folder, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
        none = ask()
        self.assertEqual((none.returncode, none.stdout), (1, ""))
        self.assertIn("No blender-mcpd is running", none.stderr)
        client = self.daemon()
        client.do("get_scene_info")
        wait_until(lambda: ask().returncode == 0, "the first metrics")
        self.assertIn('blender_mcpd_mcp_tool_calls_total{tool="get_scene_info"} 1', ask().stdout)
        client.close()
        self.assertEqual(ask().returncode, 1)

    def test_metrics_in_a_file_of_the_users(self) -> None:
        path = self.world.folder / "blender.prom"
        client = self.daemon(METRICS_FILE=str(path))
        client.do("get_blender_status")
        client.close()
        self.assertIn("blender_mcpd_mcp_tool_calls_total", path.read_text())
