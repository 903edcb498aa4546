"""asset.import with pack: what came in needs its files no more."""

from __future__ import annotations

import os
import unittest
from typing import Any

import asset_makers as makers
from test_asset_import import ORIGIN, TextureTestCase

IMAGES = "result = {i.name: [len(i.packed_files), i.size[0]] for i in D.images if i.source == 'FILE'}"


class PackingTest(TextureTestCase):
    def images(self) -> dict[str, list[int]]:
        return self.client.run(IMAGES)

    def test_it_is_still_there_without_its_files(self) -> None:
        files = self.maps("color", "roughness")
        sizes = sum(os.path.getsize(file["path"]) for file in files)
        before = self.state()
        done = self.import_("texture", files, objects=["Cube"], pack=True)
        self.assertEqual(done["packed"], {"images": 2, "bytes": sizes})
        self.assertEqual(done["warnings"], [])
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)
        self.client.call("history", action="redo")
        for file in files:
            os.remove(file["path"])
        path = self.path("packed.blend")
        self.client.call("manage_file", action="save_as", path=path)
        self.client.call("manage_file", action="open", path=path)
        images = self.images()
        self.assertEqual(sorted(images), ["brick ü_color.png", "brick ü_roughness.png"])
        self.assertTrue(all(count == 1 and width > 0 for count, width in images.values()), images)

    def test_files_stay_where_they_are_without_it(self) -> None:
        done = self.texture("color")
        self.assertNotIn("packed", done)
        self.assertEqual([count for count, _ in self.images().values()], [0])

    def test_what_was_packed_is_used_again(self) -> None:
        files = self.maps("color")
        self.import_("texture", files, pack=True)
        self.import_("texture", files, pack=True)
        self.import_("texture", files)
        self.assertEqual(len(self.images()), 1)
        self.write("brick ü_color.png", makers.flat(7))  # another picture, by the same name
        self.import_("texture", files, pack=True)
        self.assertEqual(len(self.images()), 2)

    def test_what_came_before_without_it_is_packed_too(self) -> None:
        files = self.maps("color")
        self.import_("texture", files)
        self.assertEqual(self.import_("texture", files, pack=True)["packed"]["images"], 1)
        self.assertEqual([count for count, _ in self.images().values()], [1])

    def test_images_of_the_users_are_left_alone(self) -> None:
        path = self.write("mine.png", makers.flat(3))
        self.client.run(f"D.images.load({path!r}).use_fake_user = True")
        self.import_("texture", self.maps("color"), pack=True)
        self.assertEqual(self.images()["mine.png"][0], 0)

    def test_an_environment_and_a_model(self) -> None:
        self.import_("hdri", [{"path": self.write("sky.hdr", makers.hdr()), "role": "environment"}], pack=True)
        self.assertEqual(self.images()["sky.hdr"][0], 1)
        self.write("skin.png", makers.flat(50))
        self.write("box.mtl", "newmtl Skin\nmap_Kd skin.png\n")
        model = self.write("box.obj", "mtllib box.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 1\nvt 0 0\nvt 1 0\nvt 0 1\nusemtl Skin\nf 1/1 2/2 3/3\n")
        origin: dict[str, Any] = {**ORIGIN, "id": "box"}
        done = self.import_("model", [{"path": model, "role": "model"}], provenance=origin, pack=True)
        self.assertEqual(done["packed"]["images"], 1)
        self.assertEqual(self.images()["skin.png"][0], 1)


class LostWhilePackingTest(TextureTestCase):
    def test_what_cannot_be_packed_is_told(self) -> None:
        files = self.maps("color")
        self.import_("texture", files)
        gone = self.write("gone.png", makers.flat(1))
        self.client.run(f"i = D.images.load({gone!r})\ni.use_fake_user = True\ni['blender_mcpd_asset'] = {ORIGIN!r}")
        os.remove(gone)
        done = self.import_("texture", files, pack=True)
        self.assertIn("gone.png was not packed", " ".join(done["warnings"]))


if __name__ == "__main__":
    unittest.main()
