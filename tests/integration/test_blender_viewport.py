"""Looking at the scene: pictures that show what is asked for, and a scene that does not notice."""

from __future__ import annotations

import base64

import png
from client import Json, SharedDaemonTestCase, error_text

# What some clients take as one result.
MAX_ENCODED_BYTES = 1_000_000
RED = {"name": "Red", "base_color": [1, 0, 0]}


class ViewportTest(SharedDaemonTestCase):
    def look(self, **arguments: object) -> tuple[Json, png.Picture]:
        result = self.client.call("get_viewport_screenshot", arguments)
        self.assertFalse(result.get("isError"), error_text(result))
        told = result["structuredContent"]
        (image,) = [block for block in result["content"] if block["type"] == "image"]
        self.assertEqual(image["mimeType"], "image/png")
        self.assertLess(len(image["data"]), MAX_ENCODED_BYTES)
        data = base64.b64decode(image["data"], validate=True)
        picture = png.read(data)
        self.assertEqual(told["image"], {"mime_type": "image/png", "width": picture.width, "height": picture.height,
                                         "bytes": len(data)})
        self.assertEqual((told["fallback"], told["engine"]), ("this Blender has no window", told["engine"]))
        return told, picture

    def red_share(self, picture: png.Picture) -> float:
        return sum(pixel[0] > pixel[1] + 50 for pixel in picture.pixels) / len(picture.pixels)

    def test_the_scene_as_it_is(self) -> None:
        told, picture = self.look()
        self.assertEqual((picture.width, picture.height), (800, 600))
        self.assertEqual((told["views"], told["shading"], told["engine"]), (["iso"], "solid", "workbench"))
        self.assertIn("no current view", told["notes"][0])
        self.assertNotEqual(picture.pixels[300 * 800 + 400], picture.pixels[0])

    def test_it_follows_every_edit(self) -> None:
        self.client.do("create_objects", items=[{"kind": "sphere", "name": "Ball", "location": [9, 9, 9], "material": RED}])
        arguments = {"view": "front", "frame_objects": ["Ball"], "max_size": 100}
        told, picture = self.look(**arguments)
        self.assertGreater(self.red_share(picture), 0.2)
        self.assertEqual(picture.pixels[37 * 100 + 50][1:], bytes([picture.pixels[37 * 100 + 50][1]] * 2))
        self.client.do("update_objects", items=[{"name": "Ball", "visible": False}])
        told, picture = self.look(**arguments)
        self.assertEqual(self.red_share(picture), 0)
        self.assertIn("Ball", told["notes"][0])

    def test_a_contact_sheet(self) -> None:
        call = self.client.start_call("get_viewport_screenshot", {"contact_sheet": 6, "max_size": 240}, "sheet")
        told = self.client.finish_call("get_viewport_screenshot", call)["structuredContent"]
        self.assertEqual(told["views"], ["front", "back", "left", "right", "top", "iso"])
        steps = self.client.progress("sheet")
        self.assertEqual((steps[-1]["progress"], steps[-1]["total"], steps[-1]["message"]), (6, 6, "iso"))

    def test_the_scene_does_not_notice(self) -> None:
        self.client.do("update_objects", items=[{"name": "Cube", "location": [1, 2, 3]}])
        before = self.client.do("get_scene_info", detail="full"), self.client.do("history", action="list")
        for arguments in ({"view": "camera"}, {"shading": "wireframe"}, {"shading": "rendered", "view": "top"}):
            self.look(max_size=100, **arguments)
        self.assertEqual((self.client.do("get_scene_info", detail="full"), self.client.do("history", action="list")), before)

    def test_mistakes(self) -> None:
        for arguments, expected in (({"frame_objects": ["Cub"]}, "Cube"), ({"view": "fornt"}, "front"),
                                    ({"contact_sheet": 4, "view": "top"}, "view"), ({"max_size": 9000}, "2048")):
            with self.subTest(arguments):
                self.assertIn(expected, self.client.refuse("get_viewport_screenshot", **arguments))
        self.client.do("delete_objects", names=["Camera"])
        self.assertIn("no camera", self.client.refuse("get_viewport_screenshot", view="camera"))

    def test_it_can_be_cancelled_and_has_a_time_limit(self) -> None:
        slow = {"shading": "rendered", "max_size": 2048}
        self.client.do("create_objects", items=[{"kind": "monkey", "name": f"M{index}"} for index in range(20)])
        main = self.world.blenders()
        call = self.client.start_call("get_viewport_screenshot", slow, "slow")
        self.client.take(lambda message: message.get("method") == "notifications/progress", "first sample")
        self.client.notify("notifications/cancelled", {"requestId": call})
        self.look(max_size=100)  # waits for the cancelled one to be over
        self.assertEqual(self.world.blenders(), main)
        self.assertIn("0.3 s", self.client.refuse("get_viewport_screenshot", timeout_s=0.3, **slow))

    def test_it_does_not_wait_for_a_render(self) -> None:
        render = self.client.start_call("render", {"engine": "cycles", "samples": 4096, "resolution": [2000, 2000]}, "long")
        self.client.take(lambda message: message.get("method") == "notifications/progress", "first sample")
        self.look(max_size=100)
        self.client.notify("notifications/cancelled", {"requestId": render})
