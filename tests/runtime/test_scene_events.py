"""Scene events: who asked for them hears that the scene has changed, and what."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase

# The feed without Blender's own life, and with time that the test makes.
FEED = """
import json, struct
from blender_mcpd_runtime.scene_events import INTERVAL_S, MAX_NAMES, News, SceneFeed

class Watching:
    has_unsent = False
    def __init__(self):
        self.sent = []
    def send(self, data):
        size, blob = struct.unpack_from('>II', data)
        assert (len(data), blob) == (8 + size, 0)
        self.sent.append(json.loads(data[8:]))

def news(*names, **members):
    made = News()
    made.add(names)
    vars(made).update(members)
    return made

feed, watching, wakes = SceneFeed(), Watching(), []
feed.wake = lambda: wakes.append(1)
"""


class SceneEventsTest(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.watcher = self.connect()
        self.assertEqual(self.watcher.call("watch"), {})

    def event(self) -> dict[str, Any]:
        message = self.watcher.read()[0]
        self.assertEqual(message["event"], "scene")
        return message

    def events_until(self, generation: int) -> list[dict[str, Any]]:
        """All events up to the one that tells of that generation."""
        events = [self.event()]
        while events[-1]["gen"] < generation:
            events.append(self.event())
        self.assertEqual(events[-1]["gen"], generation)
        return events

    def generation(self) -> int:
        return self.client.request("ping")["gen"]

    def test_operations_tell_what_they_changed(self) -> None:
        steps = [
            ("create_objects", {"items": [{"kind": "cube", "name": "Box", "collection": "Props"}]},
             {"Box", "collection:Props"}),
            ("update_objects", {"items": [{"name": "Box", "location": [1, 2, 3]}]}, {"Box"}),
            ("set_material", {"objects": ["Box"], "material": {"name": "Steel"}}, {"Box", "material:Steel"}),
            ("execute_blender_code", {"code": "D.objects['Light'].location.x += 1"}, {"Light"}),
            ("delete_objects", {"names": ["Box"]}, {"Box"}),
        ]
        for op, args, changed in steps:
            with self.subTest(op):
                self.client.call(op, **args)
                event = self.event()
                self.assertEqual((event["gen"], set(event["changed"])), (self.generation(), changed))
                self.assertEqual(set(event), {"event", "gen", "changed"})

    def test_what_changes_nothing_is_not_told(self) -> None:
        self.client.call("get_scene_info", detail="full")
        self.client.run("result = len(D.objects)")
        self.client.request("create_objects", {"items": [{"kind": "cube"}, {"kind": "cube", "parent": "no"}]})
        self.client.request("manage_file", {"action": "save"})
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Marker"}])
        self.assertEqual(self.event()["changed"], ["Marker"])

    def test_undo_and_redo_by_a_script(self) -> None:
        self.client.call("create_objects", items=[{"kind": "cube", "name": "Box"}])
        self.events_until(self.generation())
        for step in ("undo", "redo"):
            with self.subTest(step):
                self.client.run(f"bpy.ops.ed.{step}()")
                self.assertIn("Box", self.events_until(self.generation())[-1]["changed"])

    def test_another_file_is_told_and_so_is_another_path(self) -> None:
        path = str(self.blender.folder / "events.blend")
        before = self.generation()
        self.client.call("manage_file", action="save_as", path=path)
        event = self.event()
        self.assertEqual((event["gen"], event["changed"], event["file"]), (before, [], path))
        self.client.call("manage_file", action="new")
        self.assertEqual(self.events_until(before + 1)[-1]["file"], "")
        self.client.call("manage_file", action="open", path=path)
        self.assertEqual(self.events_until(before + 2)[-1]["file"], path)
        self.client.run("bpy.ops.wm.read_homefile()")
        self.assertEqual(self.events_until(before + 3)[-1]["file"], "")

    def test_a_change_without_a_name_says_so(self) -> None:
        self.client.run("C.scene.eevee.taa_samples = 3; C.scene.update_tag()")
        event = self.event()
        self.assertEqual((event["changed"], event.get("more")), ([], True))

    def test_what_handlers_do_in_a_render_is_counted(self) -> None:
        self.client.call("render", engine="workbench", resolution=[16, 16])
        before = self.generation()
        self.client.call("render", engine="workbench", resolution=[16, 16])
        self.assertEqual(self.generation(), before)
        self.client.run("def h(*args): D.objects['Cube']['seen'] = 1\nbpy.app.handlers.render_pre.append(h)")
        before = self.generation()
        self.client.call("render", engine="workbench", resolution=[16, 16])
        self.assertGreater(self.generation(), before)
        self.client.run("bpy.app.handlers.render_pre.clear()")

    def test_what_threads_do_between_operations_is_counted(self) -> None:
        go, done = self.gate(), self.gate()
        self.client.run(f"import threading\ndef later():\n    {go.code}\n    D.objects['Cube'].location.x = 5\n    {done.code}\n"
                        "thread = threading.Thread(target=later); thread.start()", namespace="session")
        self.client.call("get_scene_info")
        before = self.generation()
        self.assertGreater(self.generation(), before)
        go.open()
        done.open()
        self.client.run("thread.join()", namespace="session")
        self.assertVector(self.object("Cube")["world_bounds"][1], [6, 1, 1])
        self.generation()
        self.assertEqual(self.generation(), self.generation())

    def test_what_others_do_between_operations(self) -> None:
        path = str(self.blender.folder / "others.blend")
        # What is done, what the event has, and whether it is an unsaved edit.
        cases: list[tuple[str, dict[str, Any], bool]] = [
            ("D.objects['Cube'].location.x = 5; C.view_layer.update()", {"changed": "Cube"}, True),
            ("C.scene.collection.children.link(D.collections.new('Theirs')); C.view_layer.update()",
             {"changed": "collection:Theirs"}, True),
            ("D.lights['Light'].energy = 7; C.view_layer.update()", {"changed": "light:Light"}, True),
            ("bpy.ops.ed.undo()", {"more": True}, True),
            ("bpy.ops.ed.redo()", {"more": True}, True),
            (f"bpy.ops.wm.save_as_mainfile(filepath={path!r})", {"file": path}, False),
            ("bpy.ops.wm.read_homefile()", {"file": ""}, False),
        ]
        for code, expected, is_edit in cases:
            with self.subTest(code):
                before = self.generation()
                generation, dirty = self.run_as_a_user(code)
                self.assertEqual((generation > before, dirty), (is_edit or code.endswith("homefile()"), is_edit))
                event = self.event()
                while not self.has(event, expected):
                    event = self.event()
                self.assertGreaterEqual(event["gen"], before)

    def run_as_a_user(self, code: str) -> list[Any]:
        """Generation and unsaved changes after it. The runtime is told that its operation is over while the script goes
        on: a user in a window does the same things between two operations."""
        return self.client.run("document = bpy.app.handlers.undo_post[-1].__closure__[0].cell_contents\n"
                               f"document.end_job()\n{code}\nresult = [document.generation, document.dirty]\n"
                               "document.begin_job()")

    @staticmethod
    def has(event: dict[str, Any], members: dict[str, Any]) -> bool:
        return all(value in event[member] if member == "changed" else event.get(member) == value
                   for member, value in members.items())

    def test_only_who_asked_is_told_and_asking_twice_is_asking_once(self) -> None:
        second = self.connect()
        self.assertEqual([second.call("watch"), second.call("watch")], [{}, {}])
        self.client.call("create_objects", items=[{"kind": "empty", "name": "One"}])
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Two"}])
        last = self.generation()
        for client in (self.watcher, second):
            told: list[str] = []
            while "Two" not in told:
                message = client.read()[0]
                told += message["changed"]
            self.assertEqual((told, message["gen"]), (["One", "Two"], last))
        self.assertEqual(self.client.events, [])

    def test_a_watcher_that_leaves_or_does_not_read_stops_nobody(self) -> None:
        self.watcher.close()
        lazy = self.connect()
        lazy.call("watch")
        for index in range(20):
            self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{index}"}])
        told: list[str] = []
        while "E19" not in told:
            told += lazy.read()[0]["changed"]
        self.assertEqual(told, [f"E{index}" for index in range(20)])

    def test_events_come_while_the_main_thread_works(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Marker"}])
        self.event()
        # The second event within the interval is due while the script holds the main thread.
        gate = self.gate()
        self.client.call("create_objects", items=[{"kind": "empty", "name": "Second"}])
        running = self.client.start("execute_blender_code", {"code": gate.code})
        self.assertEqual(self.event()["changed"], ["Second"])
        gate.open()
        self.assertTrue(self.client.reply(running)[0]["ok"])


class SceneFeedTest(BlenderTestCase):
    def feed(self, code: str) -> Any:
        return self.client.run(FEED + code)

    def test_five_events_a_second_at_most_and_nothing_is_lost(self) -> None:
        result = self.feed("""
feed.add(watching)
feed.publish(1, news('A'))
first = feed.deliver(100.0)                 # nothing is left
feed.publish(2, news('B'))
second = feed.deliver(100.0)                # too early
feed.publish(3, news('A', file='x.blend'))
third = feed.deliver(100.1)
early = len(watching.sent)
feed.deliver(100.0 + INTERVAL_S)
feed.deliver(200.0)                         # nothing new
result = [first, second, third, early, INTERVAL_S, watching.sent, len(wakes)]
""")
        first, second, third, early, interval, sent, wakes = result
        self.assertEqual((first, early, interval, wakes), (None, 1, 0.2, 2))
        self.assertAlmostEqual(second, 100.2)
        self.assertAlmostEqual(third, 100.2)
        self.assertEqual(sent, [{"event": "scene", "gen": 1, "changed": ["A"]},
                                {"event": "scene", "gen": 3, "changed": ["B", "A"], "file": "x.blend"}])

    def test_no_more_names_than_anybody_needs(self) -> None:
        sent = self.feed("""
feed.add(watching)
for index in range(MAX_NAMES):
    feed.publish(index, news(f'Object.{index}'))
feed.publish(300, news('Object.0'))         # has a place already
feed.deliver(1.0)
for index in range(MAX_NAMES + 1):
    feed.publish(301, news(f'Object.{index}'))
feed.deliver(2.0)
feed.publish(302, news(*map(str, range(10_000))))
feed.deliver(3.0)
result = [[len(event['changed']), event.get('more', False)] for event in watching.sent]
""")
        self.assertEqual(sent, [[256, False], [256, True], [256, True]])

    def test_who_has_not_taken_an_event_gets_no_second_one(self) -> None:
        result = self.feed("""
feed.add(watching)
watching.has_unsent = True
feed.publish(1, news('A'))
due = feed.deliver(1.0)                     # nothing to wait for: no busy loop
feed.publish(2, news('B'))
feed.deliver(2.0)
held = len(watching.sent)
watching.has_unsent = False
feed.deliver(3.0)
feed.remove(watching)
feed.publish(3, news('C'))
feed.deliver(4.0)
result = [due, held, watching.sent]
""")
        self.assertEqual(result, [None, 0, [{"event": "scene", "gen": 2, "changed": ["A", "B"]}]])


if __name__ == "__main__":
    unittest.main()
