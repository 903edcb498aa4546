"""edit_nodes."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

from fingerprint import fingerprint
from harness import BlenderTestCase

HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n" + bytes([128, 64, 32, 129] * 2)
MATERIAL = {"kind": "material", "name": "Material"}
PRINCIPLED = "ShaderNodeBsdfPrincipled"


class NodesTestCase(BlenderTestCase):
    def edit(self, tree: dict[str, Any], *operations: dict[str, Any], **args: Any) -> dict[str, Any]:
        return self.client.call("edit_nodes", tree=tree, operations=list(operations), **args)

    def node(self, result: dict[str, Any], name: str) -> dict[str, Any]:
        return next(node for node in result["tree"]["nodes"] if name in (node["name"], node["type"]))

    def refuse(self, kind: str, field: str, *parts: str, tree: dict[str, Any] = MATERIAL,
               operations: list[dict[str, Any]]) -> None:
        error = self.assertFails(kind, "edit_nodes", {"tree": tree, "operations": operations}, field)
        for part in parts:
            self.assertIn(part, error["message"] + str(error.get("remedy")))

    def image(self, name: str = "wood.hdr") -> str:
        path = self.path(name)
        Path(path).write_bytes(HDR)
        return path


# Every node type that this Blender has: what is said of a new node can be set again, and changes nothing.
ROUND_TRIP = """
from blender_mcpd_runtime import errors, node_info, node_lookup, node_values

wrong, count = [], 0
for kind in ('ShaderNodeTree', 'GeometryNodeTree', 'CompositorNodeTree'):
    tree = bpy.data.node_groups.new('Every', kind)
    for idname in node_lookup._types_for(tree):
        try:
            node = tree.nodes.new(idname)
        except RuntimeError:
            continue
        sockets = list(node.inputs or node.outputs)
        told = {node_lookup.socket_key(s, sockets): node_info._value(s, 'default_value') for s in sockets
                if node_lookup.is_usable(s) and 'default_value' in s.bl_rna.properties}
        told.update(node_info._properties(node))
        before = node_info._properties(node)
        for key, value in told.items():
            if value == '':
                continue  # an enum without values
            count += 1
            try:
                node_values.set_values(node, {key: value}, idname, [])
            except errors.OpError as exc:
                if 'cannot be set' not in exc.message:
                    wrong.append(exc.message)
        # Colours that follow from temperatures have other last digits, and some properties are buttons.
        if node_info._properties(node) != before and not idname.startswith(
                ('CompositorNodeColorBalance', 'CompositorNodeCryptomatte')):
            wrong.append(f'{idname}: {before} {node_info._properties(node)}')
        tree.nodes.remove(node)
    bpy.data.node_groups.remove(tree)
result = [count, wrong]
"""


class EveryTypeTest(NodesTestCase):
    def test_what_is_told_can_be_set(self) -> None:
        count, wrong = self.client.run(ROUND_TRIP)
        self.assertEqual(wrong, [])
        self.assertGreater(count, 1000)


class MaterialNodesTest(NodesTestCase):
    def test_a_texture_drives_a_material(self) -> None:
        result = self.edit(
            {"kind": "material", "name": "Stein 石"},
            {"add": "ShaderNodeTexNoise", "name": "Noise", "values": {"Scale": 8, "noise_dimensions": "2d"}},
            {"add": "Color Ramp", "name": "Ramp", "values": {
                "color_ramp": [{"position": 1, "color": "#ffffff"}, {"position": 0.25, "color": [0.5, 0, 0]},
                               {"position": 0.5, "color": [0, 0, 2, 0.5]}], "color_ramp.interpolation": "constant"}},
            {"link": [["Noise", "Fac"], ["Ramp", 0]]},
            {"link": [["Ramp", "Color"], [PRINCIPLED, "Base Color"]]},
            {"set": "Principled BSDF", "values": {"Roughness": 0.25, "metallic": 1}})
        tree = result["tree"]
        self.assertEqual((tree["kind"], tree["name"], tree["type"]), ("material", "Stein 石", "ShaderNodeTree"))
        self.assertEqual(result["changes"], {"added": ["material:Stein 石"], "removed": [], "changed": {}})
        noise, ramp = self.node(result, "Noise"), self.node(result, "Ramp")
        self.assertEqual((noise["type"], noise["inputs"], noise["properties"]),
                         ("ShaderNodeTexNoise", {"Scale": 8}, {"noise_dimensions": "2D"}))
        self.assertEqual(ramp["properties"], {
            "color_ramp.interpolation": "CONSTANT",
            "color_ramp": [{"position": 0.25, "color": [0.5, 0, 0, 1]}, {"position": 0.5, "color": [0, 0, 2, 0.5]},
                           {"position": 1, "color": [1, 1, 1, 1]}]})
        principled = self.node(result, PRINCIPLED)
        self.assertEqual(principled["inputs"], {"Roughness": 0.25, "Metallic": 1})
        self.assertIn(["Ramp", "Color", principled["name"], "Base Color"], tree["links"])
        self.assertEqual(len(tree["links"]), 3)
        self.assertEqual(len({tuple(node["location"]) for node in tree["nodes"]}), 4)

    def test_only_reading(self) -> None:
        before = fingerprint(self.client)
        result = self.edit(MATERIAL)
        self.assertEqual({node["type"] for node in result["tree"]["nodes"]}, {PRINCIPLED, "ShaderNodeOutputMaterial"})
        self.assertEqual(result["changes"], {"added": [], "removed": [], "changed": {}})
        self.assertEqual(result["generation"], self.client.call("get_scene_info")["generation"])
        self.assertEqual(fingerprint(self.client), before)
        for tree in ({"kind": "material", "name": "Materiel"}, {"kind": "group", "name": "None"},
                     {"kind": "geometry", "object": "Cube"}, {"kind": "geometry", "name": "None"},
                     {"kind": "compositor"}, {"kind": "world", "name": "None"}):
            with self.subTest(tree=tree):
                self.assertFails("not_found", "edit_nodes", {"tree": tree})

    def test_sockets_by_the_names_of_both_generations(self) -> None:
        pairs = (("Subsurface", "Subsurface Weight"), ("Specular", "Specular IOR Level"), ("Clearcoat", "Coat Weight"),
                 ("Transmission", "Transmission Weight"), ("Sheen", "Sheen Weight"))
        for index, pair in enumerate(pairs):
            for step, name in enumerate(pair):
                value = 0.1 + index / 10 + step / 20
                result = self.edit(MATERIAL, {"set": PRINCIPLED, "values": {name: value}})
                inputs = self.node(result, PRINCIPLED)["inputs"]
                self.assertAlmostEqual(inputs.get(pair[0], inputs.get(pair[1])), value, 5)
        for name in ("Emission", "Emission Color"):
            self.edit(MATERIAL, {"set": PRINCIPLED, "values": {name: "#ff0000"}})
        self.edit(MATERIAL, {"add": "ShaderNodeMixShader", "name": "M", "values": {"Fac": 0.25}},
                  {"set": "M", "values": {"Factor": 0.75}})

    def test_types_by_the_names_of_both_generations(self) -> None:
        for pair in (("ShaderNodeBsdfGlossy", "ShaderNodeBsdfAnisotropic"),
                     ("ShaderNodeBsdfVelvet", "ShaderNodeBsdfSheen"),
                     ("ShaderNodeSeparateRGB", "ShaderNodeSeparateColor"), ("ColorRamp", "Color Ramp"),
                     ("Hue Saturation Value", "Hue/Saturation/Value")):
            for name in pair:
                with self.subTest(name=name):
                    self.edit(MATERIAL, {"add": name, "name": f"My {name}"})
        self.edit(MATERIAL, {"add": "ShaderNodeSeparateRGB", "name": "S"}, {"add": "ShaderNodeMath", "name": "M"},
                  {"link": [["S", "R"], ["M", 0]]})

    def test_another_language(self) -> None:
        self.client.run("""
view = C.preferences.view
if bpy.app.translations.locales:
    view.language = 'de_DE'
    view.use_translate_new_dataname = view.use_translate_interface = True
""")
        self.addCleanup(self.client.run, """
if bpy.app.translations.locales:
    C.preferences.view.language = 'en_US'
""")
        # Builds without translations show the same with names that somebody else has given.
        self.client.run("""
m = D.materials.new('Übersetzt')
if bpy.app.version < (5, 0): m.use_nodes = True
if not bpy.app.translations.locales:
    for node in m.node_tree.nodes:
        node.name = {'BSDF_PRINCIPLED': 'Prinzipien-BSDF', 'OUTPUT_MATERIAL': 'Material-Ausgabe'}[node.type]
""")
        tree = {"kind": "material", "name": "Übersetzt"}
        result = self.edit(tree, {"set": "Principled BSDF", "values": {"Roughness": 0.75}},
                           {"set": "BSDF_PRINCIPLED", "values": {"Metallic": 1}},
                           {"add": "Mix Shader"}, {"link": [[PRINCIPLED, "BSDF"], ["Mix Shader", 1]]},
                           {"link": [["ShaderNodeMixShader", 0], ["Material Output", "Surface"]]})
        self.assertEqual(self.node(result, PRINCIPLED)["inputs"], {"Roughness": 0.75, "Metallic": 1})
        self.assertIn("Material-Ausgabe", [node["name"] for node in result["tree"]["nodes"]])
        self.edit(tree, {"set": "Material-Ausgabe", "label": "Ende"}, {"set": "Ende", "values": {"target": "cycles"}})
        self.edit({"kind": "world"}, {"set": "Background", "values": {"Strength": 2}})
        self.edit({"kind": "compositor"}, {"set": "Render Layers", "label": "Bild"})
        self.edit({"kind": "geometry", "object": "Cube"}, {"set": "Group Output", "label": "Aus"})

    def test_settings_decide_on_sockets(self) -> None:
        result = self.edit(MATERIAL, {"add": "ShaderNodeMix", "name": "Mix",
                                      "values": {"A": "#ff0000", "B": [0, 1, 0], "data_type": "rgba",
                                                 "blend_type": "Multiply", "Factor": 0.75}})
        self.assertEqual(self.node(result, "Mix")["inputs"], {"Factor": 0.75, "A": [1, 0, 0, 1], "B": [0, 1, 0, 1]})
        self.refuse("invalid", "operations[0].values.A_Float", "not available", "'Factor', 'A', 'B'",
                    operations=[{"set": "Mix", "values": {"A_Float": 1}}])

    def test_sockets_of_the_same_name(self) -> None:
        result = self.edit(MATERIAL, {"add": "Math", "name": "M", "values": {"operation": "Multiply Add", "Value": 1,
                                                                             "Value_001": 2, "2": 3}})
        self.assertEqual(self.node(result, "M")["inputs"], {"Value": 1, "Value_001": 2, "Value_002": 3})
        self.assertEqual(self.node(result, "M")["properties"], {"operation": "MULTIPLY_ADD"})

    def test_values_in_outputs_angles_and_curves(self) -> None:
        result = self.edit(MATERIAL, {"add": "ShaderNodeValue", "name": "V", "values": {"Value": 3}},
                           {"add": "ShaderNodeRGB", "name": "C", "values": {"Color": "#0000ff"}},
                           {"add": "ShaderNodeMapping", "name": "P", "values": {"Rotation": [0, 0, 90]}},
                           {"add": "ShaderNodeFloatCurve", "name": "F",
                            "values": {"mapping": [[[0, 0], [0.25, 0.75], [0.5, 0.5], [1, 1]]]}},
                           {"add": "ShaderNodeVolumeScatter", "name": "S", "values": {"Anisotropy": -0.5}})
        self.assertEqual(self.node(result, "V")["inputs"], {"Value": 3})
        self.assertEqual(self.node(result, "C")["inputs"], {"Color": [0, 0, 1, 1]})
        self.assertEqual(self.node(result, "P")["inputs"], {"Rotation": [0, 0, 90]})
        self.assertEqual(self.node(result, "F")["properties"],
                         {"mapping": [[[0, 0], [0.25, 0.75], [0.5, 0.5], [1, 1]]]})
        self.assertEqual(self.node(result, "S")["inputs"], {"Anisotropy": -0.5})
        flags = self.edit({"kind": "geometry", "name": "G"}, {"add": "Set Handle Type", "name": "H",
                                                              "values": {"mode": ["left"]}})
        self.assertEqual(self.node(flags, "H")["properties"], {"mode": ["LEFT"]})
        self.refuse("invalid", "operations[0].values.mode", "LEFT, RIGHT", tree={"kind": "geometry", "name": "G"},
                    operations=[{"set": "H", "values": {"mode": ["middle"]}}])
        self.assertAlmostEqual(self.client.run("""
result = D.materials['Material'].node_tree.nodes['P'].inputs['Rotation'].default_value.z"""), 1.5707963, 5)

    def test_images(self) -> None:
        path = self.image("Holz ä.hdr")
        result = self.edit(MATERIAL, {"add": "Image Texture", "name": "Wood", "image": path, "colorspace": "non-color"},
                           {"link": [["Wood", "Color"], [PRINCIPLED, "Roughness"]]})
        self.assertEqual(self.node(result, "Wood")["properties"], {"image": "Holz ä.hdr"})
        self.assertEqual(result["changes"]["added"], ["image:Holz ä.hdr"])
        self.assertEqual(self.client.run("i = D.images['Holz ä.hdr']; result = [i.filepath, i.colorspace_settings.name]"),
                         [path, "Non-Color"])
        again = self.edit(MATERIAL, {"set": "Wood", "image": path, "values": {"interpolation": "Closest"}},
                          {"add": "ShaderNodeTexImage", "name": "Other", "values": {"image": "Holz ä.hdr"}})
        self.assertEqual(again["changes"]["added"], [])
        self.assertEqual(self.client.run("result = [i.name for i in D.images if i.type == 'IMAGE']"), ["Holz ä.hdr"])
        self.edit({"kind": "geometry", "name": "G"}, {"add": "GeometryNodeImageTexture", "name": "T", "image": path})
        self.refuse("invalid", "operations[0].image", "holds no image",
                    operations=[{"set": PRINCIPLED, "image": path}])
        self.refuse("invalid", "operations[0].colorspace", "sRGB",
                    operations=[{"set": "Wood", "colorspace": "crgb"}])
        self.refuse("not_found", "operations[0].values.image", "Nearest: 'Holz ä.hdr'",
                    operations=[{"set": "Wood", "values": {"image": "Holz a.hdr"}}])

    def test_names(self) -> None:
        result = self.edit(MATERIAL, {"add": "ShaderNodeMath", "name": "A"}, {"add": "ShaderNodeMath", "name": "B"})
        result = self.edit(MATERIAL, {"add": "ShaderNodeMath", "name": "A", "values": {"operation": "SINE"}},
                           {"set": "A", "values": {"use_clamp": True}}, {"link": [["A", 0], ["B", 0]]})
        self.assertEqual(result["notes"], ["The node 'A' is called 'A.001': that name was taken."])
        self.assertEqual(self.node(result, "A.001")["properties"], {"operation": "SINE", "use_clamp": True})
        self.assertIn(["A.001", "Value", "B", "Value"], result["tree"]["links"])
        self.refuse("invalid", "operations[0].set", "fits 3 nodes", "A, B, A.001",
                    operations=[{"set": "ShaderNodeMath", "label": "x"}])
        self.edit(MATERIAL, {"set": "A", "name": "Neu 新"}, {"set": "Neu 新", "label": "x"})

    def test_links(self) -> None:
        self.edit(MATERIAL, {"add": "Math", "name": "A"}, {"add": "Math", "name": "B"}, {"add": "Math", "name": "C"},
                  {"link": [["A", 0], ["B", 0]]}, {"link": [["B", 0], ["C", 0]]})
        self.refuse("invalid", "operations[0].link", "cycle", operations=[{"link": [["C", 0], ["A", 0]]}])
        self.refuse("invalid", "operations[0].link", "cycle", operations=[{"link": [["A", 0], ["A", 1]]}])
        self.refuse("invalid", "operations[0].link", "types do not fit", "NodeSocketShader",
                    operations=[{"link": [[PRINCIPLED, 0], ["A", 1]]}])
        self.refuse("not_found", "operations[0].link[0]", "has no output 'Roughness'", "There is an input",
                    operations=[{"link": [[PRINCIPLED, "Roughness"], ["A", 0]]}])
        self.refuse("not_found", "operations[0].link[1]", "'Roughness'",
                    operations=[{"link": [["A", 0], [PRINCIPLED, "Roughnes"]]}])
        self.refuse("not_found", "operations[0].link[1]", "has no input 99",
                    operations=[{"link": [["A", 0], [PRINCIPLED, 99]]}])
        self.refuse("not_found", "operations[0].link[0]", "no node 'Z'", "'A', 'B', 'C'",
                    operations=[{"link": [["Z", 0], ["A", 0]]}])
        self.refuse("invalid", "operations[0].unlink", "nothing is linked", operations=[{"unlink": ["A", 0]}])
        result = self.edit(MATERIAL, {"unlink": ["B", "Value"]}, {"unlink": ["C", 0]}, {"set": "C", "values": {"0": 5}})
        self.assertEqual(len(result["tree"]["links"]), 1)
        self.edit(MATERIAL, {"unlink": [PRINCIPLED, "BSDF"]}, {"link": [[PRINCIPLED, 0], ["Material Output", "Surface"]]})
        result = self.edit(MATERIAL, {"link": [["A", 0], ["B", 0]]}, {"link": [["C", 0], ["B", 0]]},
                           {"set": "B", "values": {"Value": 2}})
        self.assertEqual(len(result["tree"]["links"]), 2)  # an input has one
        self.assertEqual(result["notes"], ["B: Value is linked, so its value has no effect."])

    def test_remove(self) -> None:
        result = self.edit(MATERIAL, {"remove": "*"}, {"add": "ShaderNodeEmission", "name": "E"},
                           {"add": "Material Output", "name": "O"}, {"link": [["E", 0], ["O", "Surface"]]})
        self.assertEqual([node["name"] for node in result["tree"]["nodes"]], ["E", "O"])
        self.assertLess(self.node(result, "E")["location"][0], self.node(result, "O")["location"][0])
        result = self.edit(MATERIAL, {"add": "Math", "name": "M"}, {"remove": "M"}, {"remove": "ShaderNodeEmission"})
        self.assertEqual([node["name"] for node in result["tree"]["nodes"]], ["O"])
        self.refuse("not_found", "operations[2].set", "no node 'M'",
                    operations=[{"add": "Math", "name": "M"}, {"remove": "M"}, {"set": "M", "label": "x"}])

    def test_layout(self) -> None:
        nodes = [{"add": "Math", "name": f"N{index}", "location": [0, 0]} for index in range(12)]
        links = [{"link": [[f"N{index}", 0], [f"N{index // 2}", index % 2]]} for index in range(11, 0, -1) if index > 1]
        result = self.edit(MATERIAL, *nodes, *links, {"link": [["N1", 0], [PRINCIPLED, "Roughness"]]}, layout=True)
        places = {node["name"]: node["location"] for node in result["tree"]["nodes"]}
        for link in result["tree"]["links"]:
            self.assertLess(places[link[0]][0], places[link[2]][0], link)
        self.assertEqual(len({tuple(place) for place in places.values()}), 14)
        self.assertIn("layout", result["changes"]["changed"]["material:Material"])
        moved = self.edit(MATERIAL, {"add": "Math", "name": "Alone"})
        self.assertEqual({node["name"]: node["location"] for node in moved["tree"]["nodes"] if node["name"] != "Alone"},
                         places)

    def test_a_large_tree_is_cut(self) -> None:
        self.edit(MATERIAL, *[{"add": "Math", "name": f"N{index}"} for index in range(120)])
        result = self.edit(MATERIAL, {"set": "N119", "label": "Last"})
        self.assertEqual((len(result["tree"]["nodes"]), result["tree"]["left_out"]), (100, {"nodes": 22}))
        self.assertEqual(result["tree"]["nodes"][0]["name"], "N119")
        many = self.edit(MATERIAL, *[{"add": "Math", "name": f"N{index}"} for index in range(30)])
        self.assertEqual((len(many["notes"]), many["notes"][-1]), (21, "… and 10 more notes"))

    def test_refusals_tell_what_is_allowed_and_change_nothing(self) -> None:
        self.edit(MATERIAL, {"add": "ShaderNodeTexNoise", "name": "Noise"})
        before = fingerprint(self.client)

        def values(**given: Any) -> list[dict[str, Any]]:
            return [{"set": PRINCIPLED, "values": {name.replace("_", " "): value for name, value in given.items()}}]

        name = "operations[1].values."
        cases: list[tuple[str, str, str, list[dict[str, Any]]]] = [
            ("not_found", f"{name}Roughnes", "Nearest: Roughness", values(Roughnes=1)),
            ("invalid", f"{name}Roughness", "between 0 and 1", values(Roughness=1.5)),
            ("invalid", f"{name}Roughness", "must be a number", values(Roughness="rough")),
            ("invalid", f"{name}Roughness", "must be a number", values(Roughness=True)),
            ("invalid", f"{name}Base Color", "not a colour", values(Base_Color=0.5)),
            ("invalid", f"{name}Base Color", "not a colour", values(Base_Color="red-ish")),
            ("invalid", f"{name}Normal", "it needs 3", values(Normal=[1, 2])),
            ("invalid", f"{name}noise_dimensions", "1D, 2D, 3D, 4D",
             [{"set": "Noise", "values": {"noise_dimensions": "5D"}}]),
            ("not_found", f"{name}dimensions", "Properties: ", [{"set": "Noise", "values": {"dimensions": [1, 1]}}]),
            ("not_found", f"{name}name", "no input or property", [{"set": "Noise", "values": {"name": "x"}}]),
            ("invalid", f"{name}Surface", "takes no value", [{"set": "ShaderNodeOutputMaterial", "values": {"Surface": 1}}]),
            ("invalid", f"{name}width", "at most 700", [{"set": "Noise", "values": {"width": 1e9}}]),
            ("not_found", "operations[1].add", "Nearest: 'Noise Texture'", [{"add": "Noise Textur"}]),
            ("invalid", "operations[1].add", "cannot be in this tree", [{"add": "GeometryNodeMeshCube"}]),
            ("not_found", "operations[1].set", "Nearest: 'Noise'", [{"set": "Noisy", "label": "x"}]),
            ("invalid", "operations[1]", "nothing to set", [{"set": "Noise"}]),
            ("invalid", "operations[1]", "exactly one of", [{"set": "Noise", "remove": "Noise"}]),
            ("invalid", "operations[1]", "exactly one of", [{"values": {}}]),
            ("invalid", "operations[1].values", "does not apply to remove", [{"remove": "Noise", "values": {}}]),
            ("invalid", "operations[1].name", "is missing", [{"interface": "add_input"}]),
            ("invalid", "operations[1]", "only a node group", [{"interface": "add_input", "name": "x"}]),
            ("invalid", "operations[1].image", "holds no image", [{"set": "Noise", "image": "/nowhere.png"}]),
            ("not_found", "operations[1].image", "no file", [{"add": "Image Texture", "image": "/nowhere.png"}]),
            ("invalid", f"{name}color_ramp", "list of 1 to 32", [{"add": "Color Ramp", "values": {"color_ramp": []}}]),
            ("invalid", f"{name}color_ramp[0]", "position and color",
             [{"add": "Color Ramp", "values": {"color_ramp": [{"position": 0}]}}]),
            ("invalid", f"{name}color_ramp[0].position", "between 0 and 1",
             [{"add": "Color Ramp", "values": {"color_ramp": [{"position": 2, "color": [0, 0, 0]}]}}]),
            ("invalid", f"{name}mapping", "list of 1 curves", [{"add": "Float Curve", "values": {"mapping": [0, 1]}}]),
            ("invalid", "operations[1].name", "given to a node before", [{"add": "Math", "name": "First"}]),
        ]
        for kind, field, message, operations in cases:
            with self.subTest(field=field, message=message):
                first = {"add": "Math", "name": "First", "values": {"operation": "ADD"}}
                self.refuse(kind, field, message, operations=[first, *operations])
                self.assertEqual(fingerprint(self.client), before)

    def test_one_undo_step(self) -> None:
        path = self.image()
        self.edit(MATERIAL, {"set": PRINCIPLED, "values": {"Metallic": 1}})
        before = fingerprint(self.client)
        tree = self.edit(MATERIAL)["tree"]
        done = self.edit(MATERIAL, {"add": "Image Texture", "name": "T", "image": path},
                         {"link": [["T", "Color"], [PRINCIPLED, "Base Color"]]}, {"set": PRINCIPLED, "values": {"IOR": 2}},
                         layout=True)["tree"]
        after = fingerprint(self.client)
        self.client.call("history", action="undo")
        self.assertEqual((fingerprint(self.client), self.edit(MATERIAL)["tree"]), (before, tree))
        self.client.call("history", action="redo")
        self.assertEqual(fingerprint(self.client), after)
        redone = self.edit(MATERIAL)["tree"]
        self.assertEqual(sorted(map(str, redone["nodes"])), sorted(map(str, done["nodes"])))

    def test_steps_of_a_batch(self) -> None:
        before = fingerprint(self.client)
        step = {"tool": "edit_nodes", "arguments": {"tree": {"kind": "material", "name": "New"}, "operations": [
            {"add": "Noise Texture", "name": "N"}, {"link": [["N", "Fac"], [PRINCIPLED, "Roughness"]]}]}}
        use = {"tool": "set_material", "arguments": {"objects": ["Cube"], "material": {"name": "New"}}}
        wrong = {"tool": "edit_nodes", "arguments": {"tree": MATERIAL, "operations": [{"add": "Nois"}]}}
        self.assertFails("not_found", "batch", {"steps": [step, use, wrong]}, "steps[2].arguments.operations[0].add")
        self.assertEqual(fingerprint(self.client), before)
        self.client.call("batch", steps=[step, use])
        self.assertEqual(self.object("Cube")["materials"], ["New"])


if __name__ == "__main__":
    unittest.main()
