"""create_objects."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class CreateTest(BlenderTestCase):
    def create(self, *items: dict[str, Any]) -> dict[str, Any]:
        return self.client.call("create_objects", items=list(items))

    def assertRefused(self, kind: str, field: str, *items: dict[str, Any]) -> dict[str, Any]:
        """Refused with that field, and nothing was made."""
        before = self.client.call("get_scene_info", detail="objects")
        error = self.assertFails(kind, "create_objects", {"items": list(items)}, field)
        self.assertEqual(self.client.call("get_scene_info", detail="objects"), before)
        return error

    def test_every_primitive_has_its_size(self) -> None:
        cases = {
            "cube": ([3, 3, 3], 6), "sphere": ([3, 3, 3], 32 * 16), "ico_sphere": (None, 80),
            "cylinder": ([3, 3, 3], 34), "cone": ([3, 3, 3], 33), "torus": ([3, 3, 0.6], 48 * 12),
            "plane": ([3, 3, 0], 1), "circle": ([3, 3, 0], 0), "grid": ([3, 3, 0], 100), "monkey": (None, 500),
        }
        for kind, (dimensions, polygons) in cases.items():
            with self.subTest(kind):
                name = self.create({"kind": kind, "size": 3})["created"][0]["name"]
                info = self.object(name, "mesh")
                self.assertEqual((info["mesh"]["polygons"], info["mesh"]["uv_layers"]), (polygons, ["UVMap"]))
                if dimensions:
                    for actual, expected in zip(info["dimensions"], dimensions):
                        self.assertAlmostEqual(actual, expected, 2)

    def test_a_size_may_be_that_of_the_bounding_box(self) -> None:
        cases: dict[str, list[float]] = {"cube": [1, 2, 0.5], "cylinder": [1, 1, 4], "torus": [2, 3, 1], "monkey": [1, 1, 1],
                                         "plane": [4, 2, 0.1]}
        for kind, size in cases.items():
            with self.subTest(kind):
                name = self.create({"kind": kind, "size": size})["created"][0]["name"]
                info = self.object(name)
                self.assertVector(info["scale"], [1, 1, 1])
                for actual, expected in zip(info["dimensions"], size if kind != "plane" else [4, 2, 0]):
                    self.assertAlmostEqual(actual, expected, 3)
        self.assertRefused("invalid", "items[1].size", {"kind": "cube"}, {"kind": "cube", "size": [1, 0, 1]})
        self.assertRefused("invalid", "items[0].size", {"kind": "empty", "size": [1, 1, 1]})

    def test_a_material_of_an_item_before(self) -> None:
        oak = {"name": "Oak", "base_color": [1, 0, 0]}
        self.create({"kind": "cube", "name": "A", "material": oak}, {"kind": "cube", "name": "B", "material": "Oak"})
        self.assertEqual(self.object("B")["materials"], ["Oak"])
        self.assertRefused("not_found", "items[0].material", {"kind": "cube", "material": "Elm"},
                           {"kind": "cube", "material": {"name": "Elm"}})

    def test_segments(self) -> None:
        for kind, polygons in {"sphere": 8 * 4, "cylinder": 10, "cone": 9, "torus": 8 * 3, "grid": 64,
                               "ico_sphere": 80}.items():
            with self.subTest(kind):
                name = self.create({"kind": kind, "segments": 8})["created"][0]["name"]
                self.assertEqual(self.object(name, "mesh")["mesh"]["polygons"], polygons)

    def test_normals_point_outwards(self) -> None:
        self.create({"kind": "torus", "name": "Torus"}, {"kind": "cube", "name": "Box"})
        self.assertEqual(self.client.run(
            "result = [sum(f.normal.dot(f.center - mathutils.Vector((f.center.x, f.center.y, 0)).normalized() * ring)"
            " < 0 for f in D.objects[n].data.polygons) for n, ring in (('Torus', 0.8), ('Box', 0))]"), [0, 0])

    def test_the_result_names_what_blender_named(self) -> None:
        result = self.create({"kind": "cube", "name": "Cube"}, {"kind": "cube"}, {"kind": "light", "name": "Key"})
        self.assertEqual(result["created"], [
            {"name": "Cube.001", "kind": "cube", "type": "MESH", "requested": "Cube"},
            {"name": "Cube.002", "kind": "cube", "type": "MESH"},
            {"name": "Key", "kind": "light", "type": "LIGHT"},
        ])
        self.assertEqual(result["changes"], {"added": ["Cube.001", "Cube.002", "Key"], "removed": [], "changed": {}})
        self.assertEqual(result["generation"], self.client.call("status")["generation"])

    def test_a_name_that_is_too_long_is_told(self) -> None:
        made = self.create({"kind": "empty", "name": "x" * 300})["created"][0]
        self.assertEqual(made["requested"], "x" * 300)
        self.assertEqual(self.object(made["name"])["name"], made["name"])

    def test_transforms(self) -> None:
        self.create({"kind": "cube", "name": "A", "location": [1, 2, 3], "rotation": [0, 0, 45], "scale": [1, 2, 3]})
        info = self.object("A")
        self.assertVector(info["location"], [1, 2, 3])
        self.assertVector(info["rotation"], [0, 0, 45])
        self.assertVector(info["scale"], [1, 2, 3])

    def test_look_at(self) -> None:
        self.create({"kind": "camera", "name": "Eye", "location": [0, -5, 0], "look_at": [0, 0, 0]},
                    {"kind": "empty", "name": "Front", "location": [0, 5, 0], "look_at": "Cube"})
        self.assertVector(self.object("Eye")["rotation"], [90, 0, 0])
        self.assertVector(self.object("Front")["rotation"], [0, 0, 0])

    def test_parents_of_the_same_call_keep_the_world_transform(self) -> None:
        self.create({"kind": "empty", "name": "Root", "location": [10, 0, 0], "scale": [2, 2, 2]},
                    {"kind": "cube", "name": "Leaf", "location": [1, 2, 3], "parent": "Root"},
                    {"kind": "camera", "name": "Eye", "location": [1, -3, 3], "parent": "Leaf", "look_at": "Leaf"})
        leaf = self.object("Leaf", "children")
        self.assertEqual((leaf["parent"], leaf["children"]), ("Root", ["Eye"]))
        self.assertVector(leaf["world_bounds"][0], [0, 1, 2])
        self.assertVector(self.object("Eye")["rotation"], [90, 0, 0])

    def test_collections_are_made(self) -> None:
        result = self.create({"kind": "cube", "name": "A", "collection": "Props"},
                             {"kind": "cube", "name": "B", "collection": "Props"},
                             {"kind": "cube", "name": "C", "collection": "Scene Collection"})
        self.assertEqual(result["changes"]["added"], ["A", "collection:Props", "B", "C"])
        self.assertEqual([self.object(n)["collections"] for n in "ABC"],
                         [["Props"], ["Props"], ["Scene Collection"]])

    def test_lights(self) -> None:
        self.create({"kind": "light", "name": "A"},
                    {"kind": "light", "name": "B", "light": {"type": "spot", "angle": 30, "energy": 5, "size": 0.5}},
                    {"kind": "light", "name": "C", "light": {"type": "area", "size": 4, "color": "#ff0000"}},
                    {"kind": "light", "name": "D", "light": {"type": "sun", "angle": 2}})
        values = self.client.run(
            "l = [D.objects[n].data for n in 'ABCD']\n"
            "result = [[x.type for x in l], l[0].energy, math.degrees(l[1].spot_size), l[1].energy,"
            " l[1].shadow_soft_size, l[2].size, list(l[2].color), math.degrees(l[3].angle)]")
        self.assertEqual(values[:2], [["POINT", "SPOT", "AREA", "SUN"], 1000])
        self.assertVector(values[2:6] + values[6] + values[7:], [30, 5, 0.25, 4, 1, 0, 0, 2])

    def test_cameras(self) -> None:
        self.create({"kind": "camera", "name": "A"})
        self.assertEqual(self.client.call("get_scene_info")["camera"], "Camera")
        result = self.create({"kind": "camera", "name": "B", "camera": {"active": True, "lens": 85, "clip_end": 500}})
        self.assertEqual(result["changes"]["changed"], {"scene:Scene": ["camera"]})
        self.assertEqual(self.client.call("get_scene_info")["camera"], "B")
        self.assertEqual(self.client.run("c = D.cameras['B']; result = [c.lens, c.clip_end, c.type]"),
                         [85, 500, "PERSP"])
        self.client.call("delete_objects", filter={"type": "CAMERA"})
        self.create({"kind": "camera", "name": "C", "camera": {"orthographic_scale": 7}})
        self.assertEqual(self.client.call("get_scene_info")["camera"], "C")
        self.assertEqual(self.client.run("c = D.cameras['C']; result = [c.ortho_scale, c.type]"), [7, "ORTHO"])

    def test_text_curve_mesh(self) -> None:
        self.create(
            {"kind": "text", "name": "T", "text": {"body": "Grüße", "extrude": 0.2, "align": "center", "font_size": 2}},
            {"kind": "curve", "name": "C", "curve": {"points": [[0, 0, 0], [1, 0, 0], [1, 1, 0]], "closed": True,
                                                     "bevel_depth": 0.1}},
            {"kind": "mesh", "name": "M", "shade": "smooth",
             "mesh": {"vertices": [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 5]], "faces": [[0, 1, 2, 3]],
                      "edges": [[0, 4]]}})
        self.assertEqual(self.client.run("t = D.objects['T'].data; result = [t.body, t.align_x, t.size]"),
                         ["Grüße", "CENTER", 2])
        self.assertEqual(self.client.run("s = D.objects['C'].data.splines[0]; "
                                         "result = [len(s.points), s.use_cyclic_u]"), [3, True])
        mesh = self.object("M", "mesh")["mesh"]
        self.assertEqual((mesh["vertices"], mesh["edges"], mesh["polygons"]), (5, 5, 1))

    def test_shade(self) -> None:
        for how in ("flat", "smooth", "auto"):
            self.create({"kind": "cylinder", "name": how, "shade": how})
        self.assertEqual(self.client.run("result = [D.objects[n].data.polygons[0].use_smooth"
                                         " for n in ('flat', 'smooth', 'auto')]"), [False, True, True])

    def test_materials(self) -> None:
        result = self.create({"kind": "cube", "name": "A", "material": {"name": "Steel", "metallic": 1}},
                             {"kind": "cube", "name": "B", "material": "Material"},
                             {"kind": "cube", "name": "C", "material": {"name": "Steel", "roughness": 0.1}})
        self.assertEqual(result["changes"]["added"], ["A", "material:Steel", "B", "C"])
        self.assertEqual([self.object(n)["materials"] for n in "ABC"], [["Steel"], ["Material"], ["Steel"]])
        steel = self.object("A", "materials")["materials"][0]
        self.assertAlmostEqual(steel["metallic"], 1)
        self.assertAlmostEqual(steel["roughness"], 0.1)

    def test_refusals_make_nothing(self) -> None:
        good = {"kind": "cube", "name": "Good", "collection": "New", "material": {"name": "NewMaterial"}}
        triangle = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
        cases = [
            ("not_found", "items[1].parent", {"kind": "cube", "parent": "Cueb"}),
            ("not_found", "items[1].look_at", {"kind": "cube", "look_at": "nobody"}),
            ("not_found", "items[1].material", {"kind": "cube", "material": "Materiel"}),
            ("invalid", "items[1].material.base_color", {"kind": "cube", "material": {"base_color": "red"}}),
            ("invalid", "items[1].look_at", {"kind": "cube", "look_at": [1, 1, 1], "rotation": [0, 0, 0]}),
            ("invalid", "items[1].look_at", {"kind": "cube", "look_at": [1, 1, 1], "location": [1, 1, 1]}),
            ("invalid", "items[1].light", {"kind": "cube", "light": {"type": "sun"}}),
            ("invalid", "items[1].size", {"kind": "light", "size": 1}),
            ("invalid", "items[1].segments", {"kind": "cube", "segments": 8}),
            ("invalid", "items[1].shade", {"kind": "empty", "shade": "smooth"}),
            ("invalid", "items[1].material", {"kind": "light", "material": "Material"}),
            ("invalid", "items[1].mesh.vertices", {"kind": "mesh"}),
            ("invalid", "items[1].mesh.faces[0]", {"kind": "mesh", "mesh": {"vertices": triangle, "faces": [[0, 1]]}}),
            ("invalid", "items[1].mesh.faces[1]",
             {"kind": "mesh", "mesh": {"vertices": triangle, "faces": [[0, 1, 2], [0, 1, 3]]}}),
            ("invalid", "items[1].mesh.faces[0]",
             {"kind": "mesh", "mesh": {"vertices": triangle, "faces": [[0, 1, 1]]}}),
            ("invalid", "items[1].mesh.edges[0]",
             {"kind": "mesh", "mesh": {"vertices": triangle, "edges": [[0, -1]]}}),
            ("invalid", "items[1].curve.points", {"kind": "curve", "curve": {"points": [[0, 0, 0]]}}),
            ("invalid", "items[1].light.color", {"kind": "light", "light": {"color": "#12"}}),
        ]
        for kind, field, item in cases:
            with self.subTest(field, item=item):
                self.assertRefused(kind, field, good, item)
        self.assertEqual(self.materials(), ["Material"])
        self.assertEqual(self.client.run("result = [D.collections.keys(), len(D.meshes)]"), [["Collection"], 1])

    def test_nearest_names(self) -> None:
        error = self.assertRefused("not_found", "items[0].parent", {"kind": "cube", "parent": "cube"})
        self.assertEqual(error["details"]["nearest"], ["Cube"])
        self.assertIn("'Cube'", error["message"])

    def test_one_undo_step(self) -> None:
        self.create({"kind": "cube"}, {"kind": "sphere", "collection": "Props"})
        self.create({"kind": "cone"})
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 5)
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 3)
        self.assertEqual(self.client.call("get_scene_info")["collections"][0]["children"], [])

    def test_a_failure_midway_does_not_undo_what_a_script_did_unseen(self) -> None:
        self.client.run("D.objects['Cube'].data.vertices.foreach_set('co', [5.0] * 24)")  # no update: nobody notices
        self.assertRefused("invalid", "items[0].look_at", {"kind": "cube", "look_at": [0, 0, 0]})
        self.assertEqual(self.client.run("result = D.objects['Cube'].data.vertices[0].co.x"), 5)

    def test_in_edit_mode(self) -> None:
        self.client.run("C.view_layer.objects.active = D.objects['Cube']; bpy.ops.object.mode_set(mode='EDIT')")
        self.create({"kind": "cone"})
        self.assertEqual(self.client.run("result = C.mode"), "OBJECT")
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 3)

    def test_many(self) -> None:
        result = self.create(*({"kind": "cube", "location": [i, 0, 0]} for i in range(200)))
        self.assertEqual(len({made["name"] for made in result["created"]}), 200)


if __name__ == "__main__":
    unittest.main()
