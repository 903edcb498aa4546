"""set_scene."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

from fingerprint import fingerprint
from harness import BlenderTestCase

# Two pixels.
HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n" + bytes([128, 64, 32, 129] * 2)


class SceneTest(BlenderTestCase):
    def set(self, **args: Any) -> dict[str, Any]:
        return self.client.call("set_scene", **args)["scene"]

    def hdr(self, name: str = "sky.hdr") -> str:
        path = self.path(name)
        Path(path).write_bytes(HDR)
        return path

    def test_all_settings(self) -> None:
        result = self.client.call("set_scene", camera="Camera", units={"system": "imperial", "length_unit": "feet",
                                                                        "scale": 0.5},
                                  frame={"start": 10, "end": 20, "step": 2, "current": 12, "fps": 30},
                                  render={"engine": "cycles", "samples": 33, "resolution": [640, 360],
                                          "percentage": 50, "transparent": True},
                                  color_management={"view_transform": "Filmic", "look": "High Contrast",
                                                    "exposure": 0.5, "gamma": 1.25},
                                  world={"color": "#ffffff", "strength": 2})
        scene = result["scene"]
        self.assertEqual(scene["camera"], "Camera")
        self.assertEqual(scene["units"], {"system": "IMPERIAL", "length_unit": "FEET", "scale": 0.5})
        self.assertEqual(scene["frame"], {"current": 12, "start": 10, "end": 20, "step": 2, "fps": 30})
        self.assertEqual(scene["render"], {"engine": "cycles", "samples": 33, "resolution": [640, 360], "percentage": 50,
                                           "transparent": True})
        color = scene["color_management"]
        self.assertEqual((color["view_transform"], color["exposure"], color["gamma"]), ("Filmic", 0.5, 1.25))
        self.assertTrue(color["look"].endswith("High Contrast"), color)
        self.assertEqual(scene["world"], {"name": "World", "color": [1, 1, 1], "strength": 2})
        self.assertEqual(result["changes"], {"added": [], "removed": [], "changed": {
            "scene:Scene": ["camera", "units", "frame", "engine", "samples", "resolution", "percentage", "transparent",
                            "color_management"],
            "world:World": ["color", "strength"]}})

    def test_other_properties(self) -> None:
        self.client.call("set_scene", properties={"cycles.max_bounces": 6, "render.use_motion_blur": True})
        self.assertEqual(self.client.run("s = C.scene; result = [s.cycles.max_bounces, s.render.use_motion_blur]"), [6, True])
        cases = [("not_found", "cycles.max_bounce", 6), ("invalid", "cycles.max_bounces", -1), ("invalid", "world.color", [0, 0, 0]),
                 ("invalid", "render.filepath", "/tmp/x"), ("invalid", "camera.location", [0, 0, 0])]
        for kind, path, value in cases:
            with self.subTest(path):
                self.assertFails(kind, "set_scene", {"properties": {"cycles.max_bounces": 7, path: value}}, f"properties.{path}")
        self.assertEqual(self.client.run("result = C.scene.cycles.max_bounces"), 6)

    def test_only_what_is_given_is_set(self) -> None:
        before = self.set(camera="Camera")
        after = self.set(render={"percentage": 10})
        self.assertEqual(after, {**before, "render": {**before["render"], "percentage": 10}})

    def test_engines_by_the_names_that_render_has(self) -> None:
        for engine in ("workbench", "eevee", "cycles"):
            self.assertEqual(self.set(render={"engine": engine})["render"]["engine"], engine)

    def test_samples_are_those_of_the_engine(self) -> None:
        self.set(render={"engine": "eevee", "samples": 7})
        self.set(render={"engine": "cycles", "samples": 9})
        self.assertEqual(self.client.run("s = C.scene; result = [s.eevee.taa_render_samples, s.cycles.samples]"), [7, 9])
        self.assertIsNone(self.set(render={"engine": "workbench"})["render"]["samples"])

    def test_frame_rates_of_film(self) -> None:
        for fps in (24, 23.976, 29.97, 12.5, 59.94):
            self.assertEqual(self.set(frame={"fps": fps})["frame"]["fps"], fps)
        self.set(frame={"fps": 23.976})
        self.assertEqual(self.client.run("r = C.scene.render; result = [r.fps, round(r.fps_base, 6)]"), [24, 1.001])

    def test_frames_move_without_touching_each_other(self) -> None:
        for start, end in ((500, 600), (1, 2), (0, 1000), (1000, 1000)):
            frame = self.set(frame={"start": start, "end": end})["frame"]
            self.assertEqual((frame["start"], frame["end"]), (start, end))

    def test_the_current_frame_moves_what_is_animated(self) -> None:
        self.client.run("o = D.objects['Cube']; o.keyframe_insert('location', frame=1); o.location.x = 8;"
                        " o.keyframe_insert('location', frame=11)")
        self.set(frame={"current": 11})
        self.assertAlmostEqual(self.object("Cube")["location"][0], 8, 4)

    def test_names_in_any_case(self) -> None:
        color = self.set(color_management={"view_transform": "filmic", "look": "medium low contrast"})["color_management"]
        self.assertEqual(color["view_transform"], "Filmic")
        self.assertTrue(color["look"].endswith("Medium Low Contrast"))
        self.assertEqual(self.set(color_management={"look": "none"})["color_management"]["look"], "None")

    def test_an_environment_image(self) -> None:
        path = self.hdr()
        result = self.client.call("set_scene", world={"image": path, "rotation": 90, "strength": 0.5})
        world = result["scene"]["world"]
        self.assertEqual((world["color"], world["strength"], world["image"], world["rotation"]),
                         ("linked", 0.5, path, 90))
        self.assertEqual(result["changes"]["added"], ["image:sky.hdr"])
        again = self.client.call("set_scene", world={"image": path, "rotation": -45})
        self.assertEqual((again["scene"]["world"]["rotation"], again["changes"]["added"]), (-45, []))
        self.assertEqual(self.client.run("""
t = C.scene.world.node_tree
result = sorted(n.type for n in t.nodes)"""),
                         ["BACKGROUND", "MAPPING", "OUTPUT_WORLD", "TEX_COORD", "TEX_ENVIRONMENT"])
        plain = self.set(world={"color": [0.1, 0.2, 0.3]})["world"]
        self.assertVector(plain["color"], [0.1, 0.2, 0.3])
        self.assertNotIn("image", plain)

    def test_an_image_beside_the_file_is_kept_relative(self) -> None:
        path = self.hdr("Himmel ü.hdr")
        self.client.call("manage_file", action="save_as", path=self.path("scene.blend"))
        self.assertEqual(self.set(world={"image": path})["world"]["image"], path)
        self.assertEqual(self.client.run("result = D.images['Himmel ü.hdr'].filepath"), "//Himmel ü.hdr")

    def test_worlds_by_name(self) -> None:
        result = self.client.call("set_scene", world={"name": "Nacht 夜", "color": [0, 0, 0.01]})
        self.assertEqual(result["scene"]["world"]["name"], "Nacht 夜")
        self.assertEqual(result["changes"], {"added": ["world:Nacht 夜"], "removed": [],
                                             "changed": {"scene:Scene": ["world"]}})
        result = self.client.call("set_scene", world={"name": "World"})
        self.assertEqual(result["changes"]["changed"], {"scene:Scene": ["world"]})
        self.assertEqual(result["scene"]["world"]["name"], "World")

    def test_a_scene_without_a_world(self) -> None:
        self.client.run("D.worlds.remove(C.scene.world)")
        self.assertIsNone(self.set(camera="Camera")["world"])
        self.assertEqual(self.set(world={"strength": 3})["world"]["strength"], 3)

    def test_nodes_of_a_world_by_type(self) -> None:
        self.client.run("""
for node in C.scene.world.node_tree.nodes:
    node.name = node.label = 'Umbenannt'
""")
        self.assertEqual(self.set(world={"strength": 4})["world"]["strength"], 4)
        self.client.run("C.scene.world.node_tree.nodes.clear()")
        self.assertEqual(self.set(world={"strength": 5})["world"]["strength"], 5)
        self.assertTrue(self.client.run("t = C.scene.world.node_tree;"
                                        " result = t.get_output_node('ALL').inputs['Surface'].is_linked"))

    def test_refusals_tell_what_is_allowed_and_change_nothing(self) -> None:
        path = self.hdr()
        broken = self.path("broken.hdr")
        Path(broken).write_bytes(b"no image")
        before = fingerprint(self.client)
        cases: list[tuple[str, str, str, dict[str, Any]]] = [
            ("not_found", "camera", "Nearest: 'Camera'", {"camera": "Camra"}),
            ("invalid", "camera", "is a MESH object", {"camera": "Cube"}),
            ("invalid", "units.system", "NONE, METRIC, IMPERIAL", {"units": {"system": "metres"}}),
            ("invalid", "units.length_unit", "KILOMETERS, METERS", {"units": {"system": "METRIC", "length_unit": "feet"}}),
            ("invalid", "frame.start", "start at 300 and end at 250", {"frame": {"start": 300}}),
            ("invalid", "frame.end", "start at 1 and end at 0", {"frame": {"end": 0}}),
            ("invalid", "render.samples", "workbench has no sample count",
             {"render": {"engine": "workbench", "samples": 4}}),
            ("invalid", "color_management.view_transform", "Standard", {"color_management": {"view_transform": "ACESx"}}),
            ("invalid", "color_management.look", "High Contrast", {"color_management": {"look": "Crunchy"}}),
            ("invalid", "color_management.gamma", "between 0 and 5", {"color_management": {"gamma": 6}}),
            ("invalid", "world.image", "both color and image", {"world": {"color": [1, 1, 1], "image": path}}),
            ("invalid", "world.color", "not a colour", {"world": {"color": "#zzzzzz"}}),
            ("invalid", "world.rotation", "the world has none", {"world": {"rotation": 5}}),
            ("not_found", "world.image", "no file", {"world": {"image": path + "x"}}),
            ("invalid", "world.image", "not an image", {"world": {"name": "New", "image": broken}}),
            ("invalid", None, "nothing to set", {}),
            ("invalid", None, "nothing to set", {"render": {}}),
        ]
        for kind, field, message, args in cases:
            with self.subTest(args=args):
                # What comes first in the call is taken back, too.
                more = {"render": {"percentage": 11}} if args and "render" not in args else {}
                error = self.assertFails(kind, "set_scene", {**more, **args}, field)
                self.assertIn(message, error["message"] + str(error.get("remedy")))
                self.assertEqual(fingerprint(self.client), before)
                self.assertEqual(self.client.run("v = C.scene.view_settings; result = [v.look, v.gamma]"), ["None", 1])

    def test_one_undo_step(self) -> None:
        path = self.hdr()
        self.set(camera="Camera")
        before = fingerprint(self.client), self.color_management()
        self.set(world={"image": path, "rotation": 10}, render={"engine": "cycles", "percentage": 20},
                 frame={"start": 5, "end": 6, "current": 5}, units={"scale": 2}, color_management={"gamma": 2})
        after = fingerprint(self.client), self.color_management()
        self.assertNotEqual(before, after)
        self.client.call("history", action="undo")
        self.assertEqual((fingerprint(self.client), self.color_management()), before)
        self.client.call("history", action="redo")
        self.assertEqual((fingerprint(self.client), self.color_management()), after)

    def color_management(self) -> list[Any]:
        """What fingerprints leave out."""
        return self.client.run("v = C.scene.view_settings; result = [v.view_transform, v.look, v.exposure, v.gamma]")

    def test_steps_of_a_batch(self) -> None:
        steps = [{"tool": "set_scene", "arguments": {"render": {"percentage": 12}}},
                 {"tool": "set_scene", "arguments": {"color_management": {"view_transform": "none such"}}}]
        self.assertFails("invalid", "batch", {"steps": steps}, "steps[1].arguments.color_management.view_transform")
        self.assertEqual(self.client.run("result = C.scene.render.resolution_percentage"), 100)
        self.client.call("batch", steps=steps[:1])
        self.assertEqual(self.client.run("result = C.scene.render.resolution_percentage"), 12)

    def test_a_world_from_another_file(self) -> None:
        path = self.path("lib.blend")
        self.client.run(f"w = D.worlds.new('Linked'); w.use_fake_user = True; D.libraries.write({path!r}, {{w}});"
                        " D.worlds.remove(w)")
        self.client.run(f"with D.libraries.load({path!r}, link=True) as (a, b): b.worlds = ['Linked']\n"
                        "C.scene.world = D.worlds['Linked']")
        self.assertFails("invalid", "set_scene", {"world": {"strength": 2}}, "world")
        self.assertEqual(self.set(world={"name": "World"})["world"]["name"], "World")


if __name__ == "__main__":
    unittest.main()
