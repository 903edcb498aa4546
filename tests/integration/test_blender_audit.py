"""The audit log with a Blender, and `replay`: what was recorded comes out the same, and what did not is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from client import Client, DaemonTestCase, Json
from world import BLENDER, DAEMON, PATIENCE_S, UNCONFINED, Signal, wait_until

KEEP_ALL = {"BLENDER_MCPD_AUDIT_ARGUMENTS": "full", "BLENDER_MCPD_AUDIT_RESULTS": "full"}


class AuditTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.world.folder / "audit.jsonl"

    def record(self, **env: str) -> Client:
        return self.start(env={"BLENDER_MCPD_AUDIT_PATH": str(self.path), **env})

    def lines(self, path: Path | None = None) -> list[Json]:
        return [json.loads(line) for line in (path or self.path).read_text().splitlines()]

    def calls(self) -> list[Json]:
        return [line for line in self.lines() if line["event"] == "call"]

    def replay(self, *arguments: str) -> tuple[int, list[Json], str]:
        """The exit code, the lines of --json, and what it complains of."""
        done = subprocess.run([DAEMON, "--blender-port", str(self.world.port), "--blender", BLENDER, "replay", "--json",
                               *arguments], env=self.world.environment(BLENDER_MCPD_SCRIPT_POLICY="block"),
                              cwd=self.world.folder, capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def session(self) -> None:
        """Edits, a look, refusals of every kind and a call that is cancelled."""
        client = self.record(BLENDER_MCPD_SCRIPT_POLICY="block", **KEEP_ALL)
        client.do("create_objects", items=[{"kind": "cube", "name": "Box", "location": [1, 2, 3]}])
        client.do("get_object_info", names=["Box"])
        client.run("import time\nprint(time.time_ns() and 'ran')\nresult = sorted(o.name for o in D.objects)")
        client.refuse("execute_blender_code", code="import subprocess\nsubprocess.run(['true'])")
        client.refuse("create_objects", items="none")
        client.refuse("delete_objects", names=["Nobody"])
        self.assertIn("error", client.request("tools/call", {"name": "no_such_tool"}))
        endless = client.start_call("execute_blender_code", {"code": "while True: pass"}, "endless")
        wait_until(lambda: client.do("get_blender_status")["state"] == "busy", "the script never ran")
        client.notify("notifications/cancelled", {"requestId": endless})
        wait_until(lambda: client.do("get_blender_status")["state"] == "ready", "the script never ended")
        client.do("delete_objects", names=["Box"])
        client.close()

    def test_a_session_and_its_replay(self) -> None:
        self.session()
        calls = [call for call in self.calls() if call["tool"] != "get_blender_status"]
        told = [(call["tool"], call["outcome"], call.get("code"), call["scene"]) for call in calls]
        self.assertEqual(told, [
            ("create_objects", "ok", None, "applied"),
            ("get_object_info", "ok", None, "not_applied"),
            ("execute_blender_code", "ok", None, "applied"),
            ("execute_blender_code", "failed", "invalid", "not_applied"),
            ("create_objects", "failed", "invalid", "not_applied"),
            ("delete_objects", "failed", calls[5]["code"], "not_applied"),
            ("no_such_tool", "protocol_error", -32602, "not_applied"),
            ("execute_blender_code", "cancelled", "cancelled", calls[7]["scene"]),
            ("delete_objects", "ok", None, "applied")])
        first, _, script, refused = calls[:4]
        self.assertEqual((first["client"]["name"], first["transport"], first["instance"]), ("tests", "stdio", "main"))
        self.assertEqual(len(first["uuid"]), 32)
        self.assertIsInstance(first["generation"], int)
        self.assertEqual(len(script["scripts"][0]["sha256"]), 64)
        self.assertEqual(refused["policy"]["action"], "block")
        self.assertIn("process", json.dumps(refused["policy"]["findings"]))
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        begun = [line["call"] for line in self.lines() if line["event"] == "begin"]
        self.assertLessEqual(set(begun), {call["call"] for call in self.calls()})

        code, lines, errors = self.replay(str(self.path))
        self.assertEqual(code, 0, (lines, errors))
        verdicts = {line["number"]: line["verdict"] for line in lines[:-1]}
        self.assertEqual({number: verdict for number, verdict in verdicts.items() if verdict != "same"},
                         {next(number for number, call in enumerate(self.calls(), 1) if call["outcome"] == "cancelled"):
                          "not_run"})
        self.assertEqual(lines[-1]["never_ended"], [])

        changed = self.world.folder / "changed.jsonl"
        with changed.open("w") as file:
            for line in self.lines():
                if line["event"] == "call" and line["tool"] == "get_object_info":
                    line["result"]["structured"]["objects"][0]["location"][0] = 7
                print(json.dumps(line), file=file)
            file.write('{"event":"call","ca')
        code, lines, errors = self.replay(str(changed), "--only-edits")
        self.assertEqual((code, [line for line in lines[:-1] if line["tool"] == "get_object_info"]), (0, []), lines)
        code, lines, errors = self.replay(str(changed))
        self.assertEqual(code, 1, (lines, errors))
        different = [line for line in lines[:-1] if line["verdict"] == "differs"]
        self.assertEqual([line["tool"] for line in different], ["get_object_info"])
        self.assertIn("location[0]: 7, now 1.0", different[0]["differences"][0])
        self.assertEqual(len(lines[-1]["cut_lines"]), 1)

    def test_a_daemon_that_is_killed_leaves_the_call_that_was_open(self) -> None:
        client = self.record(**KEEP_ALL, **UNCONFINED)
        begun = Signal(self.world)
        self.addCleanup(begun.close)
        client.start_call("execute_blender_code", {"code": begun.code + "while True: pass"})
        begun.wait()
        os.kill(client.process.pid, signal.SIGKILL)
        client.process.wait(PATIENCE_S)
        line, = self.lines()
        self.assertEqual((line["event"], line["tool"]), ("begin", "execute_blender_code"))
        self.assertIn("while True", line["arguments"]["code"])
        self.assertEqual(len(line["scripts"][0]["sha256"]), 64)
        code, lines, errors = self.replay(str(self.path))
        self.assertEqual(code, 0, errors)
        self.assertEqual(len(lines[-1]["never_ended"]), 1)
        # What it left in the temporary folder the next start removes.
        self.start().do("get_scene_info")

    def test_replay_is_ended_by_a_signal_and_leaves_nothing(self) -> None:
        client = self.record(**KEEP_ALL)
        client.run("import time\ntime.sleep(0.1)\nresult = 1")
        client.close()
        line = self.calls()[0]
        line["arguments"]["code"] = "while True: pass"
        self.path.write_text(json.dumps(line) + "\n")
        process = subprocess.Popen([DAEMON, "--blender-port", str(self.world.port), "--blender", BLENDER, "replay", str(self.path)],
                                   env=self.world.environment(), cwd=self.world.folder, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: bool(self.world.blenders()), "no Blender was started")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 1, errors)
        self.assertIn("Interrupted", errors)
        self.assertFalse(self.world.processes())
