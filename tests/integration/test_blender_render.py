"""Pictures: every engine, progress, and a scene that does not notice."""

from __future__ import annotations

import base64
import os
import signal

import png
from client import Json, SharedDaemonTestCase, error_text

SCENE = [
    {"kind": "plane", "name": "Ground", "size": 20, "material": {"name": "Ground", "base_color": "#334455"}},
    {"kind": "monkey", "name": "Suzanne", "location": [0, 0, 1], "material": {"name": "Red", "base_color": [0.8, 0, 0]}},
    {"kind": "light", "name": "Key", "location": [4, -4, 6], "light": {"type": "area", "energy": 500, "size": 3}},
    {"kind": "camera", "name": "Eye", "location": [4, -5, 3], "look_at": "Suzanne", "camera": {"active": True}},
]


class RenderTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        self.client.do("manage_file", action="new", use_empty=True, discard_changes=True)
        self.client.do("create_objects", items=SCENE)

    def check(self, result: Json, width: int, height: int) -> None:
        """A decoded picture of that size with something on it."""
        self.assertFalse(result.get("isError"), error_text(result))
        (image,) = [block for block in result["content"] if block["type"] == "image"]
        self.assertEqual(image["mimeType"], "image/png")
        data = base64.b64decode(image["data"], validate=True)
        about = result["structuredContent"]["image"]
        self.assertEqual((about["width"], about["height"], about["bytes"]), (width, height, len(data)))
        picture = png.read(data)
        self.assertEqual((picture.width, picture.height), (width, height))
        self.assertGreater(len(picture.colours()), 20)

    def render(self, token: str, **arguments: object) -> Json:
        return self.client.call("render", {"resolution": [64, 48], **arguments}, token)

    def check_progress(self, token: str, total: int) -> None:
        steps = self.client.progress(token)
        self.assertGreater(len(steps), 0, "no progress was reported")
        values = [step["progress"] for step in steps]
        self.assertEqual(values, sorted(set(values)), "progress must grow")
        self.assertEqual({step["total"] for step in steps}, {total})
        self.assertEqual(values[-1], total)
        self.assertIn("ample", steps[0]["message"])

    def test_workbench(self) -> None:
        result = self.render("w", engine="workbench")
        self.check(result, 64, 48)
        self.assertEqual(result["structuredContent"]["engine"], "workbench")

    def test_cycles(self) -> None:
        result = self.render("c", engine="cycles", samples=12)
        self.check(result, 64, 48)
        self.check_progress("c", 12)
        self.assertEqual(result["structuredContent"]["samples"], 12)

    def test_cycles_in_tiles_counts_samples_of_all_tiles(self) -> None:
        result = self.render("t", engine="cycles", samples=4, resolution=[160, 128])
        self.check(result, 160, 128)
        self.check_progress("t", 4 * 6)

    def test_eevee(self) -> None:
        result = self.render("e", engine="eevee", samples=4, resolution=[32, 24], timeout_s=85)
        if result.get("isError") and "85 s" in error_text(result):
            self.skipTest("this machine renders with EEVEE in software, too slowly to wait for")
        if result.get("isError") and "GPU" in error_text(result):
            self.skipTest("this machine cannot run EEVEE: " + error_text(result))
        self.check(result, 32, 24)
        self.check_progress("e", 4)

    def test_transparent(self) -> None:
        result = self.render("a", engine="cycles", samples=1, transparent=True)
        image = [block for block in result["content"] if block["type"] == "image"][0]
        self.assertEqual({len(pixel) for pixel in png.read(base64.b64decode(image["data"])).pixels}, {4})

    def test_without_a_camera_one_is_made_up(self) -> None:
        self.client.do("delete_objects", names=["Eye"])
        result = self.render("n", engine="workbench")
        self.check(result, 64, 48)
        self.assertIsNone(result["structuredContent"]["camera"])
        self.assertIn("camera", " ".join(result["structuredContent"]["notes"]))

    def test_the_scene_does_not_notice(self) -> None:
        before = self.client.do("get_scene_info", detail="full")
        self.render("s", engine="cycles", samples=1)
        self.assertEqual(self.client.do("get_scene_info", detail="full"), before)

    def test_unknown_camera(self) -> None:
        self.assertIn("camera", self.client.refuse("render", camera="Nobody", engine="workbench"))

    def test_the_scene_stays_free(self) -> None:
        render = self.start_endless_render("r1")
        self.assertEqual(self.client.run("result = 6 * 7"), 42)
        self.client.notify("notifications/cancelled", {"requestId": render})
        self.client.do("get_scene_info")

    def test_cancel(self) -> None:
        for token in ("first", "second"):
            with self.subTest(token):
                render = self.start_endless_render(token)
                self.client.notify("notifications/cancelled", {"requestId": render})
                # The next render waits for the cancelled one to be over.
                self.check(self.render(f"after {token}", engine="workbench"), 64, 48)
                self.assertNotIn(render, [message.get("id") for message in self.client.waiting()])

    def test_the_blender_that_renders_dies(self) -> None:
        main = self.world.blenders()
        render = self.start_endless_render("killed")
        (throwaway,) = self.world.blenders() - main
        os.kill(throwaway, signal.SIGKILL)
        result = self.client.finish_call("render", render)
        self.assertTrue(result["isError"])
        self.assertIn("signal 9", error_text(result))
        self.assertIn("untouched", error_text(result))
        self.check(self.render("after", engine="workbench"), 64, 48)
        self.assertEqual(self.world.blenders(), main)

    def start_endless_render(self, token: str, **arguments: object) -> int:
        """A render that takes far longer than the test; returns when its first sample is there."""
        render = self.client.start_call("render", {"engine": "cycles", "samples": 4096, "resolution": [2000, 2000],
                                                   **arguments}, token)
        self.client.take(lambda message: message.get("method") == "notifications/progress"
                         and message["params"]["progressToken"] == token, "first sample")
        return render
