"""set_material."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class MaterialTest(BlenderTestCase):
    def set(self, objects: list[str], material: dict[str, Any], **args: Any) -> dict[str, Any]:
        return self.client.call("set_material", objects=objects, material=material, **args)

    def test_a_new_material(self) -> None:
        settings = {"base_color": [0.1, 0.2, 0.3], "metallic": 1, "roughness": 0.25, "emission_color": [1, 0, 0, 1],
                    "emission_strength": 3, "alpha": 0.5, "ior": 1.33, "transmission": 0.75}
        result = self.set(["Cube"], {"name": "Steel", **settings})
        material = result["material"]
        self.assertEqual((material["name"], material["created"], result["objects"]), ("Steel", True, ["Cube"]))
        self.assertVector(material["base_color"], [0.1, 0.2, 0.3, 1])
        self.assertVector(material["emission_color"], [1, 0, 0, 1])
        for setting, value in settings.items():
            if not isinstance(value, list):
                self.assertAlmostEqual(material[setting], value, 5)
        self.assertEqual(result["changes"], {"added": ["material:Steel"], "removed": [],
                                             "changed": {"Cube": ["materials"]}})
        self.assertEqual(self.object("Cube")["materials"], ["Steel"])

    def test_an_existing_material_is_edited_in_place(self) -> None:
        self.client.call("create_objects", items=[{"kind": "cube", "name": "Other", "material": "Material"}])
        result = self.set(["Cube"], {"name": "Material", "roughness": 0.9})
        self.assertFalse(result["material"]["created"])
        self.assertEqual(result["changes"]["changed"]["material:Material"], ["roughness"])
        self.assertAlmostEqual(self.object("Other", "materials")["materials"][0]["roughness"], 0.9)

    def test_hex_colors_are_srgb(self) -> None:
        color = self.set(["Cube"], {"name": "A", "base_color": "#8040ff"})["material"]["base_color"]
        self.assertVector(color, [0.2158605, 0.05126946, 1, 1])

    def test_alpha_of_the_color(self) -> None:
        self.assertAlmostEqual(self.set(["Cube"], {"name": "A", "base_color": "#ffffff80"})["material"]["alpha"],
                               128 / 255, 5)
        result = self.set(["Cube"], {"name": "B", "base_color": [1, 1, 1, 0.2], "alpha": 0.7})
        self.assertAlmostEqual(result["material"]["alpha"], 0.7)

    def test_emission_strength_alone_glows(self) -> None:
        material = self.set(["Cube"], {"name": "Glow", "emission_strength": 5})["material"]
        self.assertVector(material["emission_color"], [1, 1, 1, 1])

    def test_without_a_name_one_is_made(self) -> None:
        result = self.set(["Cube"], {"metallic": 1})
        self.assertEqual((result["material"]["name"], result["material"]["created"]), ("Material.001", True))

    def test_slots(self) -> None:
        self.set(["Cube"], {"name": "Third"}, slot=2)
        self.assertEqual(self.object("Cube")["materials"], ["Material", None, "Third"])

    def test_many_objects(self) -> None:
        items = [{"kind": kind, "name": kind} for kind in ("cube", "text")]
        items.append({"kind": "curve", "name": "curve", "curve": {"points": [[0, 0, 0], [1, 0, 0]]}})
        self.client.call("create_objects", items=items)
        self.set(["cube", "text", "curve"], {"name": "Shared"})
        self.assertEqual([self.object(n)["materials"] for n in ("cube", "text", "curve")], [["Shared"]] * 3)

    def test_renamed_nodes_and_textures(self) -> None:
        self.client.run("""
m = D.materials['Material']
m.use_nodes = True
n = next(n for n in m.node_tree.nodes if n.type == 'BSDF_PRINCIPLED')
n.name = n.label = 'Prinzipiell'
t = m.node_tree.nodes.new('ShaderNodeTexNoise')
m.node_tree.links.new(t.outputs[0], n.inputs['Roughness'])
""")
        self.assertEqual(self.object("Cube", "materials")["materials"][0]["roughness"], "linked")
        material = self.set(["Cube"], {"name": "Material", "roughness": 0.3})["material"]
        self.assertAlmostEqual(material["roughness"], 0.3)
        self.assertEqual(material["unlinked"], ["roughness"])

    def image(self, name: str) -> str:
        path = self.path(name)
        self.client.run(f"i = D.images.new('x', 4, 4); i.filepath_raw = {path!r}; i.file_format = 'PNG'; i.save(); "
                        "D.images.remove(i)")
        return path

    def linked(self, material: str) -> dict[str, Any]:
        """[image, colour space] by socket, through a normal map or not."""
        return self.client.run(
            "found = {}\n"
            f"for link in D.materials[{material!r}].node_tree.links:\n"
            "    node, name = link.from_node, link.to_socket.identifier\n"
            "    if node.type == 'TEX_IMAGE':\n"
            "        found[name] = [node.image.name, node.image.colorspace_settings.is_data]\n"
            "    elif node.type == 'NORMAL_MAP':\n"
            "        found[name] = node.type\n"
            "result = found")

    def test_textures(self) -> None:
        textures = {"base_color": self.image("wood.png"), "roughness": self.image("rough.png"),
                    "normal": self.image("normal.png")}
        result = self.set(["Cube"], {"name": "Wood", "metallic": 0, "textures": textures})
        self.assertEqual(result["changes"]["added"],
                         ["image:wood.png", "image:rough.png", "image:normal.png", "material:Wood"])
        self.assertEqual((result["material"]["base_color"], result["material"]["roughness"]), ("linked", "linked"))
        self.assertEqual(self.linked("Wood"), {
            "Base Color": ["wood.png", False], "Roughness": ["rough.png", True], "Normal": "NORMAL_MAP",
            "Color": ["normal.png", True]})
        nodes = self.client.run("result = len(D.materials['Wood'].node_tree.nodes)")
        again = self.set(["Cube"], {"name": "Wood", "textures": {"base_color": self.image("oak.png"),
                                                                 "normal": self.image("other.png")}})
        self.assertEqual(again["changes"]["changed"]["material:Wood"], ["base_color", "normal"])
        self.assertEqual(self.linked("Wood")["Base Color"], ["oak.png", False])
        self.assertEqual(self.linked("Wood")["Color"], ["other.png", True])
        self.assertEqual(self.client.run("result = len(D.materials['Wood'].node_tree.nodes)"), nodes)
        # A value cuts the texture off.
        self.assertEqual(self.set(["Cube"], {"name": "Wood", "roughness": 0.5})["material"]["unlinked"], ["roughness"])

    def test_textures_that_cannot_be(self) -> None:
        before = self.client.run("result = [len(D.images), len(D.materials)]")
        good, text = self.image("good.png"), self.path("text.png")
        with open(text, "w", encoding="utf-8") as file:
            file.write("no image")
        for material, field in [({"textures": {"base_color": good, "normal": "/nowhere/a.png"}}, "material.textures.normal"),
                                ({"textures": {"base_color": text}}, "material.textures.base_color"),
                                ({"roughness": 0.5, "textures": {"roughness": good}}, "material.roughness")]:
            with self.subTest(field):
                code = "not_found" if "normal" in field else "invalid"
                self.assertFails(code, "set_material", {"objects": ["Cube"], "material": {"name": "Bad", **material}}, field)
        self.assertEqual(self.client.run("result = [len(D.images), len(D.materials)]"), before)

    def test_a_material_without_principled(self) -> None:
        self.client.run("m = D.materials['Material']; m.use_nodes = True; m.node_tree.nodes.clear()")
        material = self.set(["Cube"], {"name": "Material", "metallic": 0.5})["material"]
        self.assertAlmostEqual(material["metallic"], 0.5)
        self.assertTrue(self.client.run("result = any(l.to_socket.name == 'Surface'"
                                        " for l in D.materials['Material'].node_tree.links)"))

    def test_refusals_change_nothing(self) -> None:
        cases = [
            ("not_found", "objects[1]", {"objects": ["Cube", "Kube"], "material": {"name": "New"}}),
            ("invalid", "objects[1]", {"objects": ["Cube", "Light"], "material": {"name": "New"}}),
            ("invalid", "material.base_color", {"objects": ["Cube"], "material": {"name": "New", "base_color": "#1"}}),
            ("invalid", "material.base_color",
             {"objects": ["Cube"], "material": {"name": "New", "base_color": "#gggggg"}}),
        ]
        for kind, field, args in cases:
            with self.subTest(args=args):
                self.assertFails(kind, "set_material", args, field)
                self.assertEqual(self.materials(), ["Material"])

    def test_one_undo_step(self) -> None:
        self.set(["Cube"], {"name": "Steel", "metallic": 1})
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.object("Cube")["materials"], ["Material"])
        self.assertEqual(self.materials(), ["Material"])


if __name__ == "__main__":
    unittest.main()
