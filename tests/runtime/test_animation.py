"""render, kind "animation": files, frames, and what stands in their way."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
import uuid
from typing import Any

from harness import PATIENCE_S, Blender, BlenderTestCase, Client

SIZE = [64, 48]
VIDEOS = {".mp4": "H264", ".mkv": "H264", ".webm": "WEBM"}


class AnimationTest(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="animation-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.client.run("o = D.objects['Cube']\n"
                        "for frame, x in ((1, -2), (6, 2)):\n"
                        "    o.location.x = x; o.keyframe_insert('location', frame=frame)\n"
                        "C.scene.frame_start, C.scene.frame_end = 1, 6")

    def args(self, name: str, **args: Any) -> dict[str, Any]:
        self.working = tempfile.mkdtemp(prefix=".working-", dir=self.folder)
        self.addCleanup(shutil.rmtree, self.working, ignore_errors=True)
        return {"kind": "animation", "output": os.path.join(self.folder, name), "working_folder": self.working,
                "engine": "workbench", "resolution": SIZE, **args}

    def render(self, name: str, **args: Any) -> dict[str, Any]:
        result, png = self.client.call_blob("render", **self.args(name, **args))
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(result["image"]["bytes"], len(png))
        return result

    def refuse(self, kind: str, name: str, field: str | None, **args: Any) -> dict[str, Any]:
        return self.assertFails(kind, "render", self.args(name, **args), field)

    def files(self) -> list[str]:
        return sorted(name for name in os.listdir(self.folder) if not name.startswith("."))

    def settings(self) -> Any:
        return self.client.run("""
s, r = C.scene, C.scene.render
result = [r.engine, r.resolution_x, r.resolution_y, r.resolution_percentage, r.filepath, r.use_file_extension,
          r.image_settings.file_format, r.image_settings.color_mode, s.frame_current, s.frame_start, s.frame_end,
          s.frame_step, r.ffmpeg.format, r.ffmpeg.codec, r.ffmpeg.audio_codec, r.ffmpeg.constant_rate_factor,
          s.camera and s.camera.name, len(D.objects), len(D.images), len(D.movieclips)]
""")

    def different_pictures(self) -> int:
        """By their pixels: the files hold the number of the frame, too."""
        return self.client.run(f"""
pictures = set()
for name in {self.files()!r}:
    image = D.images.load({self.folder!r} + "/" + name)
    pictures.add(tuple(image.pixels))
    D.images.remove(image)
result = len(pictures)
""")

    def read_video(self, path: str) -> list[Any]:
        """[width, height, frames, mean brightness of the first picture]"""
        return self.client.run(f"""
clip = D.movieclips.load({path!r})
image = D.images.load({path!r})
pixels = list(image.pixels)
result = [*clip.size, clip.frame_duration, sum(pixels[0::4]) / max(1, len(pixels) // 4)]
D.movieclips.remove(clip); D.images.remove(image)
""")

    def test_videos(self) -> None:
        for extension, codec in VIDEOS.items():
            with self.subTest(extension):
                result = self.render("turn" + extension)
                path = os.path.join(self.folder, "turn" + extension)
                about = result["animation"]
                self.assertEqual(about, {
                    "files": 1, "first": path, "last": path, "bytes": os.path.getsize(path), "frames": 6,
                    "frame_start": 1, "frame_end": 6, "frame_step": 1, "width": 64, "height": 48, "fps": 24,
                    "duration_s": 0.25, "codec": codec})
                self.assertEqual((result["frame"], result["camera"], result["notes"]), (4, "Camera", []))
                width, height, frames, brightness = self.read_video(path)
                self.assertEqual((width, height, frames), (64, 48, 6))
                self.assertGreater(brightness, 0.1)
        self.assertEqual(self.files(), ["turn" + extension for extension in sorted(VIDEOS)])

    def test_frames(self) -> None:
        result = self.render("walk_###.png", frame_end=8, frame_step=3)
        about, names = result["animation"], ["walk_001.png", "walk_004.png", "walk_007.png"]
        self.assertEqual(self.files(), names)
        self.assertEqual((about["files"], about["frames"], about["frame_end"]), (3, 3, 7))
        self.assertEqual([about["first"], about["last"]], [os.path.join(self.folder, name) for name in (names[0], names[2])])
        self.assertEqual(about["bytes"], sum(os.path.getsize(os.path.join(self.folder, name)) for name in names))
        self.assertEqual(self.different_pictures(), 3, "the cube moves")
        self.assertNotIn("codec", about)

    def test_progress_counts_frames_and_what_is_done_of_one(self) -> None:
        self.render("c_#.png", engine="cycles", samples=4, resolution=[128, 96], frame_end=3)
        values = [event["value"] for event in self.client.events]
        self.assertEqual(values, sorted(set(values)))
        self.assertEqual({event["total"] for event in self.client.events}, {3})
        self.assertEqual(values[-1], 3)
        within = [event for event in self.client.events if "ample" in event["message"]]
        self.assertTrue(within, self.client.events)
        self.assertRegex(within[0]["message"], r"^Frame \d, \d of 3: (tile \d+/\d+, )?sample \d+/4$")

    def test_one_frame_is_progress_too(self) -> None:
        self.render("one_#.png", frame_end=1)
        self.assertEqual((self.client.events[-1]["value"], self.client.events[-1]["total"]), (1, 1))

    def test_odd_sides(self) -> None:
        result = self.render("odd.mp4", resolution=[65, 47], frame_end=2)
        self.assertEqual((result["animation"]["width"], result["animation"]["height"]), (64, 46))
        self.assertIn("even sides", result["notes"][0])
        self.assertEqual(self.read_video(result["animation"]["first"])[:2], [64, 46])
        result = self.render("odd_#.png", resolution=[65, 47], frame_end=2)
        self.assertEqual((result["animation"]["width"], result["notes"]), (65, []))

    def test_a_large_preview_is_made_small(self) -> None:
        result = self.render("large_#.png", resolution=[1200, 600], frame_end=1)
        self.assertEqual((result["image"]["width"], result["image"]["height"]), (512, 256))

    def test_transparent(self) -> None:
        self.assertEqual(self.render("t_#.png", transparent=True, frame_end=1)["notes"], [])
        self.assertIn("no transparency", self.render("t.mp4", transparent=True, frame_end=2)["notes"][0])

    def test_settings_are_restored(self) -> None:
        self.client.run("C.scene.render.filepath = '//out'; C.scene.render.image_settings.file_format = 'JPEG'\n"
                        "C.scene.frame_set(3); C.scene.frame_step = 2")
        self.render("first.mp4", frame_end=2)  # what a scene has for videos is made by the first
        before = self.settings()
        self.render("a.mp4", frame_start=100, frame_end=101, resolution=[33, 33])
        self.assertEqual(self.settings(), before)
        self.render("a_#.png", frame_start=0, frame_end=0)
        self.assertEqual(self.settings(), before)
        self.refuse("not_found", "b.mp4", "camera", camera="Nobody")
        self.assertEqual(self.settings(), before)

    def test_the_frame_range_of_the_scene(self) -> None:
        self.client.run("C.scene.frame_start, C.scene.frame_end, C.scene.frame_step = 3, 9, 2")
        about = self.render("s_#.png")["animation"]
        self.assertEqual((about["frame_start"], about["frame_end"], about["frame_step"], about["frames"]), (3, 9, 2, 4))
        self.assertEqual(self.files(), ["s_3.png", "s_5.png", "s_7.png", "s_9.png"])

    def test_nothing_is_overwritten_unless_asked(self) -> None:
        for name, taken in (("a.mp4", "a.mp4"), ("a_#.png", "a_2.png")):
            with self.subTest(name):
                path = os.path.join(self.folder, taken)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("mine")
                error = self.refuse("blender", name, "output", frame_end=2)
                self.assertIn("overwrite", error["remedy"])
                self.assertEqual(open(path, encoding="utf-8").read(), "mine")
                self.render(name, frame_end=2, overwrite=True)
                self.assertGreater(os.path.getsize(path), 100)
        self.assertEqual(self.files(), ["a.mp4", "a_1.png", "a_2.png"])

    def test_a_file_that_came_meanwhile_is_not_overwritten(self) -> None:
        path = os.path.join(self.folder, "m_2.png")
        self.client.run(f"import bpy\nbpy.app.handlers.render_init.append(lambda *_: open({path!r}, 'w').write('mine'))")
        self.addCleanup(self.client.run, "import bpy\nbpy.app.handlers.render_init.clear()")
        error = self.refuse("blender", "m_#.png", "output", frame_end=3)
        self.assertIn("exists already", error["message"])
        self.assertEqual(open(path, encoding="utf-8").read(), "mine")
        self.assertEqual(self.files(), ["m_1.png", "m_2.png"])

    def test_bad_ranges(self) -> None:
        self.assertIn("before it starts", self.refuse("invalid", "a.mp4", "frame_end", frame_start=5, frame_end=4)["message"])
        self.assertIn("before it starts", self.refuse("invalid", "a.mp4", "frame_start", frame_start=50)["message"])
        error = self.refuse("invalid", "a.mp4", "frame_end", frame_start=0, frame_end=100_000)
        self.assertIn("100001 frames", error["message"])
        self.assertEqual(self.files(), [])

    def test_no_camera(self) -> None:
        self.client.call("delete_objects", filter={"type": "CAMERA"})
        self.assertIn("create_objects", self.refuse("blender", "a.mp4", "camera")["remedy"])

    def test_the_camera_that_is_asked_for_is_that_of_all_frames(self) -> None:
        self.client.call("create_objects", items=[{"kind": "camera", "name": "Away", "location": [0, 0, 500],
                                                  "rotation": [180, 0, 0]}])
        self.client.run("C.scene.timeline_markers.new('m', frame=2).camera = D.objects['Camera']")
        self.assertEqual(self.render("a_#.png", camera="Away", frame_end=3)["camera"], "Away")
        self.assertEqual(len(self.files()), 3)
        self.assertEqual(self.different_pictures(), 1, "nothing is in sight of it")
        self.assertEqual(self.client.run("result = C.scene.timeline_markers[0].camera.name"), "Camera")

    def test_without_ffmpeg(self) -> None:
        self.client.run("import blender_mcpd_runtime.compat as compat; compat.HAS_FFMPEG = False")
        self.addCleanup(self.client.run, "import blender_mcpd_runtime.compat as compat; compat.HAS_FFMPEG = True")
        self.assertIn("FFmpeg", self.refuse("blender", "a.mp4", "output")["message"])
        self.render("a_#.png", frame_end=1)

    def test_a_codec_that_is_not_there(self) -> None:
        self.client.run("import blender_mcpd_runtime.render_animation as r; r.VIDEO_FORMATS['.webm'] = ('WEBM', 'H264', 'OPUS')")
        self.addCleanup(self.client.run, "import blender_mcpd_runtime.render_animation as r\n"
                                         "r.VIDEO_FORMATS['.webm'] = ('WEBM', 'WEBM', 'OPUS')")
        error = self.refuse("blender", "a.webm", "output")
        self.assertIn(".mp4, .mkv, or frames", error["remedy"])
        self.assertEqual(self.files(), [])

    def test_sound_is_in_the_video(self) -> None:
        wav = os.path.join(self.folder, ".tone.wav")
        self.client.run(f"""
import struct, wave, bpy
with wave.open({wav!r}, 'wb') as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(48000)
    file.writeframes(b''.join(struct.pack('<h', i * 300 % 20000) for i in range(24000)))
speaker = bpy.data.speakers.new('S'); speaker.sound = bpy.data.sounds.load({wav!r})
C.scene.collection.objects.link(bpy.data.objects.new('S', speaker))
""")
        path = self.render("loud.mp4")["animation"]["first"]
        self.assertIn(b"mp4a", open(path, "rb").read())
        self.client.call("delete_objects", names=["S"])
        self.assertNotIn(b"mp4a", open(self.render("quiet.mp4")["animation"]["first"], "rb").read())

    def test_a_disk_that_takes_no_more(self) -> None:
        """Some Blenders say that they have finished, and leave half a file; others do not survive it."""
        for name in ("f_#.png", "v.mp4", "v.mkv", "v.webm"):
            with self.subTest(name):
                blender = Blender()
                self.addCleanup(blender.stop)
                client = Client(blender.port)
                self.addCleanup(client.close)
                # Python's caches of modules lie in folders of everybody's, and would be cut off as well.
                client.run("import sys; sys.dont_write_bytecode = True\n"
                           "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                           "resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))")
                args = self.args(name, resolution=[1200, 900], engine="cycles", samples=1, frame_end=3)
                try:
                    reply = client.request("render", args)
                    self.assertFalse(reply["ok"], reply)
                    self.assertTrue(reply["error"]["remedy"], reply)
                except ConnectionError:
                    self.assertLess(blender.process.wait(PATIENCE_S), 0)
                self.assertEqual(self.files(), [])

    def test_zz_interrupt(self) -> None:
        """Last: only the first SIGINT in a Blender's life ends a render."""
        request_uuid = str(uuid.uuid4())
        args = self.args("i.mp4", engine="cycles", samples=4096, resolution=[512, 512])
        request_id = self.client.start("render", args, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        while not self.client.events:
            self.client.events.append(self.client.read()[0])
        self.assertEqual(self.client.call("interrupt", uuid=request_uuid), {"state": "interrupting"})
        self.assertEqual(self.client.reply(request_id)[0]["error"]["kind"], "interrupted")
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
