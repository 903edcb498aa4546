"""A Blender that ends by itself, or hangs: what is kept, what is lost, and what the client is told of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from client import Client, DaemonTestCase, Json, error_text
from world import UNHOOKED, Signal, wait_until

# Copies are due at once, as far as their cost allows.
QUICK = {"BLENDER_MCPD_RECOVERY_INTERVAL_S": "0.1", **UNHOOKED}
# Nothing is copied by time after the first copy of a scene.
SLOW = {"BLENDER_MCPD_RECOVERY_INTERVAL_S": "3600"}
# Scripts: os.kill refuses that.
STOP = "import ctypes, os, signal\nctypes.CDLL(None).kill(os.getpid(), int(signal.SIGSTOP))"
SWALLOW_EVERYTHING = """
import time
while True:
    try:
        while True:
            try: time.sleep(1)
            except BaseException: pass
    except BaseException: pass
"""


class RecoveryTestCase(DaemonTestCase):
    def create(self, client: Client, *names: str) -> None:
        for name in names:
            client.do("create_objects", items=[{"kind": "cube", "name": name}])

    def names(self, client: Client) -> list[str]:
        return [item["name"] for item in client.do("get_scene_info", detail="objects")["objects"]]

    def state(self) -> Path:
        return self.world.home / ".local" / "state" / "blender-mcpd"

    def notes(self) -> list[Json]:
        """What the copies say of themselves."""
        notes = []
        for path in self.state().glob("recovery/*/*-*.json"):
            with suppress(FileNotFoundError):  # it has just made room for a new one
                notes.append(json.loads(path.read_text()))
        return notes

    def wait_for_copy(self, client: Client) -> None:
        """Everything up to now is in a copy."""
        def is_copied() -> bool:
            generation = client.do("get_blender_status")["blender"]["generation"]
            return any(note["generation"] == generation for note in self.notes())
        wait_until(is_copied, lambda: f"no copy was made; there are {self.notes()}")

    def kill(self, client: Client) -> None:
        os.kill(self.the_blender(), signal.SIGKILL)
        wait_until(lambda: client.do("get_blender_status")["state"] == "failed", "its death was not noticed")

    def last_crash(self, client: Client) -> Json:
        return client.do("get_blender_status")["recovery"]["last_crash"]

    def assert_parts(self, text: str, *parts: str) -> None:
        for part in parts:
            self.assertIn(part, text)


class RestoreTest(RecoveryTestCase):
    def test_killed_after_edits(self) -> None:
        client = self.start(env=SLOW)
        self.create(client, "Kept")
        self.wait_for_copy(client)
        self.create(client, "Lost", "Gone")
        self.kill(client)
        text = client.refuse("create_objects", items=[{"kind": "cube", "name": "Never"}])
        self.assert_parts(text, "signal 9", "a scene that was never saved", "Lost are 2 edits",
                          "create_objects (added Lost), create_objects (added Gone)", "crash-", "Nothing was changed")
        self.assertEqual(self.names(client), ["Camera", "Cube", "Kept", "Light"])
        crash = self.last_crash(client)
        report = json.loads(Path(crash["report"]).read_text())
        self.assertEqual((report["signal"], report["calls"][-1]["changes"]), (9, "added Gone"))
        self.assertTrue(report["restored"]["path"].endswith(".blend"))

    def test_the_next_one_dies_too(self) -> None:
        client = self.start(env=SLOW)
        self.create(client, "Kept")
        self.wait_for_copy(client)
        for _ in range(2):
            self.kill(client)
            self.assertIn("No edit that was answered is lost", client.refuse("get_scene_info"))
            self.assertIn("Kept", self.names(client))

    def test_a_script_that_crashes_costs_nothing_else(self) -> None:
        client = self.start(env=QUICK)
        self.create(client, "Kept")
        self.wait_for_copy(client)
        text = client.refuse("execute_blender_code",
                             code="D.objects.remove(D.objects['Kept'])\nimport ctypes\nctypes.string_at(0)")
        self.assert_parts(text, "Blender ended", "No edit that was answered is lost", "may or may not")
        self.assertIn("Kept", self.names(client))

    def test_a_copy_belongs_to_its_file(self) -> None:
        path = str(self.world.folder / "scene.blend")
        client = self.start(env=QUICK)
        self.create(client, "Saved")
        client.do("manage_file", action="save_as", path=path)
        self.create(client, "Unsaved")
        self.wait_for_copy(client)
        self.kill(client)
        self.assertIn(f"{path}, with its unsaved changes", client.refuse("get_scene_info"))
        scene = client.do("get_scene_info")
        self.assertEqual((scene["file"], scene["object_count"]), (path, 5))
        self.assertIn("Unsaved", self.names(client))
        self.assertTrue(client.do("get_blender_status")["blender"]["dirty"])
        client.do("manage_file", action="save")
        self.assertFalse(client.do("get_blender_status")["blender"]["dirty"])

    def test_a_saved_file_needs_no_copy(self) -> None:
        path = str(self.world.folder / "scene.blend")
        client = self.start(env=SLOW)
        self.create(client, "Saved")
        client.do("manage_file", action="save_as", path=path)
        self.kill(client)
        self.assert_parts(client.refuse("get_scene_info"), f"opens the file as it was saved: {path}", "No edit")
        self.assertIn("Saved", self.names(client))
        self.assertFalse(client.do("get_blender_status")["blender"]["dirty"])

    def test_a_new_scene_is_not_replaced_by_the_old_one(self) -> None:
        client = self.start(env=SLOW)
        self.create(client, "Old")
        self.wait_for_copy(client)
        client.do("manage_file", action="new", discard_changes=True)
        self.kill(client)
        self.assertIn("nothing to restore", client.refuse("get_scene_info"))
        self.assertNotIn("Old", self.names(client))

    def test_a_copy_that_is_broken(self) -> None:
        client = self.start(env=QUICK)
        self.create(client, "First")
        self.wait_for_copy(client)
        self.create(client, "Second")
        self.wait_for_copy(client)
        newest = max(self.notes(), key=lambda note: note["number"])
        copy = next(self.state().glob(f"recovery/*/{newest['life']}-{newest['number']}.blend"))
        copy.write_bytes(b"BLENDER" + b"\0" * (newest["bytes"] - 7))
        self.kill(client)
        self.assertIn("No edit", client.refuse("get_scene_info"))
        self.assert_parts(client.refuse("get_scene_info"), "could not open", "Lost is 1 edit", "added Second")
        names = self.names(client)
        self.assertIn("First", names)
        self.assertNotIn("Second", names)

    def test_only_the_last_copies_are_kept_and_they_end_with_the_daemon(self) -> None:
        client = self.start(env={**QUICK, "BLENDER_MCPD_RECOVERY_KEEP": "2"})
        for name in "ABCD":
            self.create(client, name)
            self.wait_for_copy(client)
        self.assertEqual(sorted(note["number"] for note in self.notes()), [3, 4])
        folder = next(self.state().glob("recovery/*"))
        self.assertEqual(folder.stat().st_mode & 0o077, 0)
        client.close_input()
        client.wait()
        self.assertEqual(list(self.state().glob("recovery/*")), [])

    def test_switched_off(self) -> None:
        client = self.start(env={"BLENDER_MCPD_RECOVERY_ENABLED": "false"})
        self.create(client, "A")
        self.kill(client)
        self.assert_parts(client.refuse("get_scene_info"), "Everything that was not saved is lost", "crash-")
        self.assertEqual(self.names(client), ["Camera", "Cube", "Light"])
        self.assertEqual(self.notes(), [])

    def test_a_disk_that_takes_no_copy_does_not_break_edits(self) -> None:
        client = self.start(env=QUICK)
        self.create(client, "A")
        self.wait_for_copy(client)
        folder = next(self.state().glob("recovery/*"))
        shutil.rmtree(folder)
        folder.write_text("in the way")
        self.create(client, "B")
        wait_until(lambda: client.do("get_blender_status")["blender"]["recovery"]["error"] is not None,
                   "the failure is not told")
        self.create(client, "C")
        client.run("result = 1")
        self.assertEqual(client.log().count("no recovery copy can be made"), 1)
        self.kill(client)
        self.assertIn("nothing to restore", client.refuse("get_scene_info"))
        client.do("get_scene_info")
        folder.unlink()


class CrashLoopTest(RecoveryTestCase):
    def test_it_stops_with_advice(self) -> None:
        client = self.start(env=UNHOOKED)
        for _ in range(3):
            client.refuse("execute_blender_code", code="import ctypes; ctypes.CDLL(None)._exit(7)")
        result = client.call("get_scene_info")
        self.assertTrue(result["isError"])
        self.assert_parts(error_text(result), "3 times within 5 minutes", "exit code 7", "Do not repeat", "crash-")
        about = result["_meta"]["blender-mcpd/error"]
        self.assertEqual((about["code"], about["outcome"]), ("unavailable", "not_applied"))
        self.assertGreater(about["retry_after_s"], 0)
        self.assertEqual(self.world.blenders(), set())
        self.assertEqual(len(list(self.state().glob("crashes/*"))), 3)


class StuckTest(RecoveryTestCase):
    def start_quick(self, kill_after: str) -> Client:
        return self.start(env={**QUICK, "BLENDER_MCPD_CALLS_INTERRUPT_GRACE_S": "0.3",
                               "BLENDER_MCPD_BLENDER_KILL_STUCK_AFTER_S": kill_after})

    def wait_until_killed(self, client: Client, blender: int) -> None:
        wait_until(lambda: blender not in self.world.blenders(), "it was not killed")
        wait_until(lambda: client.do("get_blender_status")["state"] == "failed", "its death was not noticed")

    def check_killed(self, client: Client, code: str) -> None:
        self.create(client, "Kept")
        self.wait_for_copy(client)
        blender = self.the_blender()
        text = client.refuse("execute_blender_code", code=code, timeout_s=0.5)
        self.assert_parts(text, "0.5 s", "cannot be interrupted", "killed", "may or may not")
        self.wait_until_killed(client, blender)
        self.assert_parts(client.refuse("get_scene_info"), "blender-mcpd ended it", "execute_blender_code", "No edit")
        self.assertIn("Kept", self.names(client))

    def test_c_code_that_never_ends(self) -> None:
        self.check_killed(self.start_quick("1"), "sum(range(10**12))")

    def test_code_that_swallows_every_interrupt(self) -> None:
        self.check_killed(self.start_quick("1"), SWALLOW_EVERYTHING)

    def test_a_stopped_process(self) -> None:
        self.check_killed(self.start_quick("1"), STOP)

    def test_others_are_refused_at_once_and_it_is_used_again_when_it_goes_on(self) -> None:
        client = self.start_quick("-1")
        self.create(client, "Kept")
        blender = self.the_blender()
        client.refuse("execute_blender_code", code=STOP, timeout_s=0.5)
        result = client.call("get_scene_info")
        self.assertTrue(result["isError"])
        self.assert_parts(error_text(result), "does not end execute_blender_code", "leaves it alone")
        about = result["_meta"]["blender-mcpd/error"]
        self.assertEqual((about["code"], about["outcome"]), ("busy", "not_applied"))
        self.assertIn("retry_after_s", about)
        status = client.do("get_blender_status")
        self.assertEqual((status["state"], status["blender"]["running"]["op"]), ("busy", "execute_blender_code"))
        os.kill(blender, signal.SIGCONT)
        wait_until(lambda: client.do("get_blender_status")["state"] == "ready", "it is not used again")
        self.assertIn("Kept", self.names(client))
        self.assertEqual(self.the_blender(), blender)


class WeatherTest(RecoveryTestCase):
    def test_a_modifier_that_needs_all_memory(self) -> None:
        client = self.start(env={**QUICK, "BLENDER_MCPD_BLENDER_MEMORY_LIMIT_MB": "2000"})
        self.create(client, "Kept")
        self.wait_for_copy(client)
        text = client.refuse("execute_blender_code", code="""
o = D.objects['Kept']
for level in range(12):
    o.modifiers.new(f'S{level}', 'SUBSURF').levels = 6
C.view_layer.update()
dg = C.evaluated_depsgraph_get()
result = len(o.evaluated_get(dg).to_mesh().vertices)
""")
        if "Blender ended" in text:
            self.assertIn("No edit that was answered is lost", text)
        self.assertIn("Kept", self.names(client))

    def test_killed_in_the_middle_of_a_reply(self) -> None:
        client = self.start(env=QUICK)
        self.create(client, "Kept")
        self.wait_for_copy(client)
        begun = Signal(self.world)
        self.addCleanup(begun.close)
        # Half of its reply is sent when the process is stopped; then it is killed.
        call = client.start_call("execute_blender_code", {"code": begun.code + """
import os, signal, socket
def half(sock, chunks, *rest):
    data = b''.join(bytes(chunk) for chunk in chunks)
    sock.send(data[:len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
socket.socket.sendmsg = half
result = 'x' * 100000
"""})
        begun.wait()
        text = error_text(client.finish_call("execute_blender_code", call))
        self.assert_parts(text, "Blender ended", "signal 9", "may or may not")
        self.assertIn("Kept", self.names(client))

    def test_its_private_folder_is_gone(self) -> None:
        client = self.start(env=QUICK)
        self.create(client, "Kept")
        self.wait_for_copy(client)
        for name in self.world.private_folders():
            shutil.rmtree(self.world.temporary / name)
        self.create(client, "Then")
        self.wait_for_copy(client)
        self.kill(client)
        client.refuse("get_scene_info")
        self.assertEqual(self.names(client), ["Camera", "Cube", "Kept", "Light", "Then"])


class KilledDaemonTest(RecoveryTestCase):
    def test_copies_of_a_killed_daemon_stay_until_others_take_their_place(self) -> None:
        for _ in range(4):
            client = self.start(env=QUICK)
            self.create(client, "A")
            self.wait_for_copy(client)
            client.process.kill()
            client.wait()
            wait_until(lambda: not self.world.processes(), "a process outlived the daemon")
        self.assertEqual(len(list(self.state().glob("recovery/*"))), 3)
        client = self.start(env=QUICK)
        path = str(max(self.state().glob("recovery/*/*.blend"), key=lambda copy: copy.stat().st_mtime))
        client.do("manage_file", action="open", path=path)
        self.assertIn("A", self.names(client))
