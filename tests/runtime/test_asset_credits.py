"""asset.credits."""

from __future__ import annotations

import unittest
from typing import Any

import asset_makers as makers
from test_asset_import import ORIGIN, TextureTestCase


class CreditsTest(TextureTestCase):
    def credits(self, **args: Any) -> dict[str, Any]:
        return self.client.call("asset.credits", **args)

    def test_nothing_to_credit(self) -> None:
        self.assertEqual(self.credits(), {"file": "", "credits": [], "total": 0})
        self.client.run("D.objects['Cube']['blender_mcpd_asset'] = 'something else'\n"
                        "D.objects['Light']['blender_mcpd_asset'] = {'id': 3}")
        self.assertEqual(self.credits(), {"file": "", "credits": [], "total": 0})

    def test_they_are_saved_with_the_file(self) -> None:
        self.texture("color", "roughness", objects=["Cube"])
        self.texture("color", objects=["Cube"], slot=1, provenance={**ORIGIN, "retrieved": "2025-01-01T00:00:00Z"})
        hdr = {"path": self.write("sky.hdr", makers.hdr()), "role": "environment"}
        self.import_("hdri", [hdr], name="Sky",
                     provenance={"provider": "ambientcg", "id": "Sky1", "title": "Ä sky", "license": "CC0-1.0"})
        before = self.credits()
        path = self.path("credits.blend")
        self.client.call("manage_file", action="save_as", path=path)
        self.client.call("manage_file", action="new", use_empty=True)
        self.assertEqual(self.credits()["credits"], [])
        self.client.call("manage_file", action="open", path=path)
        after = self.credits()
        self.assertEqual((after["file"], before["file"]), (path, ""))
        self.assertEqual(after["credits"], before["credits"])
        self.assertEqual(after["total"], 2)
        sky, bricks = after["credits"]
        self.assertEqual((sky["title"], [user["type"] for user in sky["used_by"]]), ("Ä sky", ["IMAGE", "WORLD"]))
        self.assertEqual({name: bricks[name] for name in ORIGIN}, {**ORIGIN, "retrieved": "2025-01-01T00:00:00Z"})
        self.assertEqual([user["name"] for user in bricks["used_by"]],
                         ["brick ü_color.png", "brick ü_roughness.png", "Wand 壁", "Wand 壁.001"])

    def test_what_is_not_used_any_more(self) -> None:
        self.texture("color", objects=["Cube"])
        self.client.run("D.materials.remove(D.materials['Wand 壁'])")
        self.assertEqual(self.credits()["credits"], [])

    def test_copies_are_credited(self) -> None:
        self.texture("color", objects=["Cube"])
        self.client.run("D.objects['Cube'].material_slots[0].material = D.materials['Wand 壁'].copy()")
        self.assertIn({"type": "MATERIAL", "name": "Wand 壁.001"}, self.credits()["credits"][0]["used_by"])

    def test_many_are_told_in_pages(self) -> None:
        self.client.run("""
for number in range(5):
    m = D.materials.new(f'M{number}')
    m.use_fake_user = True
    m['blender_mcpd_asset'] = {'provider': 'p', 'id': str(number)}""")
        first = self.credits(limit=3)
        rest = self.credits(limit=3, cursor=first["next_cursor"])
        self.assertEqual([entry["id"] for entry in first["credits"] + rest["credits"]], list("01234"))
        self.assertEqual((first["total"], "next_cursor" in rest), (5, False))

    def test_a_page_is_large(self) -> None:
        """Who gives credit needs all of it."""
        self.client.run("""
for number in range(400):
    m = D.materials.new(f'M{number}')
    m.use_fake_user = True
    m['blender_mcpd_asset'] = {'provider': 'p', 'id': str(number), 'title': 'T' * 100}""")
        told = self.credits()
        self.assertEqual((len(told["credits"]), told["total"], "next_cursor" in told), (400, 400, False))

    def test_what_the_licence_asks_for(self) -> None:
        public, by = "https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"
        rows = {
            "not_required": [("CC0-1.0", ""), ("CC0 1.0 Universal", ""), ("cc-0", ""), ("CC-PDM-1.0", ""), ("Public Domain", ""),
                             ("MIT-0", ""), ("0BSD", ""), ("", public)],
            "required": [("CC-BY-4.0", ""), ("CC BY-NC-SA 4.0", ""), ("CC Attribution", ""), ("MIT", ""), ("Apache-2.0", ""),
                         ("Creative Commons Attribution-ShareAlike 3.0", ""), ("GPLv3", ""), ("GPL-3.0-or-later", ""), ("", by)],
            "unknown": [("", ""), ("Royalty Free", ""), ("Free Standard", ""), ("not public domain", ""), ("CC", ""),
                        ("No attribution required", ""), ("Editorial", public), ("", "https://example.org")],
        }
        wanted = {}
        for answer, licenses in rows.items():
            for name, url in licenses:
                wanted[f"{name}|{url}"] = answer
                self.client.run(f"m = D.materials.new('M')\nm.use_fake_user = True\n"
                                f"m['blender_mcpd_asset'] = {{'provider': 'p', 'id': {f'{name}|{url}'!r}, "
                                f"'license': {name!r}, 'license_url': {url!r}}}")
        self.assertEqual({entry["id"]: entry["attribution"] for entry in self.credits()["credits"]}, wanted)

    def test_many_users_are_counted(self) -> None:
        self.client.run("""
for number in range(30):
    m = D.materials.new('M')
    m.use_fake_user = True
    m['blender_mcpd_asset'] = {'provider': 'p', 'id': 'x'}""")
        (entry,) = self.credits()["credits"]
        self.assertEqual((len(entry["used_by"]), entry["used_by_total"]), (20, 30))


if __name__ == "__main__":
    unittest.main()
