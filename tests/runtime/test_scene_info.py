"""get_scene_info and get_object_info."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class SceneInfoTest(BlenderTestCase):
    def names(self, **args: Any) -> list[str]:
        result = self.client.call("get_scene_info", detail="objects", limit=500, **args)
        return [obj["name"] for obj in result["objects"]]

    def test_summary(self) -> None:
        info = self.client.call("get_scene_info")
        self.assertEqual((info["scene"], info["scenes"], info["camera"], info["world"]),
                         ("Scene", ["Scene"], "Camera", "World"))
        self.assertEqual((info["object_count"], info["counts"]), (3, {"CAMERA": 1, "LIGHT": 1, "MESH": 1}))
        self.assertEqual(info["units"], {"system": "METRIC", "length_unit": "METERS", "scale": 1.0})
        self.assertEqual(info["frame"], {"current": 1, "start": 1, "end": 250, "fps": 24})
        self.assertEqual(info["resolution"], [1920, 1080])
        self.assertEqual(info["collections"], [{"name": "Collection", "objects": 3, "children": []}])
        self.assertEqual((info["collection_count"], info.get("left_out")), (1, None))
        self.assertNotIn("objects", info)

    def test_objects_and_full(self) -> None:
        objects = self.client.call("get_scene_info", detail="objects")["objects"]
        self.assertEqual(objects[1], {"name": "Cube", "type": "MESH", "location": [0, 0, 0], "visible": True,
                                      "collections": ["Collection"]})
        cube = self.client.call("get_scene_info", detail="full")["objects"][1]
        self.assertEqual((cube["dimensions"], cube["materials"], cube["parent"]), ([2, 2, 2], ["Material"], None))

    def test_fields(self) -> None:
        info = self.client.call("get_scene_info", detail="objects", fields=["rotation"])
        self.assertEqual(set(info["objects"][0]), {"name", "rotation"})
        self.assertFails("invalid", "get_scene_info", {"detail": "objects", "fields": ["name", "colour"]}, "fields[1]")

    def test_filters(self) -> None:
        self.client.run("bpy.ops.object.select_all(action='DESELECT'); D.objects['Cube'].select_set(True)\n"
                        "D.objects['Light'].hide_set(True)\n"
                        "c = D.collections.new('Props'); C.scene.collection.children.link(c)\n"
                        "c.objects.link(D.objects['Cube'])")
        cases = [
            ({"name": "C*"}, ["Camera", "Cube"]),
            ({"name": "cube"}, []),
            ({"type": "LIGHT"}, ["Light"]),
            ({"type": "mesh"}, ["Cube"]),
            ({"selected": True}, ["Cube"]),
            ({"visible": False}, ["Light"]),
            ({"collection": "Props"}, ["Cube"]),
            ({"collection": "Scene Collection"}, ["Camera", "Cube", "Light"]),
            ({"name": "C*", "type": "CAMERA"}, ["Camera"]),
        ]
        for conditions, expected in cases:
            with self.subTest(conditions):
                self.assertEqual(self.names(filter=conditions), expected)
        error = self.assertFails("not_found", "get_scene_info",
                                 {"detail": "objects", "filter": {"collection": "props"}}, "filter.collection")
        self.assertEqual(error["details"]["nearest"], ["Props"])
        self.assertFails("invalid", "get_scene_info", {"detail": "objects", "filter": {"type": "CUBE"}}, "filter.type")

    def test_unicode_names(self) -> None:
        names = ["Würfel", "立方体", "🧊", "a\"b\\c", "Куб"]
        self.client.call("create_objects", items=[{"kind": "empty", "name": name} for name in names])
        self.assertEqual(self.names(filter={"type": "EMPTY"}), sorted(names))
        for name in names:
            self.assertEqual(self.object(name)["name"], name)

    def test_paging_is_stable_under_edits(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:03}"} for i in range(25)])
        args: dict[str, Any] = {"detail": "objects", "limit": 10, "filter": {"type": "EMPTY"}}
        first = self.client.call("get_scene_info", **args)
        self.assertEqual(first["matched"], 25)
        self.assertEqual([obj["name"] for obj in first["objects"]], [f"E{i:03}" for i in range(10)])
        # One that was seen goes, the one the cursor stands on goes, one comes before and one after the cursor.
        self.client.call("delete_objects", names=["E003", "E009"])
        self.client.call("create_objects", items=[{"kind": "empty", "name": name} for name in ("E0000", "E0105")])
        rest = self.rest(first, args)
        self.assertEqual(rest[:15], [f"E{i:03}" for i in range(10, 25)])
        # Before 4.1 Blender tells nothing by which a new object could always be known from one that is gone.
        self.assertLessEqual(set(rest[15:]), {"E0000", "E0105"})

    def rest(self, page: dict[str, Any], args: dict[str, Any]) -> list[str]:
        """The names on the pages that follow."""
        names: list[str] = []
        while "next_cursor" in page:
            page = self.client.call("get_scene_info", cursor=page["next_cursor"], **args)
            names += [obj["name"] for obj in page["objects"]]
        return names

    def test_paging_is_stable_under_renaming(self) -> None:
        edits = {
            "by a tool": lambda: self.client.call("update_objects", items=[
                {"name": "E003", "rename": "E020a"}, {"name": "E015", "rename": "E001a"}, {"name": "E009", "rename": "Z"}]),
            "by a script": lambda: self.client.run("for old, new in (('E003', 'E020a'), ('E015', 'E001a'), ('E009', 'Z')):\n"
                                                   "    D.objects[old].name = new"),
        }
        for who, edit in edits.items():
            with self.subTest(who):
                self.client.call("manage_file", action="new", discard_changes=True)
                self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:03}"} for i in range(25)])
                args: dict[str, Any] = {"detail": "objects", "limit": 10, "filter": {"type": "EMPTY"}}
                first = self.client.call("get_scene_info", **args)
                edit()
                self.assertEqual(self.rest(first, args), [f"E{i:03}" if i != 15 else "E001a" for i in range(10, 25)])

    def test_paging_is_stable_under_undo_and_filters_that_change(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:03}"} for i in range(25)])
        args: dict[str, Any] = {"detail": "objects", "limit": 5, "filter": {"visible": True, "name": "E*"}}
        first = self.client.call("get_scene_info", **args)
        self.client.call("update_objects", items=[{"name": "E012", "visible": False}, {"name": "E001", "rename": "E1"}])
        self.client.call("history", action="undo")
        self.client.call("update_objects", items=[{"name": "E013", "visible": False}, {"name": "E002", "visible": False}])
        second = self.client.call("get_scene_info", cursor=first["next_cursor"], **args)
        self.client.call("update_objects", items=[{"name": "E002", "visible": True}])
        self.assertEqual([obj["name"] for obj in second["objects"]] + self.rest(second, args),
                         [f"E{i:03}" for i in range(5, 25) if i != 13])

    def test_a_cursor_of_a_listing_that_is_forgotten_goes_on_after_the_last_name(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:03}"} for i in range(25)])
        args: dict[str, Any] = {"detail": "objects", "limit": 10, "filter": {"type": "EMPTY"}}
        first = self.client.call("get_scene_info", **args)
        for count in range(1, 10):
            self.client.call("get_scene_info", detail="objects", filter={"name": "?" * count})
        self.assertEqual(self.rest(first, args), [f"E{i:03}" for i in range(10, 25)])

    def test_the_same_cursor_gives_the_same_page(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:03}"} for i in range(25)])
        args: dict[str, Any] = {"detail": "objects", "limit": 10}
        cursor = self.client.call("get_scene_info", **args)["next_cursor"]
        pages = [self.client.call("get_scene_info", cursor=cursor, **args)["objects"] for _ in range(2)]
        self.assertEqual(pages[0], pages[1])

    def test_bad_cursors(self) -> None:
        for cursor in ("", "x", "!!!!", "bm9wZQ==", "ä"):
            with self.subTest(cursor):
                self.assertFails("invalid", "get_scene_info", {"detail": "objects", "cursor": cursor}, "cursor")


class ObjectInfoTest(BlenderTestCase):
    def test_the_basics(self) -> None:
        self.client.run("o = D.objects['Cube']; o.location = (1, 2, 3); o.rotation_euler.z = math.radians(90)\n"
                        "o.scale = (1, 2, 1)")
        cube = self.object("Cube")
        self.assertVector(cube["location"], [1, 2, 3])
        self.assertVector(cube["rotation"], [0, 0, 90])
        self.assertVector(cube["dimensions"], [2, 4, 2])
        self.assertVector(cube["world_bounds"][0], [-1, 1, 2])
        self.assertVector(cube["world_bounds"][1], [3, 3, 4])
        self.assertEqual((cube["data"], cube["materials"], cube["parent"]), ("Cube", ["Material"], None))
        light = self.object("Light")
        self.assertEqual(light["world_bounds"][0], light["location"])

    def test_other_rotation_modes(self) -> None:
        for mode in ("QUATERNION", "AXIS_ANGLE", "ZYX"):
            with self.subTest(mode):
                self.client.run(f"D.objects['Cube'].rotation_mode = {mode!r}")
                self.client.call("update_objects", items=[{"name": "Cube", "rotation": [10, 20, 30]}])
                self.assertVector(self.object("Cube")["rotation"], [10, 20, 30])

    def test_missing_names(self) -> None:
        result = self.client.call("get_object_info", names=["Cube", "cubE", "nothing like it"])
        self.assertEqual([obj["name"] for obj in result["objects"]], ["Cube"])
        self.assertEqual(result["missing"], [{"name": "cubE", "nearest": ["Cube"]},
                                             {"name": "nothing like it", "nearest": []}])
        error = self.assertFails("not_found", "get_object_info", {"names": ["Lihgt"]}, "names")
        self.assertIn("'Light'", error["message"])

    def test_include(self) -> None:
        self.client.run("""
o = D.objects['Cube']
o['tags'] = [1, 2]; o['note'] = 'ä'
o.vertex_groups.new(name='Top')
bevel = o.modifiers.new('Edge', 'BEVEL'); bevel.segments = 4
array = o.modifiers.new('Row', 'ARRAY'); array.constant_offset_displace = (1, 2, 3)
track = o.constraints.new('TRACK_TO'); track.target = D.objects['Light']
D.objects['Light'].parent = o
for frame, x in ((1, 0), (10, 5)):
    o.location.x = x
    o.keyframe_insert('location', frame=frame)
o.driver_add('scale', 0).driver.expression = '1 + 1'
""")
        cube = self.object("Cube", "mesh", "modifiers", "materials", "constraints", "animation", "custom_properties",
                           "children", "geometry_nodes")
        self.assertEqual({key: cube["mesh"][key] for key in ("vertices", "edges", "polygons", "triangles")},
                         {"vertices": 8, "edges": 12, "polygons": 6, "triangles": 12})
        self.assertEqual((cube["mesh"]["uv_layers"], cube["mesh"]["vertex_groups"]), (["UVMap"], ["Top"]))
        edge, row = cube["modifiers"]
        self.assertEqual((edge["name"], edge["type"], edge["settings"]["segments"]), ("Edge", "BEVEL", 4))
        self.assertAlmostEqual(edge["settings"]["angle_limit"], 30, 3)
        self.assertVector(row["settings"]["constant_offset_displace"], [1, 2, 3])
        self.assertEqual(cube["materials"][0]["name"], "Material")
        self.assertAlmostEqual(cube["materials"][0]["metallic"], 0)
        self.assertEqual((cube["constraints"][0]["type"], cube["constraints"][0]["settings"]["target"]),
                         ("TRACK_TO", "Light"))
        curves = cube["animation"]["fcurves"]
        self.assertEqual([(c["data_path"], c["array_index"], c["keyframes"]) for c in curves],
                         [("location", axis, 2) for axis in range(3)])
        self.assertEqual(curves[0]["frame_range"], [1, 10])
        self.assertEqual(cube["animation"]["drivers"], [{"data_path": "scale", "array_index": 0,
                                                         "expression": "1 + 1"}])
        self.assertEqual(cube["custom_properties"], {"tags": [1, 2], "note": "ä"})
        self.assertEqual((cube["children"], cube["geometry_nodes"]), (["Light"], []))

    def test_include_on_what_has_none_of_it(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty"}])
        empty = self.object("Empty", "mesh", "modifiers", "materials", "constraints", "animation",
                            "custom_properties", "children", "geometry_nodes")
        self.assertEqual((empty["mesh"], empty["animation"], empty["materials"]), (None, None, []))

    def test_geometry_nodes(self) -> None:
        self.client.run("""
group = D.node_groups.new('Grow', 'GeometryNodeTree')
if hasattr(group, 'interface'):
    group.interface.new_socket('Geometry', in_out='INPUT', socket_type='NodeSocketGeometry')
    group.interface.new_socket('Amount', in_out='INPUT', socket_type='NodeSocketFloat').default_value = 2.5
    group.interface.new_socket('Geometry', in_out='OUTPUT', socket_type='NodeSocketGeometry')
else:
    group.inputs.new('NodeSocketGeometry', 'Geometry')
    group.inputs.new('NodeSocketFloat', 'Amount').default_value = 2.5
    group.outputs.new('NodeSocketGeometry', 'Geometry')
D.objects['Cube'].modifiers.new('Nodes', 'NODES').node_group = group
""")
        described = self.object("Cube", "geometry_nodes")["geometry_nodes"][0]
        self.assertEqual((described["modifier"], described["node_group"]), ("Nodes", "Grow"))
        amount = next(i for i in described["inputs"] if i["name"] == "Amount")
        self.assertEqual((amount["type"], amount["value"]), ("NodeSocketFloat", 2.5))


if __name__ == "__main__":
    unittest.main()
