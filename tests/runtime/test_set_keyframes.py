"""set_keyframes."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase
from path_spellings import NAMES, spellings

PRINCIPLED = 'active_material.node_tree.nodes["ShaderNodeBsdfPrincipled"].inputs["Roughness"].default_value'


class KeyframesTest(BlenderTestCase):
    def key(self, path: str, *keys: tuple[Any, ...], target: str = "Cube", **args: Any) -> dict[str, Any]:
        """Keys are (frame, value) or (frame, value, {members})."""
        listed = [{"frame": key[0], "value": key[1], **(key[2] if len(key) > 2 else {})} for key in keys]
        return self.client.call("set_keyframes", target=target, data_path=path, **({"keys": listed} if listed else {}), **args)

    def refuse(self, kind: str, field: str, path: str, *keys: tuple[Any, ...], target: str = "Cube", **args: Any) -> str:
        listed = [{"frame": frame, "value": value} for frame, value in keys]
        error = self.assertFails(kind, "set_keyframes", {"target": target, "data_path": path, "keys": listed, **args}, field)
        return f"{error['message']} {error.get('remedy', '')}"

    def at(self, frame: float, expression: str) -> Any:
        return self.client.run(f"C.scene.frame_set({int(frame)}, subframe={frame % 1}); v = {expression}; "
                               "result = list(v) if hasattr(v, '__len__') and not isinstance(v, str) else v")

    def test_a_vector(self) -> None:
        result = self.key("location", (1, [0, 0, 0]), (11, [10, 0, 5], {"interpolation": "linear"}), (21, [0, 0, 0]))
        self.assertEqual(result["animated"], "Cube")
        self.assertEqual([(one["data_path"], one["array_index"], one["keyframes"], one["frame_range"]) for one in result["curves"]],
                         [("location", index, 3, [1, 21]) for index in range(3)])
        self.assertEqual(result["changes"], {"added": [f"action:{result['action']}"], "removed": [],
                                             "changed": {"Cube": ["animation"]}})
        self.assertVector(self.at(11, "D.objects['Cube'].location"), [10, 0, 5])
        self.assertVector(self.at(16, "D.objects['Cube'].location"), [5, 0, 2.5])

    def test_one_channel(self) -> None:
        for path in ("scale.z", "scale[2]"):
            result = self.key(path, (1, 1), (5, 3))
            self.assertEqual([one["array_index"] for one in result["curves"]], [2])
        self.assertVector(self.at(5, "D.objects['Cube'].scale"), [1, 1, 3])

    def test_rotation_in_degrees(self) -> None:
        self.key("rotation", (1, [0, 0, 0]), (11, [0, 0, 720]))
        self.assertAlmostEqual(self.at(11, "D.objects['Cube'].rotation_euler")[2], 12.5663706, 4)
        self.assertEqual(self.key("rotation.z", (21, 90))["curves"][0]["data_path"], "rotation_euler")
        self.assertAlmostEqual(self.at(21, "D.objects['Cube'].rotation_euler")[2], 1.5707963, 4)

    def test_rotation_in_other_modes(self) -> None:
        for mode, path in (("QUATERNION", "rotation_quaternion"), ("AXIS_ANGLE", "rotation_axis_angle")):
            self.client.run(f"D.objects['Camera'].rotation_mode = {mode!r}")
            result = self.key("rotation", (1, [0, 0, 0]), (11, [0, 0, 90]), target="Camera")
            self.assertEqual([one["data_path"] for one in result["curves"]], [path] * 4)
            turned = self.at(11, "(C.view_layer.update(), D.objects['Camera'].matrix_world.to_euler())[1]")
            self.assertVector(turned, [0, 0, 1.5707963])
            self.assertIn("as a whole", self.refuse("invalid", "data_path", "rotation.z", (1, 5), target="Camera"))

    def test_the_scene_shows_it_at_once(self) -> None:
        self.key("location", (1, [4, 0, 0]), (9, [0, 0, 0]))
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.key("location.x", (1, 7))
        self.assertVector(self.object("Cube")["location"], [7, 0, 0])

    def test_data_materials_and_scene(self) -> None:
        result = self.key("data.lens", (1, 50), (10, 85), target="Camera")
        self.assertEqual((result["animated"], list(result["changes"]["changed"])), ("camera:Camera", ["camera:Camera"]))
        self.assertAlmostEqual(self.at(10, "D.cameras['Camera'].lens"), 85, 4)
        result = self.key(PRINCIPLED, (1, 0), (10, 1))
        self.assertEqual(result["animated"], "material:Material")
        self.assertEqual(self.key("diffuse_color", (1, "#ff0000"), target='materials["Material"]')["curves"][0]["keyframes"], 1)
        self.assertEqual(self.key("energy", (1, 10), target='lights["Light"]')["animated"], "light:Light")
        self.assertEqual(self.key("gravity.z", (1, -9), target="scene")["animated"], "scene:Scene")
        self.client.call("set_modifiers", objects=["Cube"], operations=[{"add": "BEVEL", "name": "Fase"}])
        self.key('modifiers["Fase"].width', (1, 0.5), (3, 0.1))
        self.assertAlmostEqual(self.at(3, "D.objects['Cube'].modifiers[0].width"), 0.1, 4)

    def test_switches_and_enums_jump(self) -> None:
        self.key("hide_render", (1, False), (10, True))
        self.assertEqual([self.at(frame, "D.objects['Cube'].hide_render") for frame in (1, 9, 10)], [False, False, True])
        self.key("rotation_mode", (1, "XYZ"), (10, "zyx"))
        self.assertEqual([self.at(frame, "D.objects['Cube'].rotation_mode") for frame in (9, 10)], ["XYZ", "ZYX"])

    def test_custom_properties(self) -> None:
        self.client.run("o = D.objects['Cube']; o['Größe'] = 1.0; o['paar'] = [1.0, 2.0]; o['text'] = 'a'; "
                        "o.id_properties_ui('Größe').update(min=0.0, max=5.0)")
        self.key('["Größe"]', (1, 0), (11, 5, {"interpolation": "linear"}))
        self.assertAlmostEqual(self.at(11, "D.objects['Cube']['Größe']"), 5, 4)
        self.key("['paar'][1]", (1, 3))
        self.assertIn("0 to 5", self.refuse("invalid", "keys[0].value", '["Größe"]', (1, 6)))
        self.assertIn("'Größe'", self.refuse("not_found", "data_path", '["Grösse"]', (1, 6)))
        self.assertIn("no number", self.refuse("invalid", "data_path", '["text"]', (1, 6)))

    def test_keys_in_all_spellings(self) -> None:
        self.client.run(f"for n in {NAMES!r}: D.objects['Cube'][n] = 1.0; C.collection.objects.link(D.objects.new(n, None))")
        for name in NAMES:
            for spelled in spellings(name):
                with self.subTest(name, spelled=spelled):
                    self.assertEqual(self.key(f"[{spelled}]", (1, 2))["animated"], "Cube")
                    self.assertEqual(self.key("location.x", (1, 2), target=f"objects[{spelled}]")["animated"], name)
                    self.assertEqual(self.key("location.x", (1, 2), target=name)["animated"], name)

    def test_the_value_as_it_is(self) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [1, 2, 3]}])
        self.client.call("set_keyframes", target="Cube", data_path="location", keys=[{"frame": 4}])
        self.assertVector(self.at(4, "D.objects['Cube'].location"), [1, 2, 3])

    def test_interpolation_easing_and_handles(self) -> None:
        self.key("location.z", (1, 5, {"interpolation": "bounce", "easing": "ease_out"}), (20, 0, {"handles": "vector"}))
        points = "[(p.interpolation, p.easing, p.handle_left_type) for p in D.objects['Cube'].animation_data.action%s]"
        curves = ".fcurves[0].keyframe_points" if self.client.run("result = bpy.app.version < (4, 4)") else \
            ".layers[0].strips[0].channelbags[0].fcurves[0].keyframe_points"
        self.assertEqual(self.client.run("result = " + points % curves),
                         [["BOUNCE", "EASE_OUT", "AUTO_CLAMPED"], ["BEZIER", "AUTO", "VECTOR"]])

    def test_remove(self) -> None:
        self.key("location", (1, [0, 0, 0]), (5, [1, 1, 1]), (9, [2, 2, 2]))
        result = self.key("location", (7, [3, 3, 3]), remove={"first": 2, "last": 9})
        self.assertEqual((result["removed"], result["curves"][0]["keyframes"]), (6, 2))
        result = self.key("location.x", remove={"first": -100, "last": 100})
        self.assertEqual((result["removed"], result["curves"]), (2, []))
        self.assertEqual(len(self.object("Cube", "animation")["animation"]["fcurves"]), 2)

    def test_loops(self) -> None:
        self.key("location.x", (1, 0, {"interpolation": "linear"}), (11, 10, {"interpolation": "linear"}))
        for how, x in (("repeat", 5), ("repeat_offset", 15), ("mirror", 5), ("linear", 15), ("constant", 10)):
            result = self.key("location.x", extrapolation=how)
            self.assertEqual(result["curves"][0]["extrapolation"], how)
            self.assertAlmostEqual(self.at(16, "D.objects['Cube'].location")[0], x, 3, how)
        self.refuse("invalid", "extrapolation", "scale", extrapolation="repeat")

    def test_actions(self) -> None:
        result = self.key("location.x", (1, 0), action="Gehen")
        self.assertEqual((result["action"], result["changes"]["added"]), ("Gehen", ["action:Gehen"]))
        result = self.key("location.x", (1, 5), action="Laufen")
        self.assertEqual(result["action"], "Laufen")
        result = self.key("location.x", (1, 7), target="Light", action="Gehen")
        self.assertEqual((result["action"], result["changes"]["added"]), ("Gehen", []))

    def test_bones(self) -> None:
        self.client.run("""
arm = D.objects.new("Rig", D.armatures.new("Rig")); C.collection.objects.link(arm)
C.view_layer.objects.active = arm
bpy.ops.object.mode_set(mode="EDIT")
arm.data.edit_bones.new("Knochen").tail = (0, 0, 1)
bpy.ops.object.mode_set(mode="OBJECT")
""")
        result = self.key('pose.bones["Knochen"].rotation', (1, [0, 0, 0]), (9, [90, 0, 0]), target="Rig")
        self.assertEqual(result["curves"][0]["data_path"], 'pose.bones["Knochen"].rotation_quaternion')

    def test_what_is_wrong(self) -> None:
        cases: list[tuple[str, str, str, list[tuple[Any, ...]], dict[str, Any], list[str]]] = [
            ("not_found", "target", "location", [(1, [0, 0, 0])], {"target": "Kube"}, ["'Cube'", "materials["]),
            ("not_found", "target", "roughness", [(1, 0)], {"target": 'materials["Materal"]'}, ["'Material'"]),
            ("not_found", "data_path", "locaton", [(1, 0)], {}, ["'location'"]),
            ("not_found", "data_path", "data.lense", [(1, 0)], {"target": "Camera"}, ["'lens'"]),
            ("invalid", "data_path", "location[3]", [(1, 0)], {}, ["3 channels"]),
            ("invalid", "data_path", "location[-1]", [(1, 0)], {}, ["3 channels"]),
            ("invalid", "data_path", "modifiers[-1].width", [(1, 0)], {}, ["0 members"]),
            ("invalid", "data_path", "__class__", [(1, 0)], {}, ["no property"]),
            ("invalid", "data_path", "data" + ".data" * 64, [(1, 0)], {}, ["at most 64"]),
            ("invalid", "data_path", "location.x.y", [(1, 0)], {}, ["goes on"]),
            ("invalid", "data_path", "name", [(1, 0)], {}, ["cannot be animated"]),
            ("invalid", "data_path", "data", [(1, 0)], {}, ["no property"]),
            ("invalid", "data_path", "location()", [(1, 0)], {}, ["no calls"]),
            ("not_found", "data_path", 'modifiers["Bevel"].width', [(1, 0)], {}, ["'Bevel'"]),
            ("invalid", "keys[1].value", "location", [(1, [0, 0, 0]), (2, [0, 0])], {}, ["needs 3"]),
            ("invalid", "keys[0].value", "location", [(1, 5)], {}, ["list"]),
            ("invalid", "keys[0].value", "hide_render", [(1, 1)], {}, ["true or false"]),
            ("invalid", "keys[0].value", "rotation_mode", [(1, "ABC")], {}, ["XYZ"]),
            ("invalid", "keys[0].value", "data.lens", [(1, 0)], {"target": "Camera"}, ["at least 1"]),
            ("invalid", "keys[1].frame", "scale", [(1, [1, 1, 1]), (1, [2, 2, 2])], {}, ["keys[0]"]),
            ("invalid", "remove.first", "scale", [(1, [1, 1, 1])], {"remove": {"first": 2, "last": 1}}, ["after"]),
        ]
        before = self.client.call("status")["generation"]
        for kind, field, path, keys, args, parts in cases:
            with self.subTest(path, keys=keys):
                text = self.refuse(kind, field, path, *keys, **args)
                for part in parts:
                    self.assertIn(part, text)
        self.assertFails("invalid", "set_keyframes", {"target": "Cube", "data_path": "location"}, "keys")
        self.assertEqual(self.client.run("result = len(D.actions)"), 0)
        self.assertEqual(self.client.call("status")["generation"], before)

    def test_others_that_move_alike_are_told(self) -> None:
        self.assertEqual(self.key("scale", (1, [1, 1, 1]))["warnings"], [])
        self.client.call("duplicate_objects", names=["Cube"], linked=True)
        self.assertIn("alike", self.key("scale", (9, [2, 2, 2]))["warnings"][0])

    def test_a_driver_is_told(self) -> None:
        self.client.run("D.objects['Cube'].driver_add('scale', 0)")
        self.assertIn("driver", self.key("scale", (1, [1, 1, 1]))["warnings"][0])

    def test_many_keys(self) -> None:
        result = self.key("location", *((frame, [frame % 7, 0, 0]) for frame in range(2_000)))
        self.assertEqual([one["keyframes"] for one in result["curves"]], [2_000] * 3)

    def test_a_deadline_takes_all_of_it_back(self) -> None:
        keys = [{"frame": frame, "value": [frame, 0, 0]} for frame in range(10_000)]
        reply = self.client.request("set_keyframes", {"target": "Cube", "data_path": "location", "keys": keys}, deadline_ms=30)
        self.assertEqual(reply["error"]["kind"], "deadline")
        self.assertEqual(self.client.run("result = len(D.actions)"), 0)

    def test_undo_and_redo(self) -> None:
        def state() -> Any:
            return self.object("Cube", "animation")["animation"]
        self.key("location", (1, [0, 0, 0]), (9, [1, 1, 1]))
        before = state()
        self.key("location", (5, [3, 3, 3]), remove={"first": 9, "last": 9}, extrapolation="repeat")
        after = state()
        self.client.call("history", action="undo")
        self.assertEqual(state(), before)
        self.client.call("history", action="redo")
        self.assertEqual(state(), after)

    def test_as_a_step(self) -> None:
        step = {"tool": "set_keyframes", "arguments": {"target": "Ball", "data_path": "location.z",
                                                       "keys": [{"frame": 1, "value": 4}]}}
        made = {"tool": "create_objects", "arguments": {"items": [{"kind": "sphere", "name": "Ball"}]}}
        self.assertFails("not_found", "batch", {"steps": [made, step, {"tool": "delete_objects", "arguments": {"names": ["No"]}}]})
        self.assertEqual(self.client.run("result = [len(D.actions), 'Ball' in D.objects]"), [0, False])
        self.client.call("batch", steps=[made, step])
        self.assertAlmostEqual(self.at(1, "D.objects['Ball'].location")[2], 4, 4)


if __name__ == "__main__":
    unittest.main()
