"""A Blender in another language that gives new data translated names, and scenes in which nothing has its usual name."""

from __future__ import annotations

import unittest
from typing import Any

import test_import_export
from harness import BlenderTestCase

SPEAK = """
view = bpy.context.preferences.view
view.language = next((one for one in %r if one in bpy.app.translations.locales), 'DEFAULT')
view.use_translate_interface = view.use_translate_tooltips = view.use_translate_new_dataname = True
result = bpy.app.translations.pgettext_data('Noise Texture')
"""
ENGLISH = """
view = bpy.context.preferences.view
if bpy.app.translations.locales:
    view.language = 'en_US'
view.use_translate_interface = view.use_translate_tooltips = view.use_translate_new_dataname = False
"""
KINDS = ("cube", "sphere", "ico_sphere", "cylinder", "cone", "torus", "plane", "circle", "grid", "monkey", "light", "camera",
         "empty", "text")
PRINCIPLED = "ShaderNodeBsdfPrincipled"


class WholeSurface:
    """The main tools, whatever the language and the names."""

    client: Any

    def edit(self, tree: dict[str, Any], *operations: dict[str, Any]) -> dict[str, Any]:
        return self.client.call("edit_nodes", tree=tree, operations=list(operations))

    def scene(self) -> dict[str, Any]:
        return self.client.call("set_scene", frame={"current": 1})["scene"]

    def use_the_tools(self, engine: str = "workbench") -> None:
        call = self.client.call
        items: list[dict[str, Any]] = [{"kind": kind} for kind in KINDS]
        items += [{"kind": "curve", "curve": {"points": [[0, 0, 0], [1, 0, 0]]}},
                  {"kind": "mesh", "mesh": {"vertices": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "faces": [[0, 1, 2]]}}]
        created = [one["name"] for one in call("create_objects", items=items)["created"]]
        self.assertEqual(len(set(created)), len(items))
        cube = created[0]
        call("set_material", objects=[cube], material={
            "name": "Metall", "base_color": "#ff0000", "metallic": 1, "roughness": 0.25, "emission_color": [0, 1, 0],
            "emission_strength": 2, "alpha": 0.5, "transmission": 0.5})
        told = call("get_object_info", names=[cube], include=["materials", "mesh", "modifiers"])["objects"][0]
        self.assertEqual((told["materials"][0]["roughness"], told["materials"][0]["metallic"]), (0.25, 1))
        self.assertEqual(told["mesh"]["vertices"], 8)

        metal = {"kind": "material", "name": "Metall"}
        self.edit(metal, {"add": "Noise Texture", "values": {"Scale": 7}},
                  {"link": [["ShaderNodeTexNoise", "Fac"], ["Principled BSDF", "Roughness"]]},
                  {"set": PRINCIPLED, "values": {"Transmission": 0.25}}, {"set": "Material Output", "label": "Ende"})
        self.assertEqual(call("get_object_info", names=[cube], include=["materials"])["objects"][0]["materials"][0]["roughness"],
                         "linked")
        self.edit({"kind": "world"}, {"set": "Background", "values": {"Strength": 0.5}})
        self.assertEqual(self.scene()["world"]["strength"], 0.5)
        call("set_scene", world={"color": "#204080", "strength": 2}, render={"engine": engine, "resolution": [64, 48]})
        self.assertEqual(self.scene()["world"]["strength"], 2)
        tree = self.edit({"kind": "geometry", "object": cube}, {"add": "Subdivide Mesh", "values": {"Level": 1}},
                         {"link": [["Group Input", 0], ["GeometryNodeSubdivideMesh", "Mesh"]]},
                         {"link": [["Subdivide Mesh", "Mesh"], ["Group Output", 0]]})["tree"]
        self.assertIn("GeometryNodeSubdivideMesh", [node["type"] for node in tree["nodes"]])

        call("set_modifiers", objects=[cube], operations=[
            {"add": "BEVEL", "properties": {"segments": 2}}, {"add": "Subdivision Surface"}, {"add": "MIRROR"},
            {"set": "Bevel", "properties": {"width": 0.1}}, {"move": "Subdivision", "to": 1}, {"remove": "Mirror"},
            {"apply": "bevel"}])
        stack = self.client.run(f"result = [m.type for m in D.objects[{cube!r}].modifiers]")
        self.assertEqual(stack, ["NODES", "SUBSURF"])
        for target, path, value in ((cube, "location", [1, 2, 3]),
                                    (cube, f'active_material.node_tree.nodes["{PRINCIPLED}"].inputs["Metallic"].default_value', 0)):
            result = call("set_keyframes", target=target, data_path=path, keys=[{"frame": 1, "value": value}])
            self.assertTrue(result["curves"])
        call("duplicate_objects", names=[cube], count=2, step={"offset": [3, 0, 0]})
        self.assertEqual(call("lookup_api", query="Principled BSDF")["name"], f"bpy.types.{PRINCIPLED}")
        self.assertTrue(call("lookup_api", query="bevel edges"))
        self.assertTrue(call("inspect_data", path=f'bpy.data.objects["{cube}"].location'))
        self.assertGreater(len(self.client.call_blob("render", resolution=[32, 24], engine="workbench")[1]), 100)
        undo = call("history", action="list")["undo"]
        self.assertIn("Duplicate", undo[0])
        call("history", action="undo")


class LanguageTestCase(BlenderTestCase):
    def speak(self, *languages: str) -> None:
        self.addCleanup(self.client.run, ENGLISH)
        if self.client.run(SPEAK % (languages,)) == "Noise Texture":
            self.skipTest("this Blender comes without its translations")


class LanguageTest(LanguageTestCase, WholeSurface):
    def begin(self, *languages: str) -> None:
        self.speak(*languages)
        self.client.call("manage_file", action="new", discard_changes=True)
        name = self.client.run("t = D.node_groups.new('x', 'ShaderNodeTree'); result = t.nodes.new('ShaderNodeTexNoise').name\n"
                               "D.node_groups.remove(t)")
        self.assertNotEqual(name, "Noise Texture")

    def test_german(self) -> None:
        self.begin("de_DE", "de")
        self.use_the_tools()

    def test_japanese(self) -> None:
        self.begin("ja_JP", "ja")
        self.use_the_tools("cycles")


class GermanFilesTest(LanguageTestCase, test_import_export.RoundTripTest):
    def setUp(self) -> None:
        super().setUp()
        self.speak("de_DE", "de")


RENAME = """
for tree in [*(m.node_tree for m in D.materials if m.node_tree), *(w.node_tree for w in D.worlds if w.node_tree)]:
    for i, node in enumerate(tree.nodes):
        node.name = f'\\u7bc0 {i}'
"""


class OddScenesTest(BlenderTestCase, WholeSurface):
    def test_nodes_that_are_renamed(self) -> None:
        self.client.run(RENAME)
        self.use_the_tools()

    def test_nodes_that_are_gone(self) -> None:
        self.client.run("for block in [*D.materials, *D.worlds]:\n"
                        "    if block.node_tree:\n        block.node_tree.nodes.clear()")
        call = self.client.call
        call("set_material", objects=["Cube"], material={"name": "Material", "roughness": 0.25})
        self.assertEqual(self.object("Cube", "materials")["materials"][0]["roughness"], 0.25)
        call("set_scene", world={"strength": 3})
        self.assertEqual(self.scene()["world"]["strength"], 3)

    def test_without_nodes(self) -> None:
        self.client.run("for block in [*D.materials, *D.worlds, *D.scenes]:\n"
                        "    if hasattr(block, 'use_nodes') and bpy.app.version < (5, 0): block.use_nodes = False\n"
                        "m = D.materials.new('Bare'); D.objects['Cube'].data.materials[0] = m")
        self.client.call("get_object_info", names=["Cube"], include=["materials"])
        self.use_the_tools()

    def test_without_world_and_camera(self) -> None:
        self.client.run("C.scene.world = None\nfor w in list(D.worlds): D.worlds.remove(w)\n"
                        "D.objects.remove(D.objects['Camera'])")
        info = self.client.call("get_scene_info")
        self.assertEqual((info["world"], info["camera"]), (None, None))
        self.assertIsNone(self.scene()["world"])
        self.assertGreater(len(self.client.call_blob("render", resolution=[32, 24], engine="workbench")[1]), 100)
        self.client.call("set_scene", world={"color": "#ffffff", "strength": 0.5})
        self.use_the_tools()

    def test_a_scene_that_is_not_the_first(self) -> None:
        self.client.run("s = D.scenes.new('Zweite')\nfor w in C.window_manager.windows: w.scene = s")
        if self.client.call("get_scene_info")["scene"] != "Zweite":
            self.skipTest("without windows no other scene can be made the current one")
        self.use_the_tools()
        self.assertEqual(self.client.run("result = len(D.scenes['Scene'].objects)"), 3)

    def test_names_in_every_script(self) -> None:
        longest = self.client.run("from blender_mcpd_runtime import compat; result = compat.MAX_NAME_BYTES")
        names = ["Würfel", "立方体", "Куб", "مكعب", "🧊🧊", "a\"b\\c'd", "[0]", "%s {x}", ".hidden", "x" * longest,
                 "é" * (longest // 2), "e\u0301", "* ?", " spaces "]
        call = self.client.call
        created = call("create_objects", items=[{"kind": "cube", "name": name, "material": {"name": name, "roughness": 0.5},
                                                 "collection": name} for name in names])["created"]
        self.assertEqual([one["name"] for one in created], names)
        self.assertEqual([obj["name"] for obj in call("get_object_info", names=names)["objects"]], names)
        for name in names:
            with self.subTest(name):
                call("update_objects", items=[{"name": name, "location": [1, 0, 0]}])
                part = name if len(name.encode()) <= 63 else name[:31]
                call("set_modifiers", objects=[name], operations=[{"add": "BEVEL", "name": part}, {"apply": part}])
                call("set_keyframes", target=name, data_path="location", keys=[{"frame": 1, "value": [0, 0, 0]}])
                self.edit({"kind": "material", "name": name}, {"add": "ShaderNodeTexNoise", "name": part})
                found = call("get_scene_info", detail="objects", filter={"collection": name})["objects"]
                self.assertEqual([obj["name"] for obj in found], [name])
        call("delete_objects", names=names)
        self.assertFails("invalid", "set_modifiers", {"objects": ["Cube"], "operations": [{"add": "BEVEL", "name": "é" * 32}]},
                         "operations[0].name")

    def test_an_object_of_a_library(self) -> None:
        path = self.path("library.blend")
        self.client.run(f"D.libraries.write({path!r}, {{D.objects['Cube']}})")
        self.client.run(f"with D.libraries.load({path!r}, link=True) as (there, here): here.objects = ['Cube']\n"
                        "C.scene.collection.objects.link(here.objects[0])")
        page = self.client.call("get_scene_info", detail="full", limit=2)
        names = [obj["name"] for obj in page["objects"]]
        while "next_cursor" in page:
            page = self.client.call("get_scene_info", detail="full", limit=2, cursor=page["next_cursor"])
            names += [obj["name"] for obj in page["objects"]]
        self.assertEqual(names, ["Camera", "Cube", "Cube", "Light"])
        collections = [obj["collections"] for obj in self.client.call("get_scene_info", detail="objects",
                                                                      filter={"name": "Cube"})["objects"]]
        self.assertEqual(sorted(collections), [["Collection"], ["Scene Collection"]])
        self.use_the_tools()


if __name__ == "__main__":
    unittest.main()
