"""Random batches: a failed one leaves nothing, a finished one is the same as its steps one by one."""

from __future__ import annotations

import os
import random
import time
from typing import Any

from fingerprint import fingerprint
from harness import BlenderTestCase

Step = dict[str, Any]
ROUNDS = 12

SCRIPTS = (
    "D.objects[{name!r}].modifiers.new('M', 'SUBSURF' if D.objects[{name!r}].type == 'MESH' else 'HOOK')",
    "D.objects[{name!r}]['note'] = {{'a': [1, 2.5], 'b': {number}}}",
    "D.objects[{name!r}].location.y = {number}; D.objects[{name!r}].keyframe_insert('location', frame={number})",
    "D.objects[{name!r}].select_set(True); C.view_layer.objects.active = D.objects[{name!r}]",
    "bpy.ops.object.select_all(action='DESELECT')",
    "D.worlds['World'].color = (0.1, 0.2, {number} / 100)",
    "D.scenes[0].frame_end = 100 + {number}; D.scenes[0].render.resolution_x = 640 + {number}",
    "D.scenes[0].collection.children.link(D.collections.new('Box {number}'))",
    "D.images.new('Image {number}', 4, 4)",
    "m = D.meshes.new('Mesh {number}'); m.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, {number})], [], [(0, 1, 2)]); "
    "D.scenes[0].collection.objects.link(D.objects.new('Mesh {number}', m))",
    "D.objects['Cube'].data.vertices[0].co.x += {number}",
    "m = D.materials.new('Nodes {number}'); m.use_nodes = True; m.node_tree.nodes.new('ShaderNodeTexNoise'); "
    "D.objects['Cube'].data.materials.append(m)",
)


class Dice:
    """Steps that succeed, drawn at random."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.names = ["Light", "Camera"]  # besides the cube, which stays
        self.made = 0

    def step(self) -> Step:
        return self.dice.choice((self.create, self.create, self.update, self.delete, self.material, self.script, self.script,
                                 self.look))()

    def create(self) -> Step:
        self.made += 1
        name = f"E{self.made}"
        self.names.append(name)
        item = {"kind": self.dice.choice(("empty", "cube", "light", "camera", "curve", "text")), "name": name,
                "location": [self.dice.randint(-9, 9) for _ in range(3)], "collection": f"C{self.dice.randint(0, 2)}"}
        item.update({"curve": {"curve": {"points": [[0, 0, 0], [1, 0, 1]]}}, "text": {"text": {"body": "Hällo"}},
                     "cube": {"material": {"name": "Steel", "metallic": 1}}}.get(item["kind"], {}))
        return {"tool": "create_objects", "arguments": {"items": [item]}}

    def update(self) -> Step:
        item: dict[str, Any] = {"name": self.any_name()}
        item.update(self.dice.choice(({"location": [1, 2, 3], "delta": True}, {"rotation": [10, 20, 30]}, {"visible": False},
                                      {"scale": [1, 2, 3]}, {"collection": "Moved"},
                                      {"parent": "Cube" if item["name"] != "Cube" else None})))
        return {"tool": "update_objects", "arguments": {"items": [item]}}

    def delete(self) -> Step:
        if not self.names:
            return self.look()
        name = self.names.pop(self.dice.randrange(len(self.names)))
        return {"tool": "delete_objects", "arguments": {"names": [name]}}

    def material(self) -> Step:
        return {"tool": "set_material", "arguments": {"objects": ["Cube"], "material": {
            "name": self.dice.choice(("Steel", "Wood")), "roughness": self.dice.random()}}}

    def script(self) -> Step:
        return script(self.dice.choice(SCRIPTS).format(name=self.any_name(), number=self.dice.randint(1, 50)))

    def look(self) -> Step:
        return {"tool": "get_object_info", "arguments": {"names": ["Cube"]}}

    def any_name(self) -> str:
        return self.dice.choice(["Cube", *self.names])


def script(code: str) -> Step:
    return {"tool": "execute_blender_code", "arguments": {"code": code}}


class PropertyTest(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        seed = int(os.environ.get("BATCH_SEED", time.time_ns() % 1_000_000))
        self.dice = random.Random(seed)
        print(f"BATCH_SEED={seed}")

    def same(self, before: list[str], after: list[str], what: Any) -> None:
        if before != after:
            self.fail(f"after {what}:\n- " + "\n- ".join(sorted(set(before) - set(after))[:20]) + "\n+ "
                      + "\n+ ".join(sorted(set(after) - set(before))[:20]))

    def fresh_scene(self) -> None:
        self.client.call("manage_file", action="new", discard_changes=True)

    def test_a_failed_batch_leaves_nothing(self) -> None:
        for _ in range(ROUNDS):
            self.fresh_scene()
            dice = Dice(self.dice)
            for _ in range(self.dice.randint(0, 4)):  # what was there
                step = dice.step()
                self.client.call(step["tool"], **step["arguments"])
            before = fingerprint(self.client)
            steps = [dice.step() for _ in range(self.dice.randint(1, 8))]
            broken, limit = self.dice.choice((
                ({"tool": "delete_objects", "arguments": {"names": ["Nobody"]}}, None),
                (script("D.objects['Cube'].location.x = 7\nraise SystemExit"), None),
                (script("D.objects['Cube'].location.x = 7\nwhile True: D.objects['Cube'].location.y += 1"), 300),
                (script("while True: bpy.ops.mesh.primitive_cube_add()"), 300)))
            steps.insert(self.dice.randint(0, len(steps)), broken)
            reply = self.client.request("batch", {"steps": steps}, **({"deadline_ms": limit} if limit else {}))
            self.assertFalse(reply["ok"])
            self.assertTrue(reply["error"].get("undone"), reply["error"])
            self.same(before, fingerprint(self.client), steps)

    def test_a_batch_is_its_steps_and_one_undo_step(self) -> None:
        for _ in range(ROUNDS):
            dice = Dice(self.dice)
            steps = [dice.step() for _ in range(self.dice.randint(1, 8))]
            self.fresh_scene()
            for step in steps:
                self.client.call(step["tool"], **step["arguments"])
            one_by_one = fingerprint(self.client)

            self.fresh_scene()
            before = fingerprint(self.client)
            edits = self.client.call("batch", steps=steps, label="All")["generation"]
            together = fingerprint(self.client)
            self.same(one_by_one, together, steps)
            if "All" not in self.client.call("history", action="list")["undo"]:
                self.assertEqual({step["tool"] for step in steps} - {"execute_blender_code"}, {"get_object_info"}, edits)
                continue
            while self.client.call("history", action="undo")["steps"] != ["All"]:
                pass
            self.same(before, fingerprint(self.client), steps)
