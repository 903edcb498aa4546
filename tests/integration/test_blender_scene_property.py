"""Random edits behind the daemon's back and before its eyes: no read is stale, no change is untold.

Every run prints its seed; BLENDER_MCPD_TEST_SEED repeats it, BLENDER_MCPD_TEST_SCENE_ROUNDS makes it longer.
"""

from __future__ import annotations

import json
import os
import random
import re
import unittest
from typing import Any

from client import Client, SharedDaemonTestCase
from peers import SocketPeer
from test_blender_offers import SCENE, updated
from test_daemon_http import Server
from world import BLENDER, Signal, World

Json = dict[str, Any]

ROUNDS = int(os.environ.get("BLENDER_MCPD_TEST_SCENE_ROUNDS", "80"))
PARTS = ["mesh", "modifiers", "materials", "constraints", "animation", "custom_properties", "children"]
SUMMARY: Json = {"detail": "full", "limit": 200}

# Edits of one object `o` with the mesh `o.data`, the material `m` and of the scene `s`; `r` is a random number in [0, 1).
EDITS = [
    "o.location.x = r", "o.rotation_euler.z = r", "o.scale.y = 1 + r", "o.delta_location.z = r",
    "o['mine'] = r", "o.data['mine'] = r", "m['mine'] = r", "s['mine'] = r", "s.world['mine'] = r",
    "o.modifiers.new(f'M{r:.3f}', 'BEVEL').width = r", "o.modifiers.clear()",
    "for each in o.modifiers: each.show_render = not each.show_render",
    "o.constraints.new('COPY_LOCATION').influence = r", "for each in o.constraints: each.mute = not each.mute",
    "m.node_tree.nodes['Principled BSDF'].inputs['Roughness'].default_value = r", "m.diffuse_color = (r, r, r, 1)",
    "o.data.materials.clear(); o.data.materials.append(D.materials.new(f'New{r:.3f}'))",
    "o.keyframe_insert('location', frame=int(r * 1000))", "o.animation_data_clear()",
    "o.driver_add('scale', 0).driver.expression = f'{1 + r:.3f}'",
    "o.data.vertices[0].co.x = r", "o.data.transform(mathutils.Matrix.Scale(1 + r, 4))",
    "o.vertex_groups.new(name=f'G{r:.3f}')", "o.data.uv_layers.new(name=f'U{r:.3f}')",
    "o.hide_viewport = not o.hide_viewport", "o.hide_render = not o.hide_render", "o.hide_set(not o.hide_get())",
    "o.parent = None if o.parent else D.objects['Light']", "o.display_type = 'WIRE' if r < 0.5 else 'SOLID'",
    "c = D.collections.new(f'C{r:.3f}'); s.collection.children.link(c); c.objects.link(o)",
    "for each in D.collections: each.hide_render = not each.hide_render",
    "for each in C.view_layer.layer_collection.children: each.hide_viewport = not each.hide_viewport",
    "D.lights['Light'].energy = 1000 * r", "D.cameras['Camera'].lens = 20 + r", "s.world.color = (r, r, r)",
    "s.world = D.worlds.new(f'W{r:.3f}')", "s.render.resolution_x = 100 + int(1000 * r)", "s.frame_current = int(100 * r)",
    "s.unit_settings.scale_length = 1 + r", "s.camera = None if s.camera else D.objects['Camera']",
    "D.images.new(f'I{r:.3f}', 4, 4)", "s.timeline_markers.new(f'T{r:.3f}')",
    "n = D.objects.new(f'O{r:.3f}', o.data.copy()); s.collection.objects.link(n)", "o.name = f'R{r:.3f}'",
    "D.objects.remove(o) if len(D.meshes) > 2 else None",
    "bpy.ops.mesh.primitive_cube_add(); C.object.data.materials.append(D.materials[0])",
]

# Names by what this test, not the runtime, thinks of as one thing's state.
FINGERPRINT = """
def own(b):
    return repr([(k, getattr(b[k], 'to_dict', lambda: b[k])()) for k in b.keys() if k != 'cycles'])
def animated(a):
    return repr([a.action and (a.action.name, a.action.frame_range[:]), len(a.drivers)]) if a else ''
def of_object(o):
    d = o.data
    geometry = [v.co[:] for v in d.vertices] + d.uv_layers.keys() if o.type == 'MESH' else []
    return repr([o.matrix_basis, o.delta_location, o.parent and o.parent.name, d and d.name, own(o), animated(o.animation_data),
                 o.material_slots.keys(), [(m.name, m.show_render) for m in o.modifiers],
                 [(c.name, c.mute, c.influence) for c in o.constraints], o.vertex_groups.keys(), o.hide_viewport,
                 o.hide_render, o.hide_get(), o.display_type, sorted(c.name for c in o.users_collection), geometry])
def of_scene(s):
    return repr([s.camera and s.camera.name, s.world and s.world.name, s.render.resolution_x, s.frame_current, own(s),
                 s.unit_settings.scale_length, s.timeline_markers.keys(), [c.hide_viewport for c in
                 s.view_layers[0].layer_collection.children]])
def of_material(m):
    node = m.node_tree and m.node_tree.nodes.get('Principled BSDF')
    return repr([m.diffuse_color[:], own(m), node and node.inputs['Roughness'].default_value])
result = {
    'objects': {o.name: of_object(o) for o in D.objects},
    'more': {**{f'scene:{s.name}': of_scene(s) for s in D.scenes},
             **{f'material:{m.name}': of_material(m) for m in D.materials},
             **{f'mesh:{m.name}': own(m) for m in D.meshes},
             **{f'world:{w.name}': repr([w.color[:], own(w)]) for w in D.worlds},
             **{f'light:{l.name}': repr(l.energy) for l in D.lights},
             **{f'camera:{c.name}': repr(c.lens) for c in D.cameras},
             **{f'collection:{c.name}': repr([c.hide_render, own(c)]) for c in D.collections},
             **{f'image:{i.name}': '' for i in D.images}}}
"""

# What the tools would say now, from the runtime itself.
TRUTH = """
from blender_mcpd_runtime import op_object_info, op_scene
class Reading:
    document = next(cell.cell_contents for handler in bpy.app.handlers.undo_post for cell in handler.__closure__ or ()
                    if type(cell.cell_contents).__name__ == 'Document')
result = [op_scene.get_scene_info(Reading, {summary!r}),
          op_object_info.get_object_info(Reading, {{'names': {names!r}, 'include': {parts!r}}})]
"""

PICK = """
import random
chance = random.Random({seed})
s, r = C.scene, chance.random()
# What Blender does not evaluate is counted, but not named.
seen = [each for each in s.objects if each.type == 'MESH' and each.visible_get() and each.data.vertices]
if not seen:
    mesh = D.meshes.new('Seen')
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    seen = [D.objects.new('Seen', mesh)]
    s.collection.objects.link(seen[0])
o = chance.choice(seen)
if not o.data.materials or not o.data.materials[0]: o.data.materials.append(D.materials.new('M'))
m = o.data.materials[0]
m.use_nodes = True
"""


def seeded(test: str) -> random.Random:
    seed = int(os.environ.get("BLENDER_MCPD_TEST_SEED") or random.randrange(2**32))
    print(f"{test}: seed {seed}", flush=True)
    return random.Random(seed)


class StaleTest(unittest.TestCase):
    """Two clients of one daemon with its cache on."""

    maxDiff = None

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)
        self.server = Server(self.world, launch=("--blender", BLENDER, "--launch", "always"),
                             BLENDER_MCPD_SOCKET_ENABLED="true")
        self.addCleanup(self.server.close)
        self.peers = [SocketPeer(self.world.folder / "blender-mcpd" / "daemon.sock") for _ in range(2)]
        for peer in self.peers:
            self.addCleanup(peer.close)
        self.go, self.done = Signal(self.world, "go"), Signal(self.world, "done")
        self.addCleanup(self.go.close)
        self.addCleanup(self.done.close)
        self.chance = seeded(self.id())
        self.files = 0

    def call(self, peer: int, tool: str, **arguments: Any) -> Json:
        result = self.peers[peer].ask("tools/call", {"name": tool, "arguments": arguments})["result"]
        self.assertNotIn("isError", result, result)
        return result["structuredContent"]

    def run_code(self, peer: int, code: str) -> Any:
        return self.call(peer, "execute_blender_code", code=code)["result"]

    def reads(self, peer: int) -> list[Json]:
        scene = self.call(peer, "get_scene_info", **SUMMARY)
        names = [item["name"] for item in scene["objects"]]
        return [scene, self.call(peer, "get_object_info", names=names, include=PARTS)]

    def check(self, where: str) -> None:
        """The second client gets, maybe from the cache, what Blender would say."""
        known = self.reads(0)  # now there is something to be stale
        read = self.reads(1)
        names = [item["name"] for item in read[0]["objects"]]
        truth = self.run_code(0, TRUTH.format(summary=SUMMARY, names=names, parts=PARTS))
        for told in (known, read, truth):
            del told[0]["generation"]  # every look at it finds a new one after a thread
        self.assertEqual(json.loads(json.dumps(read)), truth, where)
        self.assertEqual(known, read, where)

    def edit_by_thread(self, code: str) -> None:
        """Starts now and edits when told to, when no call runs; the thread ends with that."""
        with_signal = f"with open({str(self.world.folder / 'go')!r}) as fifo: fifo.read(1)"
        self.run_code(0, f"""
import threading
def later(name):
    {with_signal}
    o = D.objects[name]
    {code}
    {self.done.code.strip()}
{PICK.format(seed=self.chance.randrange(2**32))}
threading.Thread(target=later, args=(o.name,), daemon=True).start()""")
        self.reads(0)
        self.reads(1)
        with open(self.world.folder / "go", "w") as fifo:
            fifo.write("x")
        self.done.wait()

    def step(self) -> str:
        kind = self.chance.choices(["script", "thread", "history", "file", "handler"], [10, 4, 3, 1, 1])[0]
        if kind == "script":
            edit = self.chance.choice(EDITS)
            self.run_code(1, PICK.format(seed=self.chance.randrange(2**32)) + edit)
            return edit
        if kind == "thread":
            self.edit_by_thread(f"o.location.y = {self.chance.random()}; o['thread'] = {self.chance.random()}")
        elif kind == "handler":
            self.run_code(0, f"def on_update(*args): D.objects['Light']['seen'] = {self.chance.random()}\n"
                             "bpy.app.handlers.depsgraph_update_post.append(on_update)")
            self.reads(1)
            self.call(1, "update_objects", items=[{"name": "Camera", "location": [self.chance.random(), 0, 0]}])
            self.check("handler")
            self.run_code(0, "bpy.app.handlers.depsgraph_update_post.clear()")
        elif kind == "history":
            self.walk_history()
        else:
            self.change_file()
        return kind

    def walk_history(self) -> None:
        told = self.call(0, "history", action="list")
        choices = [action for action in ("undo", "redo") if told[action]] + ["checkpoint", "restore"]
        action = self.chance.choice(choices)
        if action in ("undo", "redo"):
            self.call(0, "history", action=action, steps=self.chance.randint(1, min(3, len(told[action]))))
        elif action == "checkpoint" or not told["checkpoints"]:
            self.files += 1
            self.call(0, "history", action="checkpoint", name=f"point {self.files}")
        else:
            self.call(0, "history", action="restore", name=self.chance.choice(told["checkpoints"])["name"])

    def change_file(self) -> None:
        self.files += 1
        path = str(self.world.folder / f"scene{self.files}.blend")
        action = self.chance.choice(["save", "open", "new"])
        if action == "new":
            self.call(1, "manage_file", action="new", discard_changes=True)
        else:
            self.call(1, "manage_file", action="save_as", path=path)
            if action == "open":
                self.run_code(0, "D.objects['Light'].location.x += 1")
                self.reads(0)
                self.call(1, "manage_file", action="open", path=path, discard_changes=True)

    def test_no_read_is_stale(self) -> None:
        self.check("at first")
        for index in range(ROUNDS):
            what = self.step()
            self.check(f"after {what}, round {index}")
        status, _, text = self.server.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        hits = re.search(r"(?m)^blender_mcpd_cache_hits(?:_total)? (\d+)$", text)
        self.assertIsNotNone(hits, text)
        self.assertGreater(int(hits[1]), ROUNDS)  # it did take part


class ChangesTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.chance = seeded(self.id())

    def fingerprint(self) -> Json:
        return self.client.run(FINGERPRINT)

    def assertTold(self, before: Json, after: Json, changes: Json, what: str) -> None:
        for part in ("objects", "more"):
            # Meshes and the like that come and go with their object are not mentioned beside it.
            def named(names: set[str]) -> set[str]:
                return {name for name in names if not name.startswith(("mesh:", "light:", "camera:"))}

            def of_part(names: list[str]) -> set[str]:
                return {name for name in names if (name in after[part] or name in before[part])}

            old, new = set(before[part]), set(after[part])
            self.assertEqual(named(of_part(changes["added"])), named(new - old), what)
            self.assertEqual(named(of_part(changes["removed"])), named(old - new), what)
            changed = {name for name in old & new if before[part][name] != after[part][name]}
            self.assertLessEqual(changed, set(changes["changed"]) | set(changes["added"]), what)

    def test_changes_are_what_has_changed(self) -> None:
        for index in range(ROUNDS):
            edit = EDITS[index] if index < len(EDITS) else self.chance.choice(EDITS)
            pick = PICK.format(seed=self.chance.randrange(2**32))
            self.client.run(pick)
            before = self.fingerprint()
            changes = self.client.do("execute_blender_code", code=pick + edit)["changes"]
            after = self.fingerprint()
            self.assertTold(before, after, changes, edit)
            if self.chance.random() < 0.3:
                for action in ("undo", "redo"):
                    told = self.client.do("history", action="list")
                    if told[action]:
                        old = self.fingerprint()
                        changes = self.client.do("history", action=action)["changes"]
                        self.assertTold(old, self.fingerprint(), changes, f"{action} of {edit}")

    def test_subscribers_hear_of_every_edit(self) -> None:
        """A sample: there are at most five events a second."""
        self.assertEqual(self.client.result("resources/subscribe", {"uri": SCENE}), {})
        self.addCleanup(self.client.result, "resources/unsubscribe", {"uri": SCENE})
        for index, edit in enumerate(self.chance.sample(EDITS, 12)):
            with self.subTest(edit):
                pick = PICK.format(seed=self.chance.randrange(2**32))
                self.client.run(pick)
                self.wait_for_silence(f"Mark{index}")
                if any(self.client.do("execute_blender_code", code=pick + edit)["changes"].values()):
                    updated(self.client, SCENE)

    def wait_for_silence(self, mark: str) -> None:
        """Updates come in the order of the edits, and those of one edit together: after the last one's nothing is left."""
        uri = f"blender://default/object/{mark}"
        self.client.result("resources/subscribe", {"uri": uri})
        self.client.do("create_objects", items=[{"kind": "empty", "name": mark}])
        updated(self.client, uri)
        self.client.result("resources/unsubscribe", {"uri": uri})
        for message in self.client.waiting():
            if message.get("method") == "notifications/resources/updated":
                self.client.take(lambda other, message=message: other is message)


if __name__ == "__main__":
    unittest.main()
