"""set_modifiers."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase

# A node group with an input of every kind that this Blender has, which makes the geometry pass.
GROUP = """
group = D.node_groups.new("Streuung", "GeometryNodeTree")
def socket(name, kind, in_out="INPUT"):
    if hasattr(group, "interface"):
        return group.interface.new_socket(name, in_out=in_out, socket_type=kind)
    return (group.inputs if in_out == "INPUT" else group.outputs).new(kind, name)
socket("Geometry", "NodeSocketGeometry"); socket("Geometry", "NodeSocketGeometry", "OUTPUT")
density = socket("Dichte", "NodeSocketFloat"); density.min_value, density.max_value = 0, 10
amount = socket("Anzahl", "NodeSocketInt"); amount.min_value, amount.max_value = 1, 5
for name, kind in (("An", "Bool"), ("Ort", "Vector"), ("Farbe", "Color"), ("Text", "String"), ("Ziel", "Object"),
                   ("Gruppe", "Collection"), ("Stoff", "Material"), ("Doppelt", "Float"), ("Doppelt", "Float")):
    socket(name, "NodeSocket" + kind)
enter, leave = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
group.links.new(enter.outputs[0], leave.inputs[0])
"""


class ModifiersTest(BlenderTestCase):
    def change(self, *operations: dict[str, Any], objects: list[str] | None = None) -> dict[str, Any]:
        return self.client.call("set_modifiers", objects=objects or ["Cube"], operations=list(operations))

    def stack(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        return self.change(*operations)["objects"][0]["modifiers"]

    def refuse(self, *operations: dict[str, Any], kind: str = "invalid", field: str | None = None,
               objects: list[str] | None = None) -> str:
        error = self.assertFails(kind, "set_modifiers", {"objects": objects or ["Cube"], "operations": list(operations)}, field)
        return f"{error['message']} {error.get('remedy', '')}"

    def names(self) -> list[str]:
        return self.client.run("result = D.objects['Cube'].modifiers.keys()")

    def test_a_stack(self) -> None:
        result = self.change({"add": "BEVEL", "name": "Fase", "properties": {"width": 0.2, "segments": 3}},
                             {"add": "subdivision surface", "properties": {"levels": 2}},
                             {"add": "mirror", "properties": {"use_axis": [False, True, False], "mirror_object": "Light"}, "to": 0})
        del result["objects"][0]["modifiers"][1]["settings"]["width_pct"]  # the same number
        self.assertEqual(result["objects"], [{"name": "Cube", "modifiers": [
            {"name": "Mirror", "type": "MIRROR", "settings": {"use_axis": [False, True, False], "mirror_object": "Light"}},
            {"name": "Fase", "type": "BEVEL", "settings": {"width": 0.2, "segments": 3}},
            {"name": "Subdivision", "type": "SUBSURF", "settings": {"levels": 2}}]}])
        self.assertEqual(result["changes"], {"added": [], "removed": [], "changed": {"Cube": ["modifiers"]}})
        self.assertEqual(result["warnings"], [])

    def test_set_remove_and_move(self) -> None:
        self.change({"add": "BEVEL", "name": "A"}, {"add": "SOLIDIFY", "name": "B"}, {"add": "WELD", "name": "C"})
        stack = self.stack({"move": "C", "to": 0}, {"set": "solidify", "properties": {"thickness": -0.5, "show_render": False}},
                           {"remove": "A"})
        self.assertEqual([(one["name"], one["settings"]) for one in stack],
                         [("C", {}), ("B", {"thickness": -0.5, "show_render": False})])

    def test_several_objects(self) -> None:
        self.client.call("duplicate_objects", names=["Cube"], count=2, linked=True)
        result = self.change({"add": "BEVEL"}, objects=["Cube", "Cube.002", "Cube"])
        self.assertEqual([one["name"] for one in result["objects"]], ["Cube", "Cube.002"])
        self.assertEqual(self.client.run("result = [len(o.modifiers) for o in D.objects if o.type == 'MESH']"), [1, 0, 1])

    def test_values_are_checked_against_this_blender(self) -> None:
        cases: list[tuple[str, dict[str, Any], str, list[str]]] = [
            ("not_found", {"widht": 1}, "widht", ["'width'", "segments"]),
            ("invalid", {"segments": 0}, "segments", ["between 1 and"]),
            ("invalid", {"segments": 1.5}, "segments", ["whole number"]),
            ("invalid", {"width": "wide"}, "width", ["a number"]),
            ("invalid", {"limit_method": "ANGEL"}, "limit_method", ["ANGLE", "VGROUP"]),
            ("invalid", {"use_clamp_overlap": 1}, "use_clamp_overlap", ["true or false"]),
            ("invalid", {"vertex_group": 3}, "vertex_group", ["text"]),
            ("not_found", {"is_active": True}, "is_active", []),
        ]
        for kind, properties, name, parts in cases:
            with self.subTest(properties):
                text = self.refuse({"add": "WELD"}, {"add": "BEVEL", "properties": properties}, kind=kind,
                                   field=f"operations[1].properties.{name}")
                for part in parts:
                    self.assertIn(part, text)
                self.assertEqual(self.names(), [])

    def test_angles_are_degrees(self) -> None:
        stack = self.stack({"add": "SIMPLE_DEFORM", "properties": {"deform_method": "BEND", "angle": 90}})
        self.assertEqual(stack[0]["settings"]["angle"], 90)
        self.assertAlmostEqual(self.client.run("result = D.objects['Cube'].modifiers[0].angle"), 1.5707963, 5)

    def test_parts_and_flags(self) -> None:
        stack = self.stack({"add": "CLOTH", "properties": {"settings.mass": 2, "settings.quality": 7}},
                           {"add": "BOOLEAN", "properties": {"operation": "UNION"}})
        self.assertEqual(stack[0]["settings"], {"settings.mass": 2, "settings.quality": 7})
        self.assertIn("but one", self.refuse({"add": "CLOTH"}, field="operations[0].add"))
        text = self.refuse({"set": "CLOTH", "properties": {"settings.mas": 2}}, kind="not_found")
        self.assertIn("settings.mass", text)
        self.assertIn("settings", self.refuse({"set": "CLOTH", "properties": {"mass_": 2}}, kind="not_found"))

    def test_objects_by_name(self) -> None:
        self.client.call("create_objects", items=[{"kind": "sphere", "name": "Fräser"}])
        stack = self.stack({"add": "BOOLEAN", "properties": {"object": "Fräser"}})
        self.assertEqual(stack[0]["settings"], {"object": "Fräser"})
        for value, kind, part in (("Fraeser", "not_found", "Fräser"), ("Light", "invalid", "kind"), ("Cube", "invalid", "itself"),
                                  (7, "invalid", "name")):
            with self.subTest(value):
                self.assertIn(part, self.refuse({"set": "Boolean", "properties": {"object": value}}, kind=kind,
                                                field="operations[0].properties.object"))
        self.assertEqual(self.stack({"set": "Boolean", "properties": {"object": None}})[0]["settings"], {})

    def test_what_is_wrong_with_operations(self) -> None:
        self.change({"add": "BEVEL"})
        cases: list[tuple[str, str, dict[str, Any], list[str]]] = [
            ("invalid", "operations[1]", {"name": "A"}, ["add, set, remove, apply and move", "BEVEL"]),
            ("invalid", "operations[1]", {"add": "BEVEL", "remove": "Bevel"}, ["add and remove"]),
            ("invalid", "operations[1].to", {"set": "Bevel", "properties": {"segments": 2}, "to": 1}, ["properties"]),
            ("invalid", "operations[1].properties", {"set": "Bevel"}, ["missing"]),
            ("invalid", "operations[1].to", {"move": "Bevel"}, ["missing"]),
            ("invalid", "operations[1].to", {"move": "Bevel", "to": 2}, ["last place is 1"]),
            ("not_found", "operations[1].remove", {"remove": "Bevle"}, ["'Bevel'"]),
            ("not_found", "operations[1].apply", {"apply": "bevl"}, ["'Bevel'"]),
            ("invalid", "operations[1].add", {"add": "BEVELL"}, ["BEVEL"]),
            ("not_found", "operations[1].properties.vertex_group",
             {"set": "Bevel", "properties": {"vertex_group": "Kante"}}, ["vertex group"]),
        ]
        for kind, field, operation, parts in cases:
            with self.subTest(operation):
                text = self.refuse({"add": "WELD"}, operation, kind=kind, field=field)
                for part in parts:
                    self.assertIn(part, text)
                self.assertEqual(self.names(), ["Bevel"])

    def test_objects_that_take_none(self) -> None:
        self.assertIn("LIGHT", self.refuse({"add": "BEVEL"}, objects=["Cube", "Light"]))
        self.assertEqual(self.names(), [])
        self.refuse({"add": "BEVEL"}, kind="not_found", field="objects[1]", objects=["Cube", "Nobody"])

    def test_inputs_of_node_groups(self) -> None:
        self.client.run(GROUP)
        values = {"Dichte": 2.5, "Anzahl": 3, "An": True, "Ort": [1, 2, 3], "Farbe": "#ffffff", "Text": "grün", "Ziel": "Light",
                  "Gruppe": "Collection", "Stoff": "Material"}
        stack = self.stack({"add": "NODES", "properties": {**values, "node_group": "Streuung"}})
        self.assertEqual(stack[0]["settings"], {"node_group": "Streuung"})
        inputs = stack[0]["inputs"]
        self.assertEqual({name: inputs[name] for name in values}, {**values, "Farbe": [1, 1, 1, 1]})
        identifier = next(one["identifier"] for one in self.object("Cube", "geometry_nodes")["geometry_nodes"][0]["inputs"]
                          if one["name"] == "Dichte")
        again = self.stack({"set": stack[0]["name"], "properties": {identifier: 7}})
        self.assertEqual(again[0]["inputs"]["Dichte"], 7)

    def test_wrong_inputs_of_node_groups(self) -> None:
        self.client.run(GROUP)
        cases: list[tuple[str, str, Any, str]] = [
            ("not_found", "Dicht", 1, "'Dichte'"), ("invalid", "Dichte", 11, "0 to 10"), ("invalid", "Anzahl", 0, "1 to 5"),
            ("invalid", "Anzahl", 1.5, "whole"), ("invalid", "An", 1, "true or false"), ("invalid", "Ort", [1, 2], "3 numbers"),
            ("invalid", "Farbe", "red", "colour"), ("not_found", "Ziel", "Licht", "object"), ("invalid", "Text", 5, "text"),
            ("not_found", "node_group", "Streung", "Streuung"),
        ]
        for kind, name, value, part in cases:
            with self.subTest(name, value=value):
                text = self.refuse({"add": "NODES", "properties": {"node_group": "Streuung", name: value}}, kind=kind,
                                   field=f"operations[0].properties.{name}")
                self.assertIn(part, text)
        self.assertIn("identifiers", self.refuse({"add": "NODES", "properties": {"node_group": "Streuung", "Doppelt": 1}}))

    def test_angles_of_node_groups_are_degrees(self) -> None:
        self.client.run(GROUP + """
if hasattr(group, "interface"):
    socket("Winkel", "NodeSocketFloat").subtype = "ANGLE"
    socket("Drehung", "NodeSocketRotation")
else:
    socket("Winkel", "NodeSocketFloatAngle")
    socket("Drehung", "NodeSocketVectorEuler")
""")
        stack = self.stack({"add": "NODES", "properties": {"node_group": "Streuung", "Winkel": 90, "Drehung": [0, 0, 180]}})
        self.assertVector([stack[0]["inputs"]["Winkel"], *stack[0]["inputs"]["Drehung"]], [90, 0, 0, 180])
        inputs = self.object("Cube", "geometry_nodes")["geometry_nodes"][0]["inputs"]
        self.assertAlmostEqual(next(one["value"] for one in inputs if one["name"] == "Winkel"), 1.5707963, 5)

    def test_menus_of_node_groups(self) -> None:
        if not self.client.run("result = hasattr(bpy.types, 'GeometryNodeMenuSwitch')"):
            self.skipTest("this Blender has no menu sockets")
        self.client.run(GROUP + """
menu = socket("Art", "NodeSocketMenu")
switch = group.nodes.new("GeometryNodeMenuSwitch"); switch.data_type = "GEOMETRY"
switch.enum_items[0].name, switch.enum_items[1].name = "Glatt", "Rauh"
group.links.new([s for s in enter.outputs if s.name == "Art"][0], switch.inputs[0])
group.links.new(enter.outputs[0], switch.inputs[1]); group.links.new(enter.outputs[0], switch.inputs[2])
group.links.new(switch.outputs[0], leave.inputs[0])
""")
        stack = self.stack({"add": "NODES", "properties": {"node_group": "Streuung", "Art": "rauh"}})
        self.assertEqual(stack[0]["inputs"]["Art"], "Rauh")
        text = self.refuse({"set": stack[0]["name"], "properties": {"Art": "Weich"}}, field="operations[0].properties.Art")
        self.assertIn("Glatt, Rauh", text)

    def test_apply(self) -> None:
        result = self.change({"add": "SUBSURF", "name": "Rund", "properties": {"levels": 2}}, {"apply": "Rund"})
        self.assertEqual((result["objects"][0]["modifiers"], result["warnings"]), ([], []))
        self.assertEqual(result["changes"]["changed"], {"Cube": ["modifiers", "geometry"]})
        self.assertEqual(self.client.run("result = len(D.objects['Cube'].data.polygons)"), 96)

    def test_apply_one_that_is_not_the_first(self) -> None:
        result = self.change({"add": "ARRAY", "name": "Reihe"}, {"add": "SUBSURF", "name": "Rund"}, {"apply": "Rund"})
        self.assertIn("not the first", result["warnings"][0])

    def test_apply_to_shared_data(self) -> None:
        self.client.call("duplicate_objects", names=["Cube"], linked=True)
        text = self.refuse({"add": "WELD"}, {"apply": "Weld"}, field="operations[1].apply")
        for part in ("'Cube.001'", '"single_user": true'):
            self.assertIn(part, text)
        self.change({"add": "SUBSURF", "name": "S"}, {"apply": "S", "single_user": True})
        self.assertEqual(self.client.run("result = sorted(len(m.polygons) for m in D.meshes)"), [6, 24])

    def test_what_cannot_be_applied(self) -> None:
        self.client.run("""
k = D.objects.new("Keyed", D.meshes["Cube"].copy()); C.collection.objects.link(k); k.shape_key_add(name="Basis")
D.collections.new("Away").objects.link(k)
away = D.collections.new("Excluded"); C.scene.collection.children.link(away)
away.objects.link(D.objects.new("Out", D.meshes["Cube"].copy()))
C.view_layer.layer_collection.children["Excluded"].exclude = True
""" + GROUP + "group.links.clear(); group.nodes.clear()")
        self.client.call("create_objects", items=[
            {"kind": "text", "name": "Schrift", "text": {"body": "A"}},
            {"kind": "curve", "name": "Bogen", "curve": {"points": [[0, 0, 0], [1, 1, 0]]}}])
        cases = [
            ("Keyed", {"add": "SUBSURF", "name": "X"}, ["'Basis'", "shape_key_clear"]),
            ("Schrift", {"add": "SOLIDIFY", "name": "X"}, ["text", "convert(target='MESH')"]),
            ("Bogen", {"add": "SOLIDIFY", "name": "X"}, ["curve", "convert(target='MESH')"]),
            ("Cube", {"add": "BOOLEAN", "name": "X"}, ["object or collection"]),
            ("Cube", {"add": "NODES", "name": "X", "properties": {"node_group": "Streuung"}}, ["X"]),
            ("Out", {"add": "SUBSURF", "name": "X"}, ["view layer"]),
        ]
        for name, add, parts in cases:
            with self.subTest(name, add=add["add"]):
                text = self.refuse({"add": "WELD"} if name in ("Cube", "Keyed") else add, add, {"apply": "X"}, objects=[name],
                                   field="operations[2].apply")
                for part in parts:
                    self.assertIn(part, text)
                self.assertEqual(self.client.run(f"result = len(D.objects[{name!r}].modifiers)"), 0)

    def test_curves_keep_what_deforms(self) -> None:
        self.client.call("create_objects", items=[
            {"kind": "curve", "name": "Bogen", "curve": {"points": [[0, 0, 0], [1, 1, 0], [2, 0, 0]]}}])
        self.change({"add": "CAST", "name": "X", "properties": {"factor": 1}}, {"apply": "X"}, objects=["Bogen"])
        self.assertNotEqual(self.client.run("result = [round(v, 3) for v in D.objects['Bogen'].data.splines[0].points[1].co]"
                                            " if D.objects['Bogen'].data.splines[0].points else 0"), [1, 1, 0, 1])

    def test_hooks_move_nothing_when_they_are_made(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Haken", "location": [3, 1, 2], "rotation": [0, 0, 30]}])
        result = self.change({"add": "HOOK", "properties": {"object": "Haken"}})
        self.assertIn("vertex_indices", result["warnings"][0])
        self.assertEqual(self.change({"set": "Hook", "properties": {"vertex_indices": [0, 1, 2, 3, 4, 5, 6, 7]}})["warnings"], [])
        self.assertVector(self.object("Cube")["world_bounds"][0], [-1, -1, -1])
        self.client.call("update_objects", items=[{"name": "Haken", "location": [0, 0, 1], "delta": True}])
        self.assertVector(self.object("Cube")["world_bounds"][0], [-1, -1, 0])
        self.assertIn("0 to 7", self.refuse({"set": "Hook", "properties": {"vertex_indices": [8]}},
                                            field="operations[0].properties.vertex_indices"))

    def test_what_fails_is_told(self) -> None:
        self.client.run(GROUP + "group.links.clear(); group.nodes.clear()\n"
                        "e = D.objects.new('Leer', D.meshes.new('Leer')); C.collection.objects.link(e)")
        result = self.change({"add": "NODES", "name": "Knoten \"1\"", "properties": {"node_group": "Streuung"}},
                             {"add": "BOOLEAN"}, {"add": "SHRINKWRAP"},
                             {"add": "DATA_TRANSFER", "properties": {"object": "Leer", "use_loop_data": True,
                                                                     "data_types_loops": ["UV"]}})
        text = "\n".join(result["warnings"])
        for part in ("group output node", "object or collection", "target", "do not have any faces"):
            self.assertIn(part, text)

    def test_a_size_that_cannot_be(self) -> None:
        text = self.refuse({"add": "SUBSURF", "properties": {"levels": 6}}, {"add": "SUBSURF", "properties": {"levels": 6}})
        self.assertIn("20000000", text)
        self.assertEqual(self.names(), [])

    def dense(self) -> None:
        """A mesh of 5120 triangles instead of the cube, and little memory above what Blender has."""
        self.client.run("import bmesh, resource\nb = bmesh.new(); bmesh.ops.create_icosphere(b, subdivisions=5, radius=1)\n"
                        "b.to_mesh(D.objects['Cube'].data); C.view_layer.update()\n"
                        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
                        "resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), resource.RLIM_INFINITY))")
        self.addCleanup(self.client.run, "import resource\n"
                        "resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))")

    def test_sizes_that_cannot_be(self) -> None:
        self.dense()
        for kind, properties in (("SUBSURF", {"levels": 11}), ("ARRAY", {"count": 1_000_000}),
                                 ("ARRAY", {"fit_type": "FIT_LENGTH", "fit_length": 100_000.0}),
                                 ("ARRAY", {"fit_type": "FIT_LENGTH", "fit_length": 1000.0, "use_relative_offset": False,
                                            "use_constant_offset": True, "constant_offset_displace": [0.001, 0, 0]}),
                                 ("REMESH", {"mode": "VOXEL", "voxel_size": 0.0001}), ("REMESH", {"mode": "SHARP", "octree_depth": 20}),
                                 ("OCEAN", {"viewport_resolution": 200}), ("BEVEL", {"segments": 1000, "limit_method": "NONE"}),
                                 ("SCREW", {"steps": 10_000})):
            with self.subTest(kind, **properties):
                text = self.refuse({"add": "MIRROR"}, {"add": kind, "properties": properties}, {"move": kind, "to": 0},
                                   field="operations[1].properties")
                self.assertIn("faces; at most 20000000", text)
                self.assertEqual(self.names(), [])

    def test_memory_that_is_not_there(self) -> None:
        self.dense()
        many = {"add": "SUBSURF", "properties": {"levels": 1, "quality": 10}}
        self.assertRegex(self.refuse(many, field="operations[0].properties"), r"about 1\.\d GB of memory; \S+ GB are free")
        self.assertIn("memory", self.refuse({"add": "TRIANGULATE"}, {"add": "SUBSURF", "properties": {"levels": 2}},
                                            {"add": "DECIMATE"}, {"add": "TRIANGULATE"}, {"add": "SUBSURF"}))
        self.client.call("duplicate_objects", names=["Cube"], count=3)
        copies = self.client.run("result = [o.name for o in D.objects if o.type == 'MESH']")
        half = {"add": "SUBSURF", "properties": {"quality": 4, "levels": 1}}
        self.assertIn("memory", self.refuse(half, objects=copies))  # together
        # What is there already is no reason to refuse what does not add to it.
        self.client.run("import resource\nfrom blender_mcpd_runtime.modifier_size import SizeLimit\n"
                        "o = D.objects['Cube']; o.modifiers.new('S', 'SUBSURF').levels = 6\n"
                        "limit = SizeLimit([o]); o.modifiers.new('W', 'WELD'); limit.check(o, '')\n"
                        "o.modifiers.clear()")

    def test_a_failure_evaluates_nothing_of_what_it_takes_back(self) -> None:
        self.dense()
        self.refuse({"add": "SUBSURF", "properties": {"levels": 11, "nonsense": 1}}, kind="not_found")
        self.refuse({"add": "WELD"}, {"add": "SUBSURF", "properties": {"quality": 10, "levels": 6, "show_viewport": "no"}})
        self.assertEqual(self.names(), [])
        self.assertFails("not_found", "batch", {"steps": [{"tool": "set_modifiers", "arguments": {
            "objects": ["Cube"], "operations": [{"add": "SUBSURF", "properties": {"levels": 11, "nonsense": 1}}]}}]})
        self.assertEqual(self.names(), [])

    def test_undo_and_redo(self) -> None:
        state = "result = [[(m.name, m.type) for m in D.objects['Cube'].modifiers], len(D.objects['Cube'].data.polygons)]"
        self.change({"add": "BEVEL"})
        before = self.client.run(state)
        self.change({"add": "SUBSURF", "name": "S", "to": 0}, {"apply": "S"}, {"remove": "Bevel"}, {"add": "WELD"})
        after = self.client.run(state)
        self.assertEqual(after, [[["Weld", "WELD"]], 24])
        self.client.call("history", action="undo")
        self.assertEqual(self.client.run(state), before)
        self.client.call("history", action="redo")
        self.assertEqual(self.client.run(state), after)

    def test_a_failure_takes_back_what_was_applied(self) -> None:
        self.refuse({"add": "SUBSURF", "name": "S"}, {"apply": "S"}, {"remove": "Nothing"}, kind="not_found")
        self.assertEqual(self.client.run("result = len(D.objects['Cube'].data.polygons)"), 6)
        before = self.client.call("status")["generation"]
        self.refuse({"remove": "Nothing"}, kind="not_found")
        self.assertEqual(self.client.call("status")["generation"], before)

    def test_a_deadline_takes_all_of_it_back(self) -> None:
        self.client.call("duplicate_objects", names=["Cube"], count=49, linked=True)
        objects = self.client.run("result = [o.name for o in D.objects if o.type == 'MESH']")
        args = {"objects": objects, "operations": [{"add": "WELD", "name": f"B{index}"} for index in range(50)]}
        reply = self.client.request("set_modifiers", args, deadline_ms=40)
        self.assertEqual((reply["error"]["kind"], reply["error"]["undone"]), ("deadline", True))
        self.assertEqual(self.client.run("result = sum(len(o.modifiers) for o in D.objects)"), 0)

    def test_no_data_is_left_behind(self) -> None:
        count = "result = [len(D.objects), len(D.meshes), len(D.particles)]"
        before = self.client.run(count)
        self.change({"add": "BEVEL"}, {"add": "CLOTH"}, {"add": "COLLISION"}, {"add": "PARTICLE_SYSTEM"}, {"add": "FLUID"})
        self.assertEqual(self.client.run(count), [before[0], before[1], before[2] + 1])

    def test_as_a_step(self) -> None:
        self.client.call("batch", steps=[
            {"tool": "create_objects", "arguments": {"items": [{"kind": "plane", "name": "Boden"}]}},
            {"tool": "set_modifiers", "arguments": {"objects": ["Boden"], "operations": [{"add": "SUBSURF"}]}}])
        self.assertEqual(self.client.run("result = D.objects['Boden'].modifiers.keys()"), ["Subdivision"])

    def test_every_type_of_this_blender(self) -> None:
        types = self.client.run("result = [i.identifier for i in bpy.types.Modifier.bl_rna.properties['type'].enum_items]")
        made = 0
        for kind in types:
            reply = self.client.request("set_modifiers", {"objects": ["Cube"], "operations": [{"add": kind, "name": "X"}]})
            if not reply["ok"]:
                self.assertIn("takes no", reply["error"]["message"], kind)
                continue
            made += 1
            self.assertEqual(reply["result"]["objects"][0]["modifiers"][0]["settings"], {}, kind)
            self.change({"remove": "X"})
        self.assertGreater(made, 40)


if __name__ == "__main__":
    unittest.main()
