"""update_objects and delete_objects."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class UpdateTest(BlenderTestCase):
    def update(self, *items: dict[str, Any]) -> dict[str, Any]:
        return self.client.call("update_objects", items=list(items))

    def test_transforms(self) -> None:
        result = self.update({"name": "Cube", "location": [1, 2, 3], "rotation": [0, 0, 90], "scale": [2, 2, 2]})
        self.assertEqual(result["updated"], ["Cube"])
        self.assertEqual(result["changes"], {"added": [], "removed": [],
                                             "changed": {"Cube": ["location", "rotation", "scale"]}})
        info = self.object("Cube")
        self.assertVector(info["location"] + info["rotation"] + info["scale"], [1, 2, 3, 0, 0, 90, 2, 2, 2])

    def test_delta(self) -> None:
        for _ in range(2):
            self.update({"name": "Cube", "delta": True, "location": [1, 0, 0], "rotation": [0, 0, 30],
                         "scale": [2, 1, 1]})
        info = self.object("Cube")
        self.assertVector(info["location"] + info["rotation"] + info["scale"], [2, 0, 0, 0, 0, 60, 4, 1, 1])

    def test_dimensions(self) -> None:
        self.update({"name": "Cube", "dimensions": [1, 2, 3]})
        info = self.object("Cube")
        self.assertVector(info["dimensions"] + info["scale"], [1, 2, 3, 0.5, 1, 1.5])

    def test_apply(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Child", "location": [3, 0, 0], "parent": "Cube"}])
        self.update({"name": "Cube", "location": [1, 0, 0], "rotation": [0, 0, 90], "scale": [-1, 2, 3]})
        before = self.object("Cube")["world_bounds"]
        place = "bpy.context.view_layer.update(); result = list(D.objects['Child'].matrix_world.translation)"
        child = self.client.run(place)
        result = self.update({"name": "Cube", "apply": ["rotation", "scale"]})
        self.assertEqual(result["changes"]["changed"], {"Cube": ["geometry", "rotation", "scale"]})
        info = self.object("Cube")
        self.assertVector(info["location"] + info["rotation"] + info["scale"], [1, 0, 0, 0, 0, 0, 1, 1, 1])
        self.assertVector(info["world_bounds"][0] + info["world_bounds"][1], before[0] + before[1])
        self.assertVector(self.client.run(place), child)
        self.assertEqual(self.client.run("result = sum(f.normal.dot(f.center) < 0 for f in D.meshes['Cube'].polygons)"), 0)
        self.update({"name": "Cube", "apply": ["location"]})
        self.assertVector(self.object("Cube")["location"] + self.client.run("result = list(D.meshes['Cube'].vertices[0].co)")[:1],
                          [0, 0, 0, before[0][0]])

    def test_apply_to_data_of_others_is_refused(self) -> None:
        self.client.call("duplicate_objects", names=["Cube"], linked=True)
        for name in ("Cube", "Light"):
            self.assertFails("invalid", "update_objects", {"items": [{"name": name, "apply": ["scale"]}]}, "items[0].apply")

    def test_other_properties(self) -> None:
        result = self.update({"name": "Light", "properties": {"data.energy": 50, "data.color": "#ff0000"}},
                             {"name": "Camera", "properties": {"data.dof.use_dof": True, "data.dof.focus_object": "Cube"}},
                             {"name": "Cube", "properties": {"rotation_mode": "quaternion", "display_type": "WIRE"}})
        self.assertEqual(result["changes"]["changed"]["Light"], ["data.energy", "data.color"])
        self.assertEqual(self.client.run("light, dof = D.lights['Light'], D.cameras['Camera'].dof\n"
                                         "result = [light.energy, list(light.color), dof.use_dof, dof.focus_object.name]"),
                         [50, [1, 0, 0], True, "Cube"])

    def test_other_properties_are_checked(self) -> None:
        cases = [
            ("not_found", "Light", "data.enrgy", 5), ("not_found", "Light", "dato.energy", 5),
            ("invalid", "Light", "data.energy", "bright"), ("invalid", "Cube", "rotation_mode", "sideways"),
            ("invalid", "Cube", "parent.location", [0, 0, 0]), ("invalid", "Cube", "active_material.roughness", 1),
            ("invalid", "Cube", "data.vertices", 1), ("invalid", "Cube", "name", "Kubus"), ("invalid", "Cube", "data.name", "K"),
            ("invalid", "Cube", "matrix_basis.x", 1), ("not_found", "Cube", "dimensions_x.y", 1), ("invalid", "Cube", "type", "MESH"),
            ("not_found", "Cube", "data.bl_rna.name", "x"),
        ]
        for kind, name, path, value in cases:
            with self.subTest(path):
                self.assertFails(kind, "update_objects", {"items": [{"name": name, "properties": {path: value}}]},
                                 f"items[0].properties.{path}")

    def test_look_at(self) -> None:
        self.update({"name": "Camera", "location": [0, -5, 0], "look_at": "Cube"})
        self.assertVector(self.object("Camera")["rotation"], [90, 0, 0])

    def test_rename(self) -> None:
        result = self.update({"name": "Cube", "rename": "Würfel", "location": [1, 0, 0]},
                             {"name": "Light", "rename": "Camera"})
        self.assertEqual(result["updated"], ["Würfel", "Camera.001"])
        self.assertEqual([self.object(name)["data"] for name in result["updated"]], ["Würfel", "Camera.001"])
        self.assertEqual(result["changes"]["changed"], {"Würfel": ["location", "name"], "Camera.001": ["name"]})

    def test_parent_keeps_the_world_transform(self) -> None:
        self.client.call("create_objects", items=[
            {"kind": "empty", "name": "Root", "location": [5, 0, 0], "rotation": [0, 0, 90], "scale": [2, 2, 2]}])
        before = self.object("Cube")["world_bounds"]
        self.update({"name": "Cube", "parent": "Root"})
        info = self.object("Cube")
        self.assertEqual(info["parent"], "Root")
        self.assertVector(info["world_bounds"][0] + info["world_bounds"][1], before[0] + before[1])
        self.update({"name": "Root", "location": [6, 0, 0]})
        self.assertVector(self.object("Cube")["world_bounds"][0], [0, -1, -1])
        self.update({"name": "Cube", "parent": None})
        info = self.object("Cube")
        self.assertIsNone(info["parent"])
        self.assertVector(info["world_bounds"][0], [0, -1, -1])

    def test_a_parent_moved_in_the_same_call(self) -> None:
        self.update({"name": "Light", "location": [7, 7, 7]}, {"name": "Cube", "parent": "Light"})
        self.assertVector(self.object("Cube")["world_bounds"][0], [-1, -1, -1])

    def test_parent_cycles_are_refused(self) -> None:
        self.update({"name": "Cube", "parent": "Light"})
        cases = [
            ("items[0].parent", [{"name": "Cube", "parent": "Cube"}]),
            ("items[0].parent", [{"name": "Light", "parent": "Cube"}]),
            ("items[1].parent", [{"name": "Camera", "parent": "Cube"}, {"name": "Light", "parent": "Camera"}]),
        ]
        for field, items in cases:
            with self.subTest(items=items):
                self.assertFails("invalid", "update_objects", {"items": items}, field)
                self.assertIsNone(self.object("Light")["parent"])
        self.update({"name": "Cube", "parent": None}, {"name": "Light", "parent": "Cube"})

    def test_visible(self) -> None:
        self.update({"name": "Cube", "visible": False})
        self.assertFalse(self.object("Cube")["visible"])
        self.assertTrue(self.client.run("result = D.objects['Cube'].hide_render"))
        self.update({"name": "Cube", "visible": True})
        self.assertTrue(self.object("Cube")["visible"])
        self.assertFalse(self.client.run("result = D.objects['Cube'].hide_render"))

    def test_collection(self) -> None:
        result = self.update({"name": "Cube", "collection": "Props"}, {"name": "Light", "collection": "Props"})
        self.assertEqual(result["changes"]["added"], ["collection:Props"])
        self.assertEqual(result["changes"]["changed"]["Cube"], ["collections"])
        self.assertEqual(self.object("Cube")["collections"], ["Props"])

    def test_shade(self) -> None:
        for how, smooth in (("smooth", True), ("auto", True), ("flat", False)):
            self.update({"name": "Cube", "shade": how})
            self.assertEqual(self.client.run("result = D.meshes['Cube'].polygons[0].use_smooth"), smooth)

    def test_refusals_change_nothing(self) -> None:
        good = {"name": "Cube", "location": [9, 9, 9]}
        cases = [
            ("not_found", "items[1].name", {"name": "cube", "location": [0, 0, 0]}),
            ("not_found", "items[1].parent", {"name": "Light", "parent": "nobody"}),
            ("not_found", "items[1].look_at", {"name": "Light", "look_at": "nobody"}),
            ("invalid", "items[1]", {"name": "Light"}),
            ("invalid", "items[1].look_at", {"name": "Light", "look_at": [1, 1, 1], "rotation": [0, 0, 0]}),
            ("invalid", "items[1].look_at", {"name": "Light", "look_at": [1, 1, 1], "location": [1, 1, 1]}),
            ("invalid", "items[1].dimensions", {"name": "Cube", "scale": [1, 1, 1], "dimensions": [1, 1, 1]}),
            ("invalid", "items[1].dimensions", {"name": "Light", "dimensions": [1, 1, 1]}),
            ("invalid", "items[1].shade", {"name": "Light", "shade": "smooth"}),
        ]
        for kind, field, item in cases:
            with self.subTest(field, item=item):
                before = self.client.call("status")["generation"]
                self.assertFails(kind, "update_objects", {"items": [good, item]}, field)
                self.assertVector(self.object("Cube")["location"], [0, 0, 0])
                self.assertEqual(self.client.call("status")["generation"], before)

    def test_one_undo_step(self) -> None:
        self.update({"name": "Cube", "location": [1, 0, 0]}, {"name": "Light", "rename": "Lamp"})
        self.client.run("bpy.ops.ed.undo()")
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])
        self.assertEqual(self.object("Light")["name"], "Light")


class DeleteTest(BlenderTestCase):
    def names(self) -> list[str]:
        return [obj["name"] for obj in self.client.call("get_scene_info", detail="objects")["objects"]]

    def test_by_name(self) -> None:
        result = self.client.call("delete_objects", names=["Cube", "Cube"])
        self.assertEqual((result["removed"], result["changes"]["removed"]), (["Cube"], ["Cube"]))
        self.assertEqual(self.names(), ["Camera", "Light"])
        self.assertEqual(self.client.run("result = len(D.meshes)"), 0)

    def test_data_can_stay(self) -> None:
        self.client.call("delete_objects", names=["Cube"], purge_data=False)
        self.assertEqual(self.client.run("result = D.meshes.keys()"), ["Cube"])

    def test_data_that_others_use_stays(self) -> None:
        self.client.run("o = D.objects.new('Twin', D.meshes['Cube']); C.collection.objects.link(o)")
        self.client.call("delete_objects", names=["Cube"])
        self.assertEqual(self.object("Twin")["data"], "Cube")

    def test_by_filter(self) -> None:
        result = self.client.call("delete_objects", filter={"name": "C*"})
        self.assertEqual(result["removed"], ["Camera", "Cube"])
        self.assertEqual(result["changes"]["changed"], {"scene:Scene": ["camera"]})
        self.assertEqual(self.names(), ["Light"])

    def test_a_filter_without_a_match_changes_nothing(self) -> None:
        before = self.client.call("status")["generation"]
        result = self.client.call("delete_objects", filter={"type": "ARMATURE"})
        self.assertEqual((result["removed"], result["generation"]), ([], before))

    def test_children(self) -> None:
        items = [{"kind": "empty", "name": "Root", "location": [3, 0, 0]},
                 {"kind": "cube", "name": "Child", "parent": "Root", "location": [1, 1, 1]},
                 {"kind": "cube", "name": "Grandchild", "parent": "Child"}]
        self.client.call("create_objects", items=items)
        result = self.client.call("delete_objects", names=["Root"])
        self.assertEqual(result["changes"]["changed"], {"Child": ["parent"]})
        child = self.object("Child")
        self.assertIsNone(child["parent"])
        self.assertVector(child["world_bounds"][0], [0, 0, 0])
        result = self.client.call("delete_objects", names=["Child"], with_children=True)
        self.assertEqual(result["removed"], ["Child", "Grandchild"])

    def test_refusals_delete_nothing(self) -> None:
        cases: list[tuple[str, str, dict[str, Any]]] = [
            ("not_found", "names[1]", {"names": ["Cube", "Kube"]}),
            ("invalid", "names", {}),
            ("invalid", "names", {"names": ["Cube"], "filter": {"name": "*"}}),
            ("invalid", "filter", {"filter": {}}),
        ]
        for kind, field, args in cases:
            with self.subTest(args=args):
                self.assertFails(kind, "delete_objects", args, field)
                self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_one_undo_step(self) -> None:
        self.client.call("delete_objects", filter={"name": "*"})
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])


if __name__ == "__main__":
    unittest.main()
