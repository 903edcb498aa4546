"""list_names and get_collection_info."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class ListNamesTest(BlenderTestCase):
    def names(self, kind: str, **args: Any) -> list[str]:
        result = self.client.call("list_names", kind=kind, **args)
        self.assertEqual(set(result), {"names", "total"})
        return result["names"]

    def test_kinds(self) -> None:
        self.client.run("""
C.scene.collection.children.link(D.collections.new('Props'))
D.collections.new('Nowhere')
D.objects.new('Elsewhere', None)
D.materials.new('Unused')
D.scenes.new('Second')
D.images.new('Picture', 1, 1)
D.actions.new('Jump')
D.node_groups.new('Grow', 'GeometryNodeTree')
""")
        cases = {
            "object": ["Camera", "Cube", "Light"], "mesh": ["Cube"], "camera": ["Camera"], "light": ["Light"],
            "empty": [], "collection": ["Collection", "Props", "Scene Collection"], "scene": ["Scene", "Second"],
            "world": ["World"], "action": ["Jump"], "node_group": ["Grow"],
        }
        for kind, expected in cases.items():
            with self.subTest(kind):
                self.assertEqual(self.names(kind), expected)
        self.assertLessEqual({"Material", "Unused"}, set(self.names("material")))
        self.assertIn("Picture", self.names("image"))

    def test_an_unknown_kind(self) -> None:
        for kind in ("teapot", "Object", ""):
            with self.subTest(kind):
                self.assertIn("camera", self.assertFails("invalid", "list_names", {"kind": kind}, "kind")["message"])

    def test_the_text_is_anywhere_and_its_case_does_not_matter(self) -> None:
        self.client.run("for name in ('STRASSE 1', 'Straße 2', 'strand', 'Ast'):\n"
                        "    C.scene.collection.objects.link(D.objects.new(name, None))")
        cases = {"stra": ["strand", "STRASSE 1", "Straße 2"], "STRAß": ["STRASSE 1", "Straße 2"], "cu": ["Cube"],
                 "ube": ["Cube"], "ST": ["strand", "STRASSE 1", "Straße 2", "Ast"], "*": [],
                 "": ["Ast", "Camera", "Cube", "Light", "strand", "STRASSE 1", "Straße 2"]}
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(self.names("object", text=text), expected)

    def test_a_limit_and_how_many_there_are(self) -> None:
        self.client.run("for index in range(150):\n"
                        "    C.scene.collection.objects.link(D.objects.new(f'E{index:03}', None))")
        for limit, expected in ((2, 2), (100, 100), (100_000, 100), (None, 100)):
            with self.subTest(limit):
                args = {} if limit is None else {"limit": limit}
                result = self.client.call("list_names", kind="object", text="e", **args)
                self.assertEqual((len(result["names"]), result["total"]), (expected, 152))  # Camera and Cube, too
        self.assertEqual(self.names("object", text="e", limit=3), ["E000", "E001", "E002"])

    def test_names_that_are_there_twice(self) -> None:
        path = str(self.blender.folder / "library.blend")
        self.client.call("manage_file", action="save_as", path=path, overwrite=True)
        self.client.call("manage_file", action="new")
        self.client.run(f"with D.libraries.load({path!r}, link=True) as (source, target):\n"
                        "    target.materials = ['Material']")
        result = self.client.call("list_names", kind="material", text="mat")
        self.assertEqual(result, {"names": ["Material"], "total": 1})


class CollectionInfoTest(BlenderTestCase):
    def info(self, name: str) -> dict[str, Any]:
        return self.client.call("get_collection_info", name=name)

    def test_a_collection(self) -> None:
        self.client.run("""
outer, inner = D.collections.new('Outer'), D.collections.new('Inner')
C.scene.collection.children.link(outer)
outer.children.link(inner)
outer.objects.link(D.objects['Cube'])
outer.objects.link(D.objects['Camera'])
""")
        self.assertEqual(self.info("Outer"), {
            "name": "Outer", "objects": ["Camera", "Cube"], "count": 2, "children": ["Inner"], "child_count": 1,
            "visible": True, "excluded": False, "hide_viewport": False, "hide_render": False, "hide_select": False})
        self.assertEqual(self.info("Scene Collection")["children"], ["Collection", "Outer"])
        self.assertTrue(self.info("Scene Collection")["visible"])

    def test_flags(self) -> None:
        cases = {
            "collection.hide_viewport = True": {"hide_viewport": True, "visible": False},
            "collection.hide_render = True": {"hide_render": True, "visible": True},
            "collection.hide_select = True": {"hide_select": True, "visible": True},
            "layer.exclude = True": {"excluded": True, "visible": False},
            "layer.hide_viewport = True": {"excluded": False, "visible": False, "hide_viewport": False},
        }
        for code, expected in cases.items():
            with self.subTest(code):
                self.client.call("manage_file", action="new", discard_changes=True)
                self.client.run("layer = C.view_layer.layer_collection.children['Collection']\n"
                                f"collection = layer.collection\n{code}")
                info = self.info("Collection")
                self.assertEqual({key: info[key] for key in expected}, expected)

    def test_not_found(self) -> None:
        self.client.run("D.collections.new('Nowhere')")
        for name in ("collection", "Nowhere"):
            with self.subTest(name):
                error = self.assertFails("not_found", "get_collection_info", {"name": name}, "name")
                self.assertEqual(error["details"]["name"], name)

    def test_lists_end_somewhere(self) -> None:
        self.client.run("for index in range(250):\n"
                        "    D.collections['Collection'].objects.link(D.objects.new(f'E{index:03}', None))\n"
                        "    D.collections['Collection'].children.link(D.collections.new(f'C{index:03}'))")
        info = self.info("Collection")
        self.assertEqual((len(info["objects"]), info["count"], len(info["children"]), info["child_count"]),
                         (200, 253, 200, 250))


if __name__ == "__main__":
    unittest.main()
