"""Animations: a video or frames in the user's folder, with progress, an end at any time, and as tasks."""

from __future__ import annotations

import base64
import os
import signal
import unittest
from pathlib import Path
from typing import Any

import png
from client import Json, SharedDaemonTestCase, error_text
from peers import LegacyPeer
from test_daemon_http import Server
from world import BLENDER, World, wait_until

QUICK = {"kind": "animation", "engine": "workbench", "resolution": [64, 48], "frame_start": 1, "frame_end": 6}
# A frame takes a moment, all of them far longer than any test.
ENDLESS = {**QUICK, "engine": "cycles", "samples": 1, "resolution": [200, 160], "frame_end": 50_000}
MOVE = """
cube = bpy.data.objects["Cube"]
for frame, x in ((1, -2), (6, 2)):
    cube.location.x = x
    cube.keyframe_insert("location", frame=frame)
"""


def boxes(data: bytes) -> list[bytes]:
    """The names of the outermost boxes of an MP4 file (ISO/IEC 14496-12)."""
    names, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        names.append(data[at + 4:at + 8])
        at += size if size > 1 else len(data)
    return names


class AnimationTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.client.do("execute_blender_code", code="import bpy\n" + MOVE)
        self.folder = Path(self.world.home / self.id().rsplit(".", 1)[-1])
        self.folder.mkdir()

    def files(self) -> list[str]:
        """Hidden ones, too: nothing of the work may stay."""
        return sorted(os.listdir(self.folder))

    def render(self, output: str, token: Any = None, **arguments: Any) -> Json:
        result = self.client.call("render", {**QUICK, "output": str(self.folder) + "/" + output, **arguments}, token)
        self.assertFalse(result.get("isError"), error_text(result))
        return result

    def check_preview(self, result: Json, width: int, height: int) -> None:
        (image,) = [block for block in result["content"] if block["type"] == "image"]
        picture = png.read(base64.b64decode(image["data"], validate=True))
        self.assertEqual((picture.width, picture.height), (width, height))
        self.assertGreater(len(picture.colours()), 2)
        self.assertEqual(len([block for block in result["content"] if block["type"] == "resource_link"]), 1)

    def video(self, path: str) -> list[Any]:
        return self.client.run(f"import bpy\nclip = bpy.data.movieclips.load({path!r})\n"
                               "result = [*clip.size, clip.frame_duration]\nbpy.data.movieclips.remove(clip)")

    def start_endless(self, output: str, token: str, frames: int = 1, **arguments: Any) -> int:
        """Returns when so many frames are done."""
        call = self.client.start_call("render", {**ENDLESS, "output": str(self.folder) + "/" + output, **arguments}, token)
        self.client.take(lambda message: message.get("method") == "notifications/progress"
                         and message["params"]["progressToken"] == token
                         and message["params"]["progress"] >= frames, "done frame")
        return call

    def test_videos(self) -> None:
        for name, signature in (("a.mp4", b"ftyp"), ("a.mkv", b"\x1a\x45\xdf\xa3"), ("a.webm", b"webm")):
            with self.subTest(name):
                result = self.render(name)
                self.check_preview(result, 64, 48)
                about = result["structuredContent"]["animation"]
                path = self.folder / name
                self.assertEqual((about["files"], about["first"], about["last"], about["frames"], about["bytes"]),
                                 (1, str(path), str(path), 6, path.stat().st_size))
                self.assertEqual((about["fps"], about["duration_s"]), (24, 0.25))
                self.assertIn(signature, path.read_bytes()[:64])
                self.assertEqual(self.video(str(path)), [64, 48, 6])
        self.assertEqual(boxes((self.folder / "a.mp4").read_bytes())[0], b"ftyp")
        self.assertIn(b"moov", boxes((self.folder / "a.mp4").read_bytes()))
        self.assertEqual(self.files(), ["a.mkv", "a.mp4", "a.webm"])

    def test_frames_in_a_new_folder(self) -> None:
        result = self.render("walk/", "f")
        self.check_preview(result, 64, 48)
        names = [f"{frame:04d}.png" for frame in range(1, 7)]
        self.assertEqual((self.files(), sorted(os.listdir(self.folder / "walk"))), (["walk"], names))
        pictures = [png.read((self.folder / "walk" / name).read_bytes()) for name in names]
        self.assertEqual({(picture.width, picture.height) for picture in pictures}, {(64, 48)})
        self.assertEqual(len({tuple(picture.pixels) for picture in pictures}), 6, "the cube moves in every frame")
        steps = self.client.progress("f")
        self.assertEqual({step["total"] for step in steps}, {6})
        self.assertEqual(steps[-1]["progress"], 6)

    def test_beside_the_open_file(self) -> None:
        self.client.do("manage_file", action="save_as", path=str(self.folder / "scene.blend"))
        result = self.client.do("render", **QUICK, output="//turn.mp4")
        self.assertEqual(result["animation"]["first"], str(self.folder / "turn.mp4"))
        self.assertEqual(self.files(), ["scene.blend", "turn.mp4"])

    def test_progress_with_the_samples_of_a_frame(self) -> None:
        self.render("c_#.png", "c", engine="cycles", samples=4, resolution=[160, 128], frame_end=3)
        steps = self.client.progress("c")
        values = [step["progress"] for step in steps]
        self.assertEqual(values, sorted(set(values)))
        self.assertEqual(values[-1], 3)
        self.assertTrue([step for step in steps if "ample" in step["message"] and step["progress"] % 1], steps)

    def test_what_is_refused(self) -> None:
        (self.folder / "old.mp4").write_bytes(b"mine")
        path = str(self.folder)
        for arguments, expected in [
                ({}, "output: an animation needs it"),
                ({"output": "/etc/x.mp4"}, "is not inside a folder that is allowed"),
                ({"output": "x.mp4"}, "has not been saved yet"),
                ({"output": path + "/none/x.mp4"}, "does not exist"),
                ({"output": path + "/x.avi"}, ".mp4, .mkv or .webm"),
                ({"output": path + "/old.mp4"}, '"overwrite": true'),
                ({"output": path + "/x.mp4", "frame_end": 0}, "before it starts"),
                ({"output": path + "/x.mp4", "frame_end": 200_000}, "at most 100000"),
                ({"output": path + "/x.mp4", "camera": "Nobody"}, "Nobody"),
        ]:
            with self.subTest(expected):
                self.assertIn(expected, self.client.refuse("render", **{**QUICK, **arguments}))
        self.client.do("delete_objects", names=["Camera"])
        self.assertIn("no camera", self.client.refuse("render", **QUICK, output=path + "/x.mp4"))
        self.assertEqual(self.files(), ["old.mp4"])
        self.assertEqual((self.folder / "old.mp4").read_bytes(), b"mine")

    def test_overwrite(self) -> None:
        (self.folder / "old.mp4").write_bytes(b"mine")
        self.render("old.mp4", overwrite=True)
        self.assertEqual(self.video(str(self.folder / "old.mp4")), [64, 48, 6])

    def test_cancelled_frames_stay_and_are_whole(self) -> None:
        call = self.start_endless("c_#.png", "cancel", frames=2)
        self.client.notify("notifications/cancelled", {"requestId": call})
        stay = f"(1 to {{}}) and stay, as {self.folder}/c_#.png"
        wait_until(lambda: stay.format(len(self.files())) in self.client.log(), self.client.log)
        done = self.files()
        self.assertGreaterEqual(len(done), 2)
        self.assertEqual(set(done), {f"c_{frame}.png" for frame in range(1, len(done) + 1)})
        for name in done:
            png.read((self.folder / name).read_bytes())
        self.assertNotIn(call, [message.get("id") for message in self.client.waiting()])

    def test_a_cancelled_video_leaves_nothing(self) -> None:
        call = self.start_endless("c.mp4", "cancel-video")
        self.assertEqual(len(self.files()), 1, "only the hidden folder")
        self.client.notify("notifications/cancelled", {"requestId": call})
        self.render("after/")  # waits for the cancelled one to be over
        self.assertEqual(self.files(), ["after"])

    def test_the_time_limit(self) -> None:
        text = self.client.refuse("render", **ENDLESS, output=str(self.folder) + "/t_#.png", timeout_s=4)
        self.assertIn("4 s", text)
        done = self.files()
        self.assertIn(f"{len(done)} frames were done" if len(done) > 1 else "rame", text)
        self.assertEqual([name for name in done if not name.endswith(".png")], [])

    def test_the_blender_that_renders_dies(self) -> None:
        main = self.world.blenders()
        call = self.start_endless("d_#.png", "killed")
        (throwaway,) = self.world.blenders() - main
        os.kill(throwaway, signal.SIGKILL)
        text = error_text(self.client.finish_call("render", call))
        self.assertIn("signal 9", text)
        self.assertIn("stay", text)
        self.assertGreaterEqual(len(self.files()), 1)
        self.assertEqual([name for name in self.files() if not name.endswith(".png")], [])

    def test_as_a_task(self) -> None:
        result = self.client.result("tools/call", {"name": "render", "task": {}, "arguments": {
            **QUICK, "output": str(self.folder / "task.mp4")}})
        got = self.client.result("tasks/result", {"taskId": result["task"]["taskId"]})
        self.check_preview(got, 64, 48)
        self.assertEqual(self.files(), ["task.mp4"])

    def test_a_cancelled_task_tells_what_stays(self) -> None:
        task = self.client.result("tools/call", {"name": "render", "task": {}, "arguments": {
            **ENDLESS, "output": str(self.folder) + "/k_#.png"}})["task"]["taskId"]

        def message() -> str:
            return self.client.result("tasks/get", {"taskId": task}).get("statusMessage", "")

        wait_until(lambda: "of 50000" in message() and len(self.files()) > 2, message)
        self.assertEqual(self.client.result("tasks/cancel", {"taskId": task})["status"], "cancelled")
        wait_until(lambda: "stay, as" in message(), message)
        self.assertIn(f"{len(self.files())} frames were done", message())


class SharedTaskTest(unittest.TestCase):
    def test_a_task_outlives_its_client(self) -> None:
        world = World()
        self.addCleanup(world.close)
        server = Server(world, launch=("--blender", BLENDER))
        self.addCleanup(server.close)
        output = world.home / "outlives.mp4"
        client = LegacyPeer(server)
        reply = client.ask("tools/call", {"name": "render", "task": {}, "arguments": {**QUICK, "output": str(output)}})
        task = reply["result"]["task"]["taskId"]
        client.close()
        other = LegacyPeer(server)
        result = other.ask("tasks/result", {"taskId": task})["result"]
        self.assertFalse(result.get("isError"), result)
        self.assertEqual(result["structuredContent"]["animation"]["bytes"], output.stat().st_size)
        other.close()
        self.assertEqual(client.faults + other.faults, [])


if __name__ == "__main__":
    unittest.main()
