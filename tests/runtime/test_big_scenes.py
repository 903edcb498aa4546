"""Scenes of ten thousand objects: answers stay small, and what they cost does not grow with the scene."""

from __future__ import annotations

import json
import sys
import unittest
from typing import Any

from harness import RUNTIME, BlenderTestCase

# Half of them meshes, in 20 collections.
MAKE = """
mesh = D.meshes.new('Triangle'); mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
collections = [D.collections.new(f'Part {k:02}') for k in range(20)]
for collection in collections:
    C.scene.collection.children.link(collection)
for i in range(%d):
    collections[i %% 20].objects.link(D.objects.new(f'Piece {i:05}', mesh if i %% 2 else None))
"""
SUMMARY_BYTES = 4096
INCLUDE = ["mesh", "modifiers", "materials", "constraints", "animation", "custom_properties", "children", "geometry_nodes"]

# Counts what Python calls, C functions included, while the runtime performs the next operations of that kind.
COUNT = """
import sys
from blender_mcpd_runtime.executor import Executor
execute, counts = Executor._execute, []
def counted(self, job):
    if job.op != %r:
        return execute(self, job)
    counter = [0]
    def count(frame, event, arg):
        counter[0] += event in ('call', 'c_call')
    sys.setprofile(count)
    try:
        return execute(self, job)
    finally:
        sys.setprofile(None)
        counts.append(counter[0])
        if len(counts) == %d:
            Executor._execute = execute
            bpy.app.driver_namespace['counts'] = counts
Executor._execute = counted
"""


def size(answer: Any) -> int:
    return len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())


class BigSceneTest(BlenderTestCase):
    def fill(self, count: int) -> None:
        self.client.run(MAKE % count)

    def costs(self, op: str, *calls: dict[str, Any]) -> list[int]:
        """Of each call, as the number of calls that Python makes."""
        self.client.run(COUNT % (op, len(calls)))
        for args in calls:
            self.client.call(op, **args)
        return self.client.run("result = bpy.app.driver_namespace['counts']")

    def test_the_summary(self) -> None:
        self.fill(10_000)
        info = self.client.call("get_scene_info")
        self.assertLess(size(info), SUMMARY_BYTES)
        self.assertEqual((info["object_count"], info["counts"]),
                         (10_003, {"CAMERA": 1, "EMPTY": 5000, "LIGHT": 1, "MESH": 5001}))
        self.assertEqual((len(info["collections"]), info["collection_count"]), (21, 21))
        self.assertNotIn("left_out", info)

    def test_the_summary_of_many_long_names(self) -> None:
        """As long as this Blender takes them, of characters that need four bytes."""
        self.client.run("""
def named(block):
    block.name = '\\U0001F9CA' * 63
    return block
for i in range(300):
    D.scenes.new('\\U0001F9CA' * 63)
parents = [C.scene.collection]
for i in range(1000):
    child = named(D.collections.new('x'))
    parents[i // 3].children.link(child); parents.append(child)
C.scene.world = named(C.scene.world)
named(C.scene.camera)
named(C.scene)
""")
        info = self.client.call("get_scene_info")
        self.assertLess(size(info), SUMMARY_BYTES)
        self.assertEqual(info["collection_count"], 1001)
        self.assertEqual(info["left_out"]["scenes"], 301 - len(info["scenes"]))

        def told(tree: list[dict[str, Any]]) -> int:
            return sum(1 + told(one["children"]) for one in tree)

        self.assertGreater(told(info["collections"]), 0)
        self.assertEqual(info["left_out"]["collections"], 1001 - told(info["collections"]))

    def test_collections_in_many_places(self) -> None:
        """Two on each level, both in both above: 256 ways lead to the lowest."""
        self.client.run("""
above = [C.scene.collection]
for i in range(8):
    pair = [D.collections.new(f'L{i}{side}') for side in 'ab']
    for parent in above:
        for child in pair:
            parent.children.link(child)
    above = pair
above[0].children.link(D.collections.new('Deep'))
""")
        self.assertEqual(self.client.call("get_scene_info")["collection_count"], 18)
        self.assertEqual(self.client.call("list_names", kind="collection", text="L")["total"], 18)  # Collection, too
        self.client.call("create_objects", items=[{"kind": "empty", "name": "E", "collection": "Deep"}])
        self.assertEqual(self.object("E")["collections"], ["Deep"])

    def test_all_pages_tell_every_object_once(self) -> None:
        self.fill(10_000)
        names: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.client.call("get_scene_info", detail="objects", limit=500, **cursor)
            self.assertEqual(page["matched"], 10_003)
            names += [obj["name"] for obj in page["objects"]]
            if "next_cursor" not in page:
                break
            cursor = {"cursor": page["next_cursor"]}
        self.assertEqual(len(names), 10_003)
        self.assertEqual(names, sorted(set(names)))

    def test_what_a_page_costs_does_not_depend_on_the_scene(self) -> None:
        for conditions in ({}, {"type": "MESH"}, {"name": "Piece*"}, {"visible": True, "collection": "Part 03"}):
            costs = []
            for count in (1000, 4000):
                self.client.call("manage_file", action="new", discard_changes=True)
                self.fill(count)
                args: dict[str, Any] = {"detail": "full", "limit": 10, "filter": conditions}
                cursor = self.client.call("get_scene_info", **args)["next_cursor"]
                costs += self.costs("get_scene_info", {**args, "cursor": cursor})
            with self.subTest(conditions):
                self.assertLess(max(costs), min(costs) * 1.2, costs)

    def test_fifty_objects_at_once(self) -> None:
        self.fill(5000)
        names = [f"Piece {i:05}" for i in range(50)]
        result = self.client.call("get_object_info", names=names, include=INCLUDE)
        self.assertEqual([obj["name"] for obj in result["objects"]], names)
        self.assertEqual((result["missing"], result["objects"][1]["mesh"]["triangles"]), ([], 1))
        self.assertNotIn("left_out", result)
        small = self.costs("get_object_info", {"names": names[:5], "include": INCLUDE[:-2]})[0]
        large = self.costs("get_object_info", {"names": names, "include": INCLUDE[:-2]})[0]
        self.assertLess(large, small * 12)

    def test_fifty_names_that_are_not_there(self) -> None:
        self.fill(5000)
        names = ["Cube", *(f"Peice {i:05}" for i in range(49))]
        result = self.client.call("get_object_info", names=names)
        self.assertEqual([obj["name"] for obj in result["objects"]], ["Cube"])
        self.assertEqual([missing["nearest"][0] for missing in result["missing"]], [f"Piece {i:05}" for i in range(49)])
        self.assertLess(self.costs("get_object_info", {"names": names})[0], 5_000_000)

    def test_a_mesh_of_a_million_vertices(self) -> None:
        self.client.run("""
mesh = D.meshes.new('Million')
mesh.vertices.add(1_000_000); mesh.edges.add(1_000_000)
C.scene.collection.objects.link(D.objects.new('Million', mesh))
""")
        result = self.client.call("get_object_info", names=["Million"], include=INCLUDE)
        self.assertEqual(result["objects"][0]["mesh"]["vertices"], 1_000_000)
        self.assertLess(size(result), 3000)

    def test_lists_of_one_object_are_cut_and_counted(self) -> None:
        self.client.run("""
cube = D.objects['Cube']
for i in range(300):
    child = D.objects.new(f'Child {i:03}', None); child.parent = cube; C.scene.collection.objects.link(child)
    cube.vertex_groups.new(name=f'Group {i:03}')
    cube[f'key {i:03}'] = i
cube['aaa'] = [0.5] * 100_000
cube['aab'] = 'x' * 100_000
cube['aac'] = {str(i): i for i in range(900)}
for i in range(120):
    cube.modifiers.new('', 'BEVEL').show_viewport = False
    cube.constraints.new('COPY_LOCATION')
    cube.data.materials.append(None)
""")
        cube = self.object("Cube", *INCLUDE)
        self.assertEqual(cube["left_out"], {"materials": 21, "modifiers": 20, "constraints": 20, "children": 200,
                                            "mesh.vertex_groups": 200, "custom_properties": 203})
        self.assertEqual((len(cube["children"]), len(cube["modifiers"]), len(cube["custom_properties"])), (100, 100, 100))
        self.client.run("for i in range(300):\n    del D.objects['Cube'][f'key {i:03}']")
        told = self.object("Cube", "custom_properties")["custom_properties"]
        self.assertEqual((told["aaa"], told["aab"][:27]), ("<100000 values>", "<text of 100000 characters>"))
        self.assertIn("bytes as JSON", told["aac"])
        full = self.client.call("get_scene_info", detail="full", filter={"name": "Cube"})["objects"][0]
        self.assertEqual(full["left_out"], {"materials": 21, "modifiers": 20})

    def test_objects_that_have_no_room_are_named(self) -> None:
        self.client.run("""
for i in range(50):
    obj = D.objects.new(f'E{i:02}', None); C.scene.collection.objects.link(obj)
    for k in range(90):
        obj[f'key {k}'] = 'x' * 900
""")
        names = [f"E{i:02}" for i in range(50)]
        result = self.client.call("get_object_info", names=names, include=["custom_properties"])
        self.assertEqual([obj["name"] for obj in result["objects"]] + result["left_out"], names)
        self.assertLess(size(result), 300_000)

    def test_a_page_ends_where_it_would_grow_too_long(self) -> None:
        self.client.run("""
for i in range(100):
    m = D.meshes.new(f'M{i}')
    for k in range(100):
        m.materials.append(D.materials.get(f'A long name of a material {k:03}') or D.materials.new(f'A long name of a material {k:03}'))
    C.scene.collection.objects.link(D.objects.new(f'E{i:02}', m))
""")
        args: dict[str, Any] = {"detail": "full", "limit": 500, "filter": {"name": "E*"}}
        page = self.client.call("get_scene_info", **args)
        self.assertLess(size(page), 220_000)
        following = self.client.call("get_scene_info", cursor=page["next_cursor"], **args)
        self.assertEqual([obj["name"] for obj in page["objects"] + following["objects"]], [f"E{i:02}" for i in range(100)])

    def test_ten_thousand_copies_and_their_end(self) -> None:
        for prefix in ("", "Copy of "):
            with self.subTest(prefix):
                self.client.call("manage_file", action="new", discard_changes=True)
                result = self.client.call("duplicate_objects", names=["Cube"], count=5000, linked=True, prefix=prefix)
                self.assertEqual((result["count"], result["changes"]["left_out"]), (5000, {"added": 4800}))
                self.assertLess(size(result), 20_000)
                names = self.client.run("result = sorted(D.objects.keys())")
                removed = self.client.call("delete_objects", filter={"type": "MESH"})
                self.assertEqual((removed["count"], len(removed["removed"])), (5001, 200))
                self.assertLess(size(removed), 20_000)
                self.assertEqual(self.client.run("result = len(D.objects)"), 2)
                self.client.call("history", action="undo")
                self.assertEqual(self.client.run("result = sorted(D.objects.keys())"), names)

    def test_deleting_and_copying_look_at_each_object_once(self) -> None:
        for op, args in (("delete_objects", {"filter": {"type": "MESH"}}),
                         ("duplicate_objects", {"names": ["Piece 00001"], "count": 500, "linked": True, "prefix": "P"})):
            costs = []
            for count in (500, 2000):
                self.client.call("manage_file", action="new", discard_changes=True)
                self.fill(count)
                costs += self.costs(op, {**args, "count": count} if "count" in args else args)
            with self.subTest(op):
                self.assertLess(costs[1], costs[0] * 6, costs)

    def test_a_small_edit_looks_at_no_other_object(self) -> None:
        costs = []
        for count in (100, 5000):
            self.client.call("manage_file", action="new", discard_changes=True)
            self.fill(count)
            edit = {"items": [{"name": "Piece 00001", "location": [1, 2, 3]}]}
            costs.append(self.costs("update_objects", edit, edit)[1])
        self.assertEqual(costs[0], costs[1])

    def test_a_collection(self) -> None:
        self.fill(10_000)
        info = self.client.call("get_collection_info", name="Part 03")
        self.assertEqual((info["count"], len(info["objects"])), (500, 200))


class ManyNamesTest(unittest.TestCase):
    """Without a Blender."""

    def test_the_nearest_of_many(self) -> None:
        sys.path.append(str(RUNTIME / "blender_mcpd_runtime"))
        from similar_names import SimilarNames

        similar = SimilarNames([*(f"Piece {i:05}" for i in range(20_000)), "Würfel", "Lamp Left", "Lampe", "x"])
        for name, nearest in (("Peice 01234", "Piece 01234"), ("WÜRFEL", "Würfel"), ("Lamp Lft", "Lamp Left"), ("X", "x"),
                              ("Pieces 19999", "Piece 19999")):
            with self.subTest(name):
                self.assertEqual(similar.to(name)[0], nearest)
        self.assertEqual((similar.to("qqqq"), similar.to("")), ([], []))
        self.assertEqual(SimilarNames([]).to("x"), [])


if __name__ == "__main__":
    unittest.main()
