"""duplicate_objects."""

from __future__ import annotations

import json
import time
import unittest
from typing import Any

from harness import BlenderTestCase

# How everything stands that the tests are about.
STATE = """
result = {o.name: [o.data.name if o.data else None, o.parent.name if o.parent else None, [round(v, 4) for v in o.location],
                   sorted(c.name for c in o.users_collection)] for o in D.objects}
"""


class DuplicateTest(BlenderTestCase):
    def duplicate(self, *names: str, **args: Any) -> dict[str, Any]:
        return self.client.call("duplicate_objects", names=list(names), **args)

    def state(self) -> dict[str, Any]:
        return self.client.run(STATE)

    def test_copies_stand_in_a_row(self) -> None:
        result = self.duplicate("Cube", count=3, step={"offset": [2, 0, 0.5]})
        self.assertEqual(result["created"], [{"source": "Cube", "names": ["Cube.001", "Cube.002", "Cube.003"]}])
        self.assertEqual(result["changes"], {"added": ["Cube.001", "Cube.002", "Cube.003"], "removed": [], "changed": {}})
        self.assertEqual(result["warnings"], [])
        for index in (1, 2, 3):
            info = self.object(f"Cube.{index:03}")
            self.assertVector(info["location"], [2 * index, 0, 0.5 * index])
            self.assertEqual((info["data"], info["materials"]), (f"Cube.{index:03}", ["Material"]))
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])

    def test_without_an_offset_they_stand_where_the_sources_are(self) -> None:
        self.duplicate("Light", "Camera")
        self.assertVector(self.object("Light.001")["location"], self.object("Light")["location"])
        self.assertEqual(self.object("Camera.001")["type"], "CAMERA")

    def test_linked_copies_share_data(self) -> None:
        self.duplicate("Cube", count=2, linked=True)
        self.assertEqual(self.client.run("result = [D.meshes['Cube'].users, len(D.meshes)]"), [3, 1])

    def test_sources_that_share_data_have_copies_that_share_data(self) -> None:
        self.duplicate("Cube", linked=True)
        self.duplicate("Cube", "Cube.001")
        self.assertEqual(self.client.run("result = sorted(m.users for m in D.meshes)"), [2, 2])

    def test_rotation_and_scale_grow_with_each_copy(self) -> None:
        self.duplicate("Cube", count=3, step={"rotation": [0, 0, 30], "scale": [1, 1, 2]})
        info = self.object("Cube.003")
        self.assertVector(info["rotation"] + info["scale"], [0, 0, 90, 1, 1, 8])

    def test_a_ring_around_a_pivot(self) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [2, 0, 1], "rotation": [90, 0, 0]}])
        self.duplicate("Cube", count=3, step={"rotation": [0, 0, 90], "pivot": [0, 0, 0]})
        for name, place, angle in (("Cube.001", [0, 2, 1], 90), ("Cube.002", [-2, 0, 1], 180), ("Cube.003", [0, -2, 1], 270)):
            info = self.object(name)
            self.assertVector(info["location"], place)
            self.assertVector([info["rotation"][0], info["rotation"][2] % 360], [90, angle])

    def test_every_rotation_mode(self) -> None:
        for mode in ("QUATERNION", "AXIS_ANGLE", "ZYX"):
            self.client.run(f"D.objects['Cube'].rotation_mode = {mode!r}")
            made = self.duplicate("Cube", step={"rotation": [0, 0, 45]})["changes"]["added"][0]
            turned = self.client.run(f"C.view_layer.update(); result = list(D.objects[{made!r}].matrix_world.to_euler())")
            self.assertVector(turned, [0, 0, 0.785398])

    def test_children_come_along(self) -> None:
        self.client.call("create_objects", items=[
            {"kind": "empty", "name": "Root", "location": [3, 0, 0], "rotation": [0, 0, 90]},
            {"kind": "cube", "name": "Child", "parent": "Root", "location": [1, 1, 1]},
            {"kind": "cube", "name": "Enkel", "parent": "Child"}])
        before = self.object("Enkel")["world_bounds"]
        result = self.duplicate("Root", count=2, step={"offset": [0, 0, 5]})
        self.assertEqual([made["source"] for made in result["created"]], ["Root", "Child", "Enkel"])
        self.assertEqual(self.object("Enkel.002")["parent"], "Child.002")
        self.assertEqual(self.object("Child.001")["parent"], "Root.001")
        after = self.object("Enkel.002")["world_bounds"]
        self.assertVector(after[0], [before[0][0], before[0][1], before[0][2] + 10])

    def test_without_children(self) -> None:
        self.client.call("update_objects", items=[{"name": "Light", "parent": "Cube"}])
        result = self.duplicate("Cube", with_children=False)
        self.assertEqual(result["changes"]["added"], ["Cube.001"])
        self.assertEqual(self.duplicate("Light", with_children=False, step={"offset": [1, 0, 0]})["changes"]["added"], ["Light.001"])
        self.assertEqual(self.object("Light.001")["parent"], "Cube")

    def test_a_named_child_of_a_named_parent_is_copied_once_and_moved_once(self) -> None:
        self.client.call("update_objects", items=[{"name": "Light", "parent": "Cube"}])
        bounds = self.object("Light")["world_bounds"][0]
        for with_children in (True, False):
            result = self.duplicate("Light", "Cube", "Light", step={"offset": [1, 0, 0]}, with_children=with_children)
            made = {one["source"]: one["names"] for one in result["created"]}
            self.assertEqual([len(names) for names in made.values()], [1, 1])
            self.assertEqual(self.object(made["Light"][0])["parent"], made["Cube"][0])
            self.assertVector(self.object(made["Light"][0])["world_bounds"][0], [bounds[0] + 1, *bounds[1:]])

    def test_collection(self) -> None:
        result = self.duplicate("Cube", collection="Kopien")
        self.assertEqual(result["changes"]["added"], ["collection:Kopien", "Cube.001"])
        self.assertEqual(self.object("Cube.001")["collections"], ["Kopien"])
        self.client.run("D.collections.new('Zweite').objects.link(D.objects['Cube'])")
        self.duplicate("Cube")
        self.assertEqual(sorted(self.object("Cube.002")["collections"]), ["Collection", "Zweite"])

    def test_prefix(self) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "rename": "Würfel 立方体"}])
        self.client.call("create_objects", items=[{"kind": "empty", "name": "L Würfel 立方体.001"}])
        result = self.duplicate("Würfel 立方体", count=3, prefix="L ")
        self.assertEqual(result["created"][0]["names"],
                         ["L Würfel 立方体", "L Würfel 立方体.002", "L Würfel 立方体.003"])
        self.assertEqual(set(result["changes"]["added"]), set(result["created"][0]["names"]))

    def test_what_refers_to_each_other_still_does(self) -> None:
        self.client.run("""
cube, light, camera = (D.objects[name] for name in ("Cube", "Light", "Camera"))
mirror = cube.modifiers.new("Spiegel", "MIRROR"); mirror.mirror_object = camera
other = cube.modifiers.new("Other", "BOOLEAN")
track = camera.constraints.new("TRACK_TO"); track.target = cube
follow = camera.constraints.new("COPY_SCALE"); follow.target = light
camera.data.dof.focus_object = cube
driver = cube.driver_add("location", 2).driver
variable = driver.variables.new(); variable.targets[0].id = cube; variable.targets[0].data_path = "location.x"
group = D.node_groups.new("Gruppe", "GeometryNodeTree")
if hasattr(group, "interface"):
    group.interface.new_socket("Ziel", in_out="INPUT", socket_type="NodeSocketObject")
else:
    group.inputs.new("NodeSocketObject", "Ziel")
nodes = cube.modifiers.new("Knoten", "NODES"); nodes.node_group = group
identifier = [s for s in (group.interface.items_tree if hasattr(group, "interface") else group.inputs)][0].identifier
if hasattr(nodes, "properties"):
    getattr(nodes.properties.inputs, identifier).value = camera
else:
    nodes[identifier] = camera
""")
        self.duplicate("Cube", "Camera")
        inputs = self.object("Cube.001", "geometry_nodes")["geometry_nodes"][0]["inputs"]
        self.assertEqual([one["value"] for one in inputs], ["Camera.001"])
        self.assertEqual(self.client.run("""
cube, camera = D.objects["Cube.001"], D.objects["Camera.001"]
result = [cube.modifiers["Spiegel"].mirror_object.name, camera.constraints[0].target.name, camera.constraints[1].target.name,
          camera.data.dof.focus_object.name, cube.animation_data.drivers[0].driver.variables[0].targets[0].id.name,
          D.objects["Camera"].constraints[0].target.name]
"""), ["Camera.001", "Cube.001", "Light", "Cube.001", "Cube.001", "Cube"])

    def test_animated_objects(self) -> None:
        self.client.run("""
cube = D.objects["Cube"]
for frame, x in ((1, 0), (11, 10)):
    cube.location = (x, 0, 0)
    cube.keyframe_insert("location", frame=frame)
    cube.keyframe_insert("scale", frame=frame)
""")
        result = self.duplicate("Cube", count=2, step={"offset": [0, 3, 0], "scale": [2, 2, 2]})
        self.assertEqual(len(result["warnings"]), 2)
        self.assertIn("delta_location", result["warnings"][0])
        self.assertIn("scale has no effect", result["warnings"][1])
        self.client.run("C.scene.frame_set(11)")
        self.assertVector(self.object("Cube.002")["world_bounds"][0], [9, 5, -1])
        own = "result = len({D.objects[n].animation_data.action.name for n in ('Cube', 'Cube.001', 'Cube.002', %s)})"
        self.assertEqual(self.client.run(own % "'Cube'"), 3)
        linked = self.duplicate("Cube", linked=True)["changes"]["added"][0]
        self.assertEqual(self.client.run(own % repr(linked)), 3)

    def test_shape_keys_and_hidden_objects(self) -> None:
        self.client.run("o = D.objects['Cube']; o.shape_key_add(name='Basis'); o.shape_key_add(name='Smile').value = 0.5; "
                        "o.hide_set(True)")
        self.duplicate("Cube")
        self.assertFalse(self.object("Cube.001")["visible"])
        self.assertEqual(self.client.run("result = D.objects['Cube.001'].data.shape_keys.key_blocks['Smile'].value"), 0.5)

    def test_objects_that_the_view_layer_excludes(self) -> None:
        self.client.run("""
away = D.collections.new("Away"); C.scene.collection.children.link(away)
away.objects.link(D.objects.new("Out", D.meshes["Cube"]))
C.view_layer.layer_collection.children["Away"].exclude = True
""")
        self.duplicate("Out", count=2, step={"offset": [1, 0, 0]})
        self.assertEqual(self.client.run("result = [D.objects['Out.002'].location.x, D.collections['Away'].objects.keys()]"),
                         [2, ["Out", "Out.001", "Out.002"]])

    def test_bone_parents(self) -> None:
        self.client.run("""
arm = D.objects.new("Rig", D.armatures.new("Rig")); C.collection.objects.link(arm)
C.view_layer.objects.active = arm
bpy.ops.object.mode_set(mode="EDIT")
arm.data.edit_bones.new("Knochen").tail = (0, 0, 1)
bpy.ops.object.mode_set(mode="OBJECT")
D.objects["Cube"].parent, D.objects["Cube"].parent_type, D.objects["Cube"].parent_bone = arm, "BONE", "Knochen"
""")
        self.duplicate("Rig")
        self.assertEqual(self.client.run("o = D.objects['Cube.001']; result = [o.parent.name, o.parent_type, o.parent_bone]"),
                         ["Rig.001", "BONE", "Knochen"])

    def test_refusals_change_nothing(self) -> None:
        self.client.run("D.objects['Camera'].name = 'X' * 60")
        cases: list[tuple[str, str, dict[str, Any]]] = [
            ("not_found", "names[1]", {"names": ["Cube", "Cub"]}),
            ("invalid", "prefix", {"names": ["X" * 60], "prefix": "P" * 250}),
        ]
        before, generation = self.state(), self.client.call("status")["generation"]
        for kind, field, args in cases:
            with self.subTest(field):
                self.assertFails(kind, "duplicate_objects", {**args, "step": {"offset": [1, 1, 1]}, "collection": "Neu"}, field)
                self.assertEqual(self.state(), before)
                self.assertEqual(self.client.call("status")["generation"], generation)

    def test_limits(self) -> None:
        self.client.run("for i in range(60):\n    C.collection.objects.link(D.objects.new(f'E{i}', None))")
        names = [f"E{i}" for i in range(60)]
        error = self.assertFails("invalid", "duplicate_objects", {"names": names, "count": 200}, "count")
        self.assertIn("10000", error["message"])
        self.assertIn("166", error["remedy"])
        self.client.run("D.meshes['Cube'].vertices.add(200_000)")
        error = self.assertFails("invalid", "duplicate_objects", {"names": ["Cube"], "count": 101}, "linked")
        self.assertIn("linked true", error["remedy"])
        self.duplicate("Cube", count=101, linked=True)

    def test_thousands(self) -> None:
        self.client.run("for i in range(50):\n    C.collection.objects.link(D.objects.new(f'E{i}', D.meshes['Cube']))")
        started = time.monotonic()
        result = self.duplicate(*(f"E{i}" for i in range(50)), count=100, linked=True, step={"offset": [0, 0, 1]})
        self.assertLess(time.monotonic() - started, 10)  # measured: below one second
        self.assertEqual((result["count"], len(result["changes"]["added"]), result["changes"]["left_out"]),
                         (5000, 200, {"added": 4800}))
        self.assertEqual(sum(len(source["names"]) + source.get("left_out", 0) for source in result["created"]), 5000)
        self.assertLess(len(json.dumps(result)), 50_000)
        self.assertEqual(self.client.run("result = len(C.scene.objects)"), 5053)

    def test_a_deadline_takes_all_of_it_back(self) -> None:
        self.client.run("for i in range(50):\n    C.collection.objects.link(D.objects.new(f'E{i}', D.meshes['Cube'].copy()))")
        before = self.state()
        args = {"names": [f"E{i}" for i in range(50)], "count": 200}
        reply = self.client.request("duplicate_objects", args, deadline_ms=60)
        self.assertFalse(reply["ok"], "it was done in time")
        self.assertEqual((reply["error"]["kind"], reply["error"]["undone"]), ("deadline", True))
        self.assertEqual(self.state(), before)
        self.duplicate("Cube")

    def test_undo_and_redo(self) -> None:
        self.client.call("update_objects", items=[{"name": "Light", "parent": "Cube"}])
        before = self.state()
        self.duplicate("Cube", "Camera", count=2, step={"offset": [1, 0, 0]}, collection="Kopien")
        after = self.state()
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)
        self.client.call("history", action="redo")
        self.assertEqual(self.state(), after)

    def test_as_a_step(self) -> None:
        self.client.call("batch", steps=[{"tool": "duplicate_objects", "arguments": {"names": ["Cube"]}},
                                         {"tool": "update_objects", "arguments": {
                                             "items": [{"name": "Cube.001", "location": [1, 2, 3]}]}}])
        self.assertVector(self.object("Cube.001")["location"], [1, 2, 3])
        before = self.state()
        error = self.assertFails("not_found", "batch", {"steps": [
            {"tool": "duplicate_objects", "arguments": {"names": ["Cube"], "count": 5}},
            {"tool": "duplicate_objects", "arguments": {"names": ["Nobody"]}}]})
        self.assertTrue(error["undone"])
        self.assertEqual(self.state(), before)


if __name__ == "__main__":
    unittest.main()
