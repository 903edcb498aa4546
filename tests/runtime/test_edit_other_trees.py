"""edit_nodes, of trees other than those of materials."""

from __future__ import annotations

import unittest

from fingerprint import fingerprint
from test_edit_nodes import MATERIAL, NodesTestCase


class OtherTreesTest(NodesTestCase):
    def test_a_world(self) -> None:
        result = self.edit({"kind": "world"}, {"set": "ShaderNodeBackground", "values": {"Strength": 0.5}},
                           {"add": "ShaderNodeTexSky", "name": "Sky"}, {"link": [["Sky", 0], ["Background", "Color"]]})
        self.assertEqual(result["tree"]["name"], "World")
        self.assertEqual(result["changes"]["changed"], {"world:World": ["nodes", "links"]})
        result = self.edit({"kind": "world", "name": "Other"}, {"set": "ShaderNodeBackground", "label": "B"})
        self.assertEqual(result["changes"]["added"], ["world:Other"])
        self.client.run("C.scene.world = None")
        result = self.edit({"kind": "world"}, {"set": "ShaderNodeBackground", "label": "B"})
        self.assertEqual(self.client.run("result = C.scene.world.name"), result["tree"]["name"])

    def test_geometry_nodes_of_an_object(self) -> None:
        tree = {"kind": "geometry", "object": "Cube"}
        result = self.edit(
            tree, {"interface": "add_input", "name": "Höhe", "socket_type": "float", "values": {"default": 2.5, "min": 0}},
            {"add": "Transform Geometry", "name": "Move"}, {"add": "ShaderNodeCombineXYZ", "name": "Vector"},
            {"link": [["NodeGroupInput", "Höhe"], ["Vector", "Z"]]},
            {"link": [["Vector", 0], ["Move", "Translation"]]},
            {"link": [["Group Input", "Geometry"], ["Move", "Geometry"]]},
            {"link": [["Move", "Geometry"], ["NodeGroupOutput", "Geometry"]]}, layout=True)
        self.assertEqual((result["tree"]["object"], result["tree"]["name"]), ("Cube", "Geometry Nodes"))
        self.assertEqual(result["changes"]["added"], ["node_group:Geometry Nodes"])
        self.assertEqual(result["changes"]["changed"], {"Cube": ["modifiers"]})
        interface = result["tree"]["interface"]
        self.assertEqual([(item["name"], item["type"], item.get("default")) for item in interface["inputs"]],
                         [("Geometry", "NodeSocketGeometry", None), ("Höhe", "NodeSocketFloat", 2.5)])
        self.assertEqual([item["name"] for item in interface["outputs"]], ["Geometry"])
        self.assertAlmostEqual(self.client.run("""
mesh = D.objects['Cube'].evaluated_get(C.evaluated_depsgraph_get()).to_mesh()
result = max(v.co.z for v in mesh.vertices)"""), 3.5, 4)
        again = self.edit(tree, {"interface": "remove_input", "name": "Höhe"})
        self.assertEqual(again["changes"], {"added": [], "removed": [], "changed": {
            "node_group:Geometry Nodes": ["interface"]}})
        self.assertEqual(self.client.run("result = len(D.objects['Cube'].modifiers)"), 1)

    def test_modifiers_and_groups_by_name(self) -> None:
        tree = {"kind": "geometry", "object": "Cube", "modifier": "Streuen", "name": "Verteilung"}
        first = self.edit(tree, {"set": "NodeGroupOutput", "label": "x"})["tree"]
        self.assertEqual((first["modifier"], first["name"]), ("Streuen", "Verteilung"))
        second = self.edit({**tree, "modifier": "Zwei"}, {"set": "NodeGroupOutput", "label": "y"})
        self.assertEqual(second["changes"]["added"], [])
        self.assertEqual(self.client.run("result = [(m.name, m.node_group.name) for m in D.objects['Cube'].modifiers]"),
                         [["Streuen", "Verteilung"], ["Zwei", "Verteilung"]])
        self.assertEqual(self.edit({"kind": "geometry", "object": "Cube", "name": "Verteilung"})["tree"]["modifier"],
                         "Streuen")
        self.client.run("D.objects['Cube'].modifiers.new('Bevel', 'BEVEL')")
        for bad, field in (({"kind": "geometry", "object": "Camera"}, "tree.object"),
                           ({"kind": "geometry", "object": "Cube", "modifier": "Bevel"}, "tree.modifier"),
                           ({"kind": "geometry"}, "tree"), ({"kind": "material"}, "tree.name"),
                           ({"kind": "geometry", "modifier": "x", "name": "y"}, "tree.object"),
                           ({"kind": "world", "object": "Cube"}, "tree.object")):
            with self.subTest(tree=bad):
                self.refuse("invalid", field, tree=bad, operations=[{"remove": "*"}])
        self.assertFails("not_found", "edit_nodes", {"tree": {"kind": "geometry", "object": "Kube"}}, "tree.object")

    def test_a_group_in_a_group(self) -> None:
        inner = {"kind": "group", "name": "Innen"}
        result = self.edit(inner, {"interface": "add_input", "name": "Value", "values": {"min": 0, "max": 10, "default": 4}},
                           {"interface": "add_output", "name": "Shader", "socket_type": "NodeSocketShader"},
                           {"add": "ShaderNodeEmission", "name": "E"}, {"link": [["NodeGroupInput", "Value"], ["E", "Strength"]]},
                           {"link": [["E", 0], ["NodeGroupOutput", "Shader"]]})
        self.assertEqual(result["tree"]["type"], "ShaderNodeTree")
        result = self.edit(MATERIAL, {"add": "ShaderNodeGroup", "name": "G", "values": {"node_tree": "Innen", "Value": 6}},
                           {"link": [["G", "Shader"], ["ShaderNodeOutputMaterial", "Surface"]]})
        self.assertEqual(self.node(result, "G")["inputs"], {"Value": 6})
        self.assertEqual(self.node(result, "G")["properties"], {"node_tree": "Innen"})
        self.refuse("invalid", "operations[0].values.node_tree", "contain itself", tree=inner,
                    operations=[{"add": "ShaderNodeGroup", "values": {"node_tree": "Innen"}}])
        self.refuse("not_found", "operations[0].values.node_tree", "Nearest: 'Innen'",
                    operations=[{"set": "G", "values": {"node_tree": "Inen"}}])
        self.refuse("invalid", "operations[0].socket_type", "NodeSocketFloat", tree=inner,
                    operations=[{"interface": "add_input", "name": "x", "socket_type": "flaot"}])
        self.refuse("not_found", "operations[0].values.maximum", tree=inner,
                    operations=[{"interface": "add_input", "name": "x", "values": {"maximum": 1}}])
        self.refuse("not_found", "operations[0].name", "Nearest: 'Value'", tree=inner,
                    operations=[{"interface": "remove_input", "name": "Valu"}])
        self.refuse("invalid", "tree.name", "not one of geometry nodes", tree={"kind": "geometry", "name": "Innen"},
                    operations=[{"remove": "*"}])

    def test_objects_in_sockets(self) -> None:
        result = self.edit({"kind": "geometry", "name": "G"},
                           {"add": "Object Info", "name": "I", "values": {"Object": "Cube", "transform_space": "RELATIVE"}},
                           {"add": "Set Material", "name": "S", "values": {"Material": "Material"}},
                           {"add": "FunctionNodeRandomValue", "name": "R", "values": {"data_type": "FLOAT_VECTOR",
                                                                                       "Max": [1, 2, 3], "Seed": 5}})
        self.assertEqual(self.node(result, "I")["inputs"]["Object"], "Cube")
        self.assertEqual(self.node(result, "S")["inputs"], {"Material": "Material"})
        random = self.node(result, "R")["inputs"]
        self.assertEqual((random["Max"], random["Seed"]), ([1, 2, 3], 5))
        tree = {"kind": "geometry", "name": "G"}
        self.refuse("not_found", "operations[0].values.Object", "Nearest: 'Cube'", tree=tree,
                    operations=[{"set": "I", "values": {"Object": "Kube"}}])
        self.refuse("invalid", "operations[0].values.Seed", "whole number", tree=tree,
                    operations=[{"set": "R", "values": {"Seed": 1.5}}])
        self.edit(tree, {"set": "I", "values": {"Object": None}})

    def test_frames(self) -> None:
        result = self.edit(MATERIAL, {"add": "Frame", "name": "F"}, {"add": "Frame", "name": "Outer"},
                           {"add": "Math", "name": "M", "values": {"parent": "F", "operation": "SINE"}},
                           {"set": "F", "values": {"parent": "Outer"}})
        self.assertEqual(self.node(result, "M")["properties"], {"operation": "SINE", "parent": "F"})
        for frame in ("F", "Outer"):
            self.refuse("invalid", "operations[0].values.parent", "no frame",
                        operations=[{"set": "Outer", "values": {"parent": frame}}])
        self.refuse("invalid", "operations[0].values.parent", "no frame",
                    operations=[{"set": "F", "values": {"parent": "M"}}])
        result = self.edit(MATERIAL, {"set": "M", "values": {"parent": None}})
        self.assertEqual(self.node(result, "M")["properties"], {"operation": "SINE"})

    def test_zones(self) -> None:
        if not self.client.run("result = hasattr(bpy.types, 'GeometryNodeRepeatInput')"):
            self.skipTest("this Blender has no zones")
        tree = {"kind": "geometry", "object": "Cube"}
        result = self.edit(tree, {"add": "GeometryNodeRepeatOutput", "name": "End"},
                           {"add": "GeometryNodeRepeatInput", "name": "Begin",
                            "values": {"paired_output": "End", "Iterations": 3}},
                           {"add": "Subdivide Mesh", "name": "S"},
                           {"link": [["Group Input", "Geometry"], ["Begin", "Geometry"]]},
                           {"link": [["Begin", "Geometry"], ["S", "Mesh"]]}, {"link": [["S", "Mesh"], ["End", "Geometry"]]},
                           {"link": [["End", "Geometry"], ["Group Output", "Geometry"]]})
        begin = self.node(result, "Begin")
        self.assertEqual((begin["inputs"], begin["properties"]), ({"Iterations": 3}, {"paired_output": "End"}))
        self.assertEqual(self.client.run("""
mesh = D.objects['Cube'].evaluated_get(C.evaluated_depsgraph_get()).to_mesh()
result = len(mesh.polygons)"""), 6 * 4 ** 3)
        self.refuse("invalid", "operations[0].values.paired_output", "makes no zone", tree=tree,
                    operations=[{"set": "Begin", "values": {"paired_output": "S"}}])

    def test_the_compositor(self) -> None:
        before = fingerprint(self.client)
        result = self.edit({"kind": "compositor"}, {"add": "CompositorNodeGlare", "name": "Glow"},
                           {"add": "CompositorNodeMath", "name": "Sum", "values": {"operation": "MULTIPLY"}},
                           {"add": "ShaderNodeMath", "name": "Other"},
                           {"link": [["Render Layers", "Image"], ["Glow", "Image"]]},
                           {"link": [["Glow", "Image"], ["CompositorNodeComposite", "Image"]]})
        self.assertEqual(result["tree"]["kind"], "compositor")
        links = [(link[0], link[2]) for link in result["tree"]["links"]]
        self.assertEqual(len(links), 2)
        self.assertEqual((links[0][1], links[1][0]), ("Glow", "Glow"))
        self.assertTrue(self.client.run("""
s = C.scene
tree = s.compositing_node_group if bpy.app.version >= (5, 0) else s.node_tree
result = len(tree.nodes) == 5"""))
        self.client.call("history", action="undo")
        self.assertEqual(fingerprint(self.client), before)
        self.client.call("history", action="redo")
        self.assertEqual(len(self.edit({"kind": "compositor"})["tree"]["nodes"]), 5)

    def test_what_is_linked_from_another_file(self) -> None:
        path = self.path("lib.blend")
        self.client.run(f"m = D.materials.new('Linked'); m.use_fake_user = True; D.libraries.write({path!r}, {{m}});"
                        " D.materials.remove(m)")
        self.client.run(f"with D.libraries.load({path!r}, link=True) as (a, b): b.materials = ['Linked']")
        self.refuse("invalid", "tree.name", "linked from another file", tree={"kind": "material", "name": "Linked"},
                    operations=[{"remove": "*"}])


if __name__ == "__main__":
    unittest.main()
