"""get_viewport_screenshot and render_viewport."""

from __future__ import annotations

import importlib.util
import struct
import unittest
from typing import Any

import png
from fingerprint import fingerprint
from harness import RUNTIME, BlenderTestCase

MAX_PNG_BYTES = 700_000
VIEWS = ("front", "back", "left", "right", "top", "bottom", "iso")
RED = {"name": "Red", "base_color": [1, 0, 0]}
# (right half, upper half) of the picture in which a thing at that place is seen; None: in the middle.
SIDES = {
    "front": {"x": (True, None), "z": (None, True)}, "back": {"x": (False, None), "z": (None, True)},
    "right": {"y": (True, None), "z": (None, True)}, "left": {"y": (False, None), "z": (None, True)},
    "top": {"x": (True, None), "y": (None, True)}, "bottom": {"x": (True, None), "y": (None, False)},
    "iso": {"x": (True, False), "y": (True, True), "z": (None, True)},
}


def load_picture_module() -> Any:
    """It needs no Blender."""
    spec = importlib.util.spec_from_file_location("picture", RUNTIME / "blender_mcpd_runtime" / "picture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


picture_module = load_picture_module()


class Seen:
    """A picture, and what can be said of its pixels."""

    def __init__(self, result: dict[str, Any], data: bytes) -> None:
        self.result, self.data = result, data
        self._picture: png.Picture | None = None

    @property
    def picture(self) -> png.Picture:
        if self._picture is None:
            self._picture = png.read(self.data)
        return self._picture

    def at(self, x: float, y: float) -> bytes:
        """The pixel at these fractions of width and height."""
        picture = self.picture
        return picture.pixels[int(y * picture.height) * picture.width + int(x * picture.width)]

    def spots(self) -> list[tuple[float, float]]:
        """Where there is something before the background, in fractions."""
        corner = self.picture.pixels[-1]
        return self._where(lambda pixel: any(abs(a - b) > 16 for a, b in zip(pixel, corner)))

    def red(self) -> tuple[float, float]:
        """The middle of all that is red."""
        spots = self._where(lambda pixel: pixel[0] > pixel[1] + 50 and pixel[0] > pixel[2] + 50)
        assert spots, "nothing is red"
        return sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)

    def coverage(self) -> float:
        return len(self.spots()) / len(self.picture.pixels)

    def _where(self, wanted: Any) -> list[tuple[float, float]]:
        picture = self.picture
        return [((index % picture.width + 0.5) / picture.width, (index // picture.width + 0.5) / picture.height)
                for index, pixel in enumerate(picture.pixels) if wanted(pixel)]


class ViewportTestCase(BlenderTestCase):
    has_window = False

    def look(self, **args: Any) -> Seen:
        """The picture, or that of the render that is asked for instead; the scene is then as before."""
        result, data = self.client.call_blob("get_viewport_screenshot", **{"max_size": 120, **args})
        if "plan" in result:
            self.assertEqual(data, b"")
            copy = self.path("before.blend")
            self.client.call("save_snapshot", path=copy)
            result, data = self.client.call_blob("render_viewport", **result["plan"])
            self.client.call("manage_file", action="open", path=copy, discard_changes=True)
        width, height = struct.unpack(">II", data[16:24])
        self.assertEqual(result["image"], {"mime_type": "image/png", "width": width, "height": height, "bytes": len(data)})
        return Seen(result, data)

    def make(self, *items: dict[str, Any]) -> None:
        """These alone."""
        self.client.call("delete_objects", filter={"name": "*"}, purge_data=True)
        self.client.call("create_objects", items=list(items))

    def assert_framed(self, seen: Seen, at_least: float = 0.1) -> None:
        """There is something in the middle, and nothing at the border."""
        spots = seen.spots()
        self.assertGreater(seen.coverage(), at_least)
        for axis in (0, 1):
            low, high = min(spot[axis] for spot in spots), max(spot[axis] for spot in spots)
            self.assertGreater(low, 0.01)
            self.assertLess(high, 0.99)
            self.assertAlmostEqual((low + high) / 2, 0.5, delta=0.06)


class ViewportTest(ViewportTestCase):
    def test_what_it_says(self) -> None:
        generation = self.client.call("status")["generation"]
        result = self.look().result
        self.assertEqual(max(result["image"]["width"], result["image"]["height"]), 120)
        self.assertEqual(result["shading"], "solid")
        self.assertEqual(result["generation"], generation)
        if self.has_window:
            self.assertEqual((result["views"], result["engine"], result["fallback"], result["notes"]),
                             (["current"], "viewport", None, []))
        else:
            self.assertEqual((result["views"], result["engine"], result["fallback"]),
                             (["iso"], "workbench", "this Blender has no window"))
            self.assertIn("no current view", result["notes"][0])

    def test_the_standard_views(self) -> None:
        places = {"x": [4, 0, 0], "y": [0, 4, 0], "z": [0, 0, 4]}
        for axis, place in places.items():
            self.make({"kind": "cube", "name": "Middle", "size": 2},
                      {"kind": "cube", "name": "Mark", "size": 2, "location": place, "material": RED})
            for view in VIEWS:
                if axis not in SIDES[view]:
                    continue
                with self.subTest(view=view, axis=axis):
                    seen = self.look(view=view)
                    self.assertEqual(seen.result["views"], [view])
                    self.assert_framed(seen)
                    x, y = seen.red()
                    for value, expected in zip((x, 1 - y), SIDES[view][axis]):
                        if expected is None:
                            self.assertAlmostEqual(value, 0.5, delta=0.05)
                        else:
                            self.assertTrue((value > 0.55) if expected else (value < 0.45), (x, y))

    def test_angles(self) -> None:
        self.make({"kind": "cube", "name": "Middle"},
                  {"kind": "cube", "name": "Mark", "location": [4, 0, 0], "material": RED})
        for view, is_right in (({"azimuth": 0}, True), ({"azimuth": 180, "elevation": 10}, False),
                               ({"azimuth": -20}, True), ({"elevation": 90}, True)):
            with self.subTest(view):
                seen = self.look(view=view)
                self.assert_framed(seen, 0.1)
                self.assertEqual(seen.red()[0] > 0.5, is_right)
        self.assertEqual(seen.result["views"], ["azimuth 0, elevation 90"])

    def test_named_objects_fill_the_picture(self) -> None:
        self.make({"kind": "sphere", "name": "Far", "location": [50, 3, 7], "material": RED, "size": 0.1},
                  {"kind": "cube", "name": "Near"})
        for view in ("front", "top", {"azimuth": 30, "elevation": 20}):
            with self.subTest(view):
                seen = self.look(view=view, frame_objects=["Far"])
                self.assert_framed(seen)
                self.assertEqual(seen.result["notes"], [])
                for coordinate in seen.red():
                    self.assertAlmostEqual(coordinate, 0.5, delta=0.03)
        self.assertLess(self.look(view="front").coverage(), 0.1)

    def test_the_picture_of_current_with_names_is_framed_as_well(self) -> None:
        self.make({"kind": "sphere", "name": "Far", "location": [50, 3, 7]})
        self.assert_framed(self.look(frame_objects=["Far"]))

    def test_children_belong_to_what_is_framed(self) -> None:
        self.make({"kind": "empty", "name": "Root"}, {"kind": "cube", "name": "Child", "parent": "Root", "location": [9, 0, 0]},
                  {"kind": "sphere", "name": "Grandchild", "parent": "Child", "location": [12, 0, 0]},
                  {"kind": "cube", "name": "Other", "location": [0, 0, 90]})
        seen = self.look(view="front", frame_objects=["Root"])
        self.assert_framed(seen, 0.1)
        self.assertEqual(seen.result["notes"], [])

    def test_what_is_hidden_is_not_seen(self) -> None:
        self.make({"kind": "cube", "name": "Box"}, {"kind": "cube", "name": "Other", "location": [0, 0, 90]})
        self.client.call("update_objects", items=[{"name": "Box", "visible": False}])
        seen = self.look(view="front", frame_objects=["Box"])
        self.assertEqual(seen.coverage(), 0)
        self.assertIn("Hidden, and not in the picture: Box", " ".join(seen.result["notes"]))
        self.assert_framed(self.look(view="front"), 0.3)  # Other alone

    def test_what_only_renders_leave_out_is_seen(self) -> None:
        self.client.run("D.objects['Cube'].hide_render = True\nD.collections['Collection'].hide_render = True")
        self.assert_framed(self.look(view="front"))
        self.client.run("D.objects['Cube'].hide_set(True)")
        self.assertEqual(self.look(view="front").coverage(), 0)

    def test_instances_of_hidden_things_are_seen(self) -> None:
        for how in ("hide_viewport", "exclude"):
            with self.subTest(how):
                self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
                self.client.run(f"""
group = D.collections.new("Group")
C.scene.collection.children.link(group)
bpy.ops.mesh.primitive_cube_add()
cube = C.object
for owner in list(cube.users_collection): owner.objects.unlink(cube)
group.objects.link(cube)
C.view_layer.layer_collection.children["Group"].{how} = True
instance = D.objects.new("Instance", None)
instance.instance_type, instance.instance_collection, instance.location = "COLLECTION", group, (20, 0, 0)
C.scene.collection.objects.link(instance)
""")
                for args in ({}, {"frame_objects": ["Instance"]}):
                    self.assert_framed(self.look(view="front", **args), 0.3)

    def test_large_and_small_scenes(self) -> None:
        for size, place in ((0.0005, 0.1), (200_000, 1_000_000)):
            with self.subTest(size):
                self.make({"kind": "cube", "name": "Box", "size": size, "location": [place, 0, 0]})
                for view in ("front", {"azimuth": 30, "elevation": 30}):
                    self.assert_framed(self.look(view=view), 0.2)

    def test_the_background_of_what_is_framed_is_seen(self) -> None:
        self.make({"kind": "cube", "name": "Box"},
                  {"kind": "plane", "name": "Wall", "size": 4000, "location": [0, 900, 0], "rotation": [90, 0, 0], "material": RED})
        for view in ("front", {"azimuth": 0, "elevation": 0}):
            seen = self.look(view=view, frame_objects=["Box"])
            pixel = seen.at(0.02, 0.02)
            self.assertGreater(pixel[0], pixel[1] + 50)

    def test_the_camera(self) -> None:
        self.make({"kind": "cube", "name": "Box", "location": [2, 0, 0], "material": RED},
                  {"kind": "camera", "name": "Eye", "location": [0, -10, 0], "rotation": [90, 0, 0], "camera": {"active": True}})
        self.client.run("C.scene.render.resolution_x, C.scene.render.resolution_y = 300, 600\n"
                        "D.cameras[0].sensor_fit = 'HORIZONTAL'\nD.cameras[0].angle = 1.2; D.cameras[0].shift_y = 0.1")
        for kind in ("PERSP", "ORTHO"):
            with self.subTest(kind):
                x, y = self.client.run(f"D.cameras[0].type, D.cameras[0].ortho_scale = '{kind}', 12\nC.view_layer.update()\n"
                                       "from bpy_extras.object_utils import world_to_camera_view as w\n"
                                       "result = list(w(C.scene, C.scene.camera, D.objects['Box'].location))[:2]")
                seen = self.look(view="camera")
                self.assertEqual((seen.picture.width, seen.picture.height, seen.result["views"]), (60, 120, ["camera"]))
                self.assertAlmostEqual(seen.red()[0], x, delta=0.06)
                self.assertAlmostEqual(1 - seen.red()[1], y, delta=0.06)
        self.client.call("delete_objects", names=["Eye"])
        self.assertIn("iso", self.assertFails("not_found", "get_viewport_screenshot", {"view": "camera"}, "view")["remedy"])

    def test_things_without_a_surface(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Root", "location": [30, 0, 0]}])
        seen = self.look(view="top", frame_objects=["Root"])
        self.assertEqual(seen.coverage(), 0)
        self.assertIn("no surface", " ".join(seen.result["notes"]))
        self.look(view="top", frame_objects=["Light"])
        self.look(view="top", frame_objects=["Camera", "Root"])

    def test_a_single_point(self) -> None:
        self.make({"kind": "empty", "name": "Root"})
        self.client.run("m = D.meshes.new('Dot'); m.from_pydata([(5, 5, 5)], [], [])\n"
                        "C.scene.collection.objects.link(D.objects.new('Dot', m))")
        self.assertEqual(self.look(view="iso").coverage(), 0)

    def test_an_empty_scene(self) -> None:
        self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
        seen = self.look(view="iso")
        self.assertEqual(seen.coverage(), 0)
        self.assertIn("nothing that has a surface", " ".join(seen.result["notes"]))
        self.look(contact_sheet=4)

    def test_unknown_names(self) -> None:
        error = self.assertFails("not_found", "get_viewport_screenshot", {"frame_objects": ["Light", "Cub"]}, "frame_objects[1]")
        self.assertEqual(error["details"]["nearest"], ["Cube"])

    def test_wires(self) -> None:
        self.make({"kind": "cube", "name": "Box"}, {"kind": "text", "name": "Words", "location": [3, 0, 0]})
        solid, wires = (self.look(view={"azimuth": 30, "elevation": 30}, shading=shading, max_size=200)
                        for shading in ("solid", "wireframe"))
        self.assertEqual(wires.result["shading"], "wireframe")
        self.assertLess(wires.coverage(), solid.coverage() / 2)
        self.assertGreater(wires.coverage(), 0.005)

    def test_contact_sheets(self) -> None:
        for count, views in ((4, ["front", "right", "top", "iso"]), (6, ["front", "back", "left", "right", "top", "iso"])):
            with self.subTest(count):
                seen = self.look(contact_sheet=count, max_size=240)
                self.assertEqual(seen.result["views"], views)
                self.assertLessEqual(max(seen.picture.width, seen.picture.height), 240)
                self.assertGreater(max(seen.picture.width, seen.picture.height), 230)
                columns = count // 2
                width = (seen.picture.width + picture_module.GAP) // columns
                height = (seen.picture.height + picture_module.GAP) // 2
                for index, view in enumerate(views):
                    left, top = index % columns * width, index // columns * height
                    self.assertEqual(self.read_label(seen.picture, left, top), view.upper())
                    above_middle = seen.picture.pixels[(top + height * 3 // 8) * seen.picture.width + left + width // 2]
                    self.assertGreater(above_middle[0], 90)  # of the cube

    def read_label(self, picture: png.Picture, x: int, y: int) -> str:
        """The text whose dots, at a scale of 1, begin in that corner."""
        text = ""
        while True:
            glyph = tuple(sum((picture.pixels[(y + 2 + row) * picture.width + x + 2 + column] == picture_module.INK)
                              << (4 - column) for column in range(5)) for row in range(7))
            letter = next((letter for letter, rows in picture_module.GLYPHS.items() if rows == glyph), None)
            if letter is None:
                return text
            text, x = text + letter, x + 6

    def test_a_large_picture_is_made_smaller_until_it_fits(self) -> None:
        self.make({"kind": "monkey", "name": "Suzanne"})
        self.client.run("import math\nm = C.scene.objects['Suzanne'].modifiers.new('S', 'SUBSURF'); m.levels = 3\n"
                        "d = C.scene.objects['Suzanne'].modifiers.new('D', 'DISPLACE'); d.strength = 1\n"
                        "d.texture = D.textures.new('N', 'CLOUDS'); d.texture.noise_scale = 0.02")
        seen = self.look(view="front", max_size=1700)
        self.assertLessEqual(len(seen.data), MAX_PNG_BYTES)
        self.assertLess(seen.result["image"]["width"], 1700)
        self.assertGreater(len(seen.data), MAX_PNG_BYTES / 3)  # no smaller than it must be
        self.assertIn("Made smaller than 1700", " ".join(seen.result["notes"]))

    def test_nothing_is_changed(self) -> None:
        self.client.run("bpy.ops.mesh.primitive_cone_add(location=(3, 0, 0))\nD.objects['Cube'].select_set(True)")
        before, undo = fingerprint(self.client), self.client.call("history", action="list")["undo"]
        generation = self.client.call("status")["generation"]
        for args in ({}, {"view": "camera"}, {"contact_sheet": 6}, {"view": "top", "shading": "wireframe"},
                     {"view": "left", "shading": "material"}, {"frame_objects": ["Cone"], "shading": "rendered"}):
            self.client.call_blob("get_viewport_screenshot", **args)
            self.settle()
            self.assertEqual(self.client.call("status")["generation"], generation, args)
        self.assertEqual(self.client.call("history", action="list")["undo"], undo)
        self.assertEqual(fingerprint(self.client), before)

    def settle(self) -> None:
        """Nothing comes later where there is no window."""


class RenderedViewportTest(ViewportTestCase):
    """What only render_viewport does."""

    def test_materials_need_no_light(self) -> None:
        self.make({"kind": "cube", "name": "Box", "material": RED})
        seen = self.look(view="iso", shading="material")
        self.assertEqual((seen.result["engine"], seen.result["shading"]), ("cycles", "material"))
        self.assert_framed(seen)
        self.assertAlmostEqual(seen.red()[0], 0.5, delta=0.05)

    def test_rendered_shows_the_light_of_the_scene(self) -> None:
        self.client.run("D.worlds[0].node_tree.nodes['Background'].inputs[1].default_value = 0")
        seen = self.look(view="camera", shading="rendered")
        self.assertEqual(seen.result["engine"], "cycles")
        self.assertIn("Rendered by Cycles", " ".join(seen.result["notes"]))
        self.assertGreater(seen.coverage(), 0.05)
        self.client.call("delete_objects", names=["Light"])
        self.assertEqual(self.look(view="camera", shading="rendered").coverage(), 0)

    def test_rendered_with_workbench(self) -> None:
        self.client.run("C.scene.render.engine = 'BLENDER_WORKBENCH'")
        seen = self.look(view="front", shading="rendered")
        self.assertEqual((seen.result["engine"], seen.result["notes"]), ("workbench", []))
        self.assert_framed(seen)

    def test_settings_of_renders_do_not_matter(self) -> None:
        self.client.run("r = C.scene.render\nr.use_border = r.use_crop_to_border = True\nr.border_max_x = 0.1\n"
                        "r.resolution_percentage = 10\nr.pixel_aspect_x = 2\nr.film_transparent = r.use_stamp = True\n"
                        "C.scene.timeline_markers.new('M', frame=1).camera = D.objects['Camera']")
        seen = self.look(view="front")
        self.assertEqual((seen.picture.width, seen.picture.height), (120, 90))
        self.assert_framed(seen)


class PictureTest(unittest.TestCase):
    def test_bmp(self) -> None:
        rows = [b"\1\2\3\4\5\6\7\7\7\0\0\0", b"\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\0\0\0"]  # 3 x 2, BGR, from below
        data = b"BM" + struct.pack("<IHHI", 54 + 24, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 3, 2, 1, 24, 0, 24, 0, 0, 0, 0)
        picture = picture_module.Picture.from_bmp(data + b"".join(rows))
        self.assertEqual((picture.width, picture.height), (3, 2))
        self.assertEqual(bytes(picture.rgb), b"\x0c\x0b\x0a\x0f\x0e\x0d\x12\x11\x10\3\2\1\6\5\4\7\7\7")
        for wrong in (b"", b"PNG" + data, data, data[:28] + b"\x08" + data[29:] + b"".join(rows)):
            with self.assertRaises(ValueError):
                picture_module.Picture.from_bmp(wrong)

    def test_png(self) -> None:
        picture = picture_module.Picture.from_rgba(2, 2, bytes(range(16)))
        self.assertEqual(png.read(picture.png()).pixels, [b"\x08\x09\x0a", b"\x0c\x0d\x0e", b"\0\1\2", b"\4\5\6"])

    def test_sheets(self) -> None:
        parts = [picture_module.Picture(2, 1, bytes([value] * 6)) for value in (1, 2, 3)]
        whole = picture_module.sheet(parts, 2)
        self.assertEqual((whole.width, whole.height), (2 * 2 + 2, 1 * 2 + 2))
        shown = png.read(whole.png())
        self.assertEqual([shown.pixels[at] for at in (0, 1, 4, 5, 18, 19)],
                         [bytes([value] * 3) for value in (1, 1, 2, 2, 3, 3)])
        self.assertEqual({shown.pixels[at] for at in (2, 3, 22, 23)}, {picture_module.GAP_COLOR})

    def test_a_label_that_does_not_fit_is_left_out(self) -> None:
        picture = picture_module.Picture(20, 20, bytes(1200))
        picture.label("FRONT")
        self.assertEqual(bytes(picture.rgb), bytes(1200))


if __name__ == "__main__":
    unittest.main()
