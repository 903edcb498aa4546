"""render."""

from __future__ import annotations

import os
import struct
import unittest
import uuid
import zlib
from typing import Any

from harness import BlenderTestCase

SIZE = [64, 48]


class RenderTest(BlenderTestCase):
    def render(self, **args: Any) -> tuple[dict[str, Any], bytes]:
        result, png = self.client.call_blob("render", **{"resolution": SIZE, "engine": "workbench", **args})
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(result["image"], {"mime_type": "image/png", "width": struct.unpack(">I", png[16:20])[0],
                                           "height": struct.unpack(">I", png[20:24])[0], "bytes": len(png)})
        return result, png

    def settings(self) -> Any:
        return self.client.run("""
s, r = C.scene, C.scene.render
result = [r.engine, r.resolution_x, r.resolution_y, r.resolution_percentage, r.filepath, r.film_transparent,
          r.image_settings.file_format, r.image_settings.color_mode, s.frame_current, s.cycles.samples,
          s.cycles.use_denoising, s.cycles.tile_size, s.eevee.taa_render_samples, s.camera and s.camera.name,
          len(D.objects), len(D.cameras)]
""")

    def test_workbench(self) -> None:
        result, _ = self.render()
        self.assertEqual((result["image"]["width"], result["image"]["height"]), (64, 48))
        self.assertEqual((result["engine"], result["samples"], result["frame"], result["camera"]),
                         ("workbench", None, 1, "Camera"))
        self.assertEqual(result["generation"], self.client.call("status")["generation"])

    def test_cycles_reports_real_sample_counts(self) -> None:
        result, _ = self.render(engine="cycles", samples=8, resolution=[256, 192])
        self.assertEqual((result["engine"], result["samples"]), ("cycles", 8))
        self.assertTrue(self.client.events)
        values = [event["value"] for event in self.client.events]
        self.assertEqual(values, sorted(set(values)))
        for event in self.client.events:
            self.assertLessEqual(event["value"], event["total"])
            self.assertEqual(event["total"] % 8, 0)
            self.assertRegex(event["message"], r"([Ss]ample \d+/8|Finished)$")

    def test_cycles_default_samples(self) -> None:
        result, _ = self.render(engine="cycles", resolution=[16, 16])
        self.assertEqual(result["samples"], 64)
        self.assertIn("64 samples; the scene asks for 4096", " ".join(result["notes"]))
        self.client.run("C.scene.cycles.samples = 4")
        result, _ = self.render(engine="cycles", resolution=[16, 16])
        self.assertEqual(result["samples"], 4)
        self.assertNotIn("samples", " ".join(result["notes"]))

    @unittest.skipUnless(os.environ.get("BLENDER_MCPD_TEST_EEVEE", "1") == "1", "EEVEE is slow without a GPU")
    def test_eevee(self) -> None:
        self.client.sock.settimeout(600)  # without a GPU the first shaders of newer versions take minutes
        result, _ = self.render(engine="eevee", samples=2, resolution=[16, 16])
        self.assertEqual((result["engine"], result["samples"]), ("eevee", 2))
        self.assertEqual(self.client.events[-1]["total"], 2)

    def test_settings_are_restored(self) -> None:
        self.client.run("C.scene.render.filepath = '//out'; C.scene.render.image_settings.file_format = 'JPEG'\n"
                        "C.scene.frame_set(3); C.scene.render.resolution_percentage = 50")
        self.client.call("delete_objects", filter={"type": "CAMERA"})
        before, generation = self.settings(), self.client.call("status")["generation"]
        self.render(engine="cycles", samples=1, resolution=[16, 16], transparent=True, frame=9, percentage=100)
        self.render(resolution=[16, 16])
        self.assertEqual(self.settings(), before)
        self.assertEqual(self.client.call("status")["generation"], generation)

    def test_settings_are_restored_after_a_failure(self) -> None:
        before = self.settings()
        self.assertFails("not_found", "render", {"engine": "cycles", "resolution": SIZE, "camera": "Kamera"}, "camera")
        self.assertFails("invalid", "render", {"engine": "cycles", "resolution": SIZE, "camera": "Cube"}, "camera")
        self.assertEqual(self.settings(), before)

    def test_size(self) -> None:
        result, _ = self.render(resolution=[100, 50], percentage=50)
        self.assertEqual((result["image"]["width"], result["image"]["height"]), (50, 25))
        self.client.run("C.scene.render.resolution_x = 200; C.scene.render.resolution_y = 100")
        result = self.client.call("render", engine="workbench", percentage=10)
        self.assertEqual((result["image"]["width"], result["image"]["height"]), (20, 10))
        result = self.client.call("render", engine="workbench")
        self.assertEqual((result["image"]["width"], result["image"]["height"]), (200, 100))

    def test_the_engine_of_the_scene(self) -> None:
        self.client.run("C.scene.render.engine = 'CYCLES'; C.scene.cycles.samples = 1")
        self.assertEqual(self.client.call("render", resolution=[16, 16])["engine"], "cycles")

    def test_no_camera(self) -> None:
        self.client.call("delete_objects", filter={"type": "CAMERA"})
        self.client.call("update_objects", items=[{"name": "Cube", "location": [500, 0, 0], "scale": [20, 20, 20]}])
        result, png = self.render(transparent=True)
        self.assertIsNone(result["camera"])
        self.assertIn("temporary", " ".join(result["notes"]))
        opaque = sum(pixel > 0 for pixel in alpha_channel(png))
        self.assertGreater(opaque, 64 * 48 // 8)  # the cube is in the picture
        self.assertEqual(sum(alpha_channel(png)[:64]), 0)  # and does not touch the border

    def test_no_camera_and_nothing_to_see(self) -> None:
        self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
        self.render()
        self.assertEqual(self.client.run("result = [len(D.objects), len(D.cameras)]"), [0, 0])

    def test_camera_and_frame(self) -> None:
        self.client.run("o = D.objects['Cube']\n"
                        "for frame, x in ((1, 0), (10, 100)):\n"
                        "    o.location.x = x; o.keyframe_insert('location', frame=frame)")
        self.client.call("create_objects", items=[{"kind": "camera", "name": "Top", "location": [0, 0, 9]}])
        first = self.render(camera="Top", frame=1, transparent=True)
        later = self.render(camera="Top", frame=10, transparent=True)
        self.assertEqual((first[0]["camera"], first[0]["frame"], later[0]["frame"]), ("Top", 1, 10))
        self.assertGreater(sum(alpha_channel(first[1])), 0)
        self.assertEqual(sum(alpha_channel(later[1])), 0)
        self.assertEqual(self.client.call("get_scene_info")["camera"], "Camera")

    def test_samples_without_meaning(self) -> None:
        self.assertIn("samples", self.render(samples=5)[0]["notes"][0])

    def test_status_during_a_render_and_interrupt(self) -> None:
        request_uuid = str(uuid.uuid4())
        args = {"engine": "cycles", "resolution": [512, 512], "samples": 4096}
        request_id = self.client.start("render", args, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        while not self.client.events:
            self.client.events.append(self.client.read()[0])
        self.assertEqual(self.client.call("status")["running"]["op"], "render")
        self.assertEqual(self.client.call("interrupt", uuid=request_uuid), {"state": "interrupting"})
        self.assertEqual(self.client.reply(request_id)[0]["error"]["kind"], "interrupted")
        self.assertEqual(self.client.run("result = C.scene.cycles.samples"), 4096)


def alpha_channel(png: bytes) -> bytes:
    """Of an 8 bit RGBA PNG."""
    width, height, depth, color_type = struct.unpack(">IIBB", png[16:26])
    assert (depth, color_type) == (8, 6)
    data, position = b"", 8
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position:position + 8])
        if kind == b"IDAT":
            data += png[position + 8:position + 8 + length]
        position += length + 12
    raw, stride = zlib.decompress(data), width * 4
    above, alphas = bytearray(stride), bytearray()
    for y in range(height):
        line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        unfilter(raw[y * (stride + 1)], line, above)
        alphas += line[3::4]
        above = line
    return bytes(alphas)


def unfilter(kind: int, line: bytearray, above: bytearray) -> None:
    """Takes back one of the five PNG line filters."""
    for i, value in enumerate(line):
        left = line[i - 4] if i >= 4 else 0
        up, corner = above[i], above[i - 4] if i >= 4 else 0
        if kind == 4:
            distances = [(abs(up - corner), 0, left), (abs(left - corner), 1, up),
                         (abs(left + up - 2 * corner), 2, corner)]
            predicted = min(distances)[2]
        else:
            predicted = (0, left, up, (left + up) // 2)[kind]
        line[i] = (value + predicted) & 255


if __name__ == "__main__":
    unittest.main()
