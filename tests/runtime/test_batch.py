"""batch: one undo step, all or none."""

from __future__ import annotations

from typing import Any

from harness import BlenderTestCase


class BatchTestCase(BlenderTestCase):
    def batch(self, *steps: tuple[str, dict[str, Any]], **args: Any) -> dict[str, Any]:
        return self.client.call("batch", **self.arguments(*steps, **args))

    def fail(self, *steps: tuple[str, dict[str, Any]], **args: Any) -> dict[str, Any]:
        reply = self.client.request("batch", self.arguments(*steps, **args))
        self.assertFalse(reply["ok"], reply)
        return reply["error"]

    @staticmethod
    def arguments(*steps: tuple[str, dict[str, Any]], **args: Any) -> dict[str, Any]:
        return {"steps": [{"tool": tool, "arguments": arguments} for tool, arguments in steps], **args}

    def names(self) -> list[str]:
        return self.client.run("result = sorted(D.objects.keys())")

    def undo_steps(self) -> list[str]:
        return self.client.call("history", action="list")["undo"]


def create(name: str) -> tuple[str, dict[str, Any]]:
    return "create_objects", {"items": [{"kind": "empty", "name": name}]}


def rename(old: str, new: str) -> tuple[str, dict[str, Any]]:
    return "update_objects", {"items": [{"name": old, "rename": new}]}


def delete(*names: str) -> tuple[str, dict[str, Any]]:
    return "delete_objects", {"names": list(names)}


def script(code: str) -> tuple[str, dict[str, Any]]:
    return "execute_blender_code", {"code": code}


class ResultTest(BatchTestCase):
    def test_each_step_tells_its_result(self) -> None:
        done = self.batch(create("A"), ("get_object_info", {"names": ["A"]}), script("result = len(D.objects)"))
        self.assertEqual([step["tool"] for step in done["steps"]],
                         ["create_objects", "get_object_info", "execute_blender_code"])
        self.assertEqual(done["steps"][1]["result"]["objects"][0]["name"], "A")
        self.assertEqual(done["steps"][2]["result"]["result"], 4)
        self.assertEqual(done["changes"], {"added": ["A"], "removed": [], "changed": {}})
        self.assertEqual(done["generation"], self.client.request("ping")["gen"])

    def test_what_came_and_went_is_not_mentioned(self) -> None:
        done = self.batch(create("A"), rename("A", "B"), delete("B"), create("C"), rename("C", "D"),
                          rename("Cube", "Box"), delete("Light"), script("D.objects['D'].location.x = 3"))
        self.assertEqual(done["changes"], {"added": ["D"], "removed": ["Light"], "changed": {"Box": ["name"]}})

    def test_one_undo_step_with_the_label(self) -> None:
        self.batch(create("A"), script("D.objects['Cube'].location.x = 3"), delete("Light"), label="Tidy up\n")
        self.assertEqual(self.undo_steps(), ["Tidy up "])
        self.client.call("history", action="undo")
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.client.call("history", action="redo")
        self.assertEqual(self.names(), ["A", "Camera", "Cube"])

    def test_looking_is_no_undo_step(self) -> None:
        self.batch(("get_scene_info", {}))
        self.assertEqual(self.undo_steps(), [])

    def test_not_atomic_steps_are_undo_steps(self) -> None:
        self.batch(create("A"), create("B"), atomic=False)
        self.assertEqual(self.undo_steps(), ["Create B", "Create A"])


class FailureTest(BatchTestCase):
    def test_a_refused_step_takes_all_back(self) -> None:
        error = self.fail(create("A"), delete("Cube"), rename("Nobody", "B"), create("C"))
        self.assertEqual((error["kind"], error["undone"]), ("not_found", True))
        self.assertEqual(error["field"], "steps[2].arguments.items[0].name")
        self.assertIn("steps[2].arguments.items[0].name (update_objects): ", error["message"])
        self.assertIn("rolled back", error["message"])
        self.assertEqual(error["details"]["step"], 2)
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.assertEqual(self.undo_steps(), [])
        self.assertEqual(self.client.call("history", action="list")["redo"], [])

    def test_a_failing_script_is_taken_back_too(self) -> None:
        error = self.fail(create("A"), script("print('so far'); D.objects['Cube'].location.x = 3; nonsense"))
        self.assertEqual((error["kind"], error["undone"], error["details"]["stdout"]), ("script", True, "so far\n"))
        self.assertNotIn("changes", error["details"])
        self.assertEqual(self.object("Cube")["location"], [0, 0, 0])
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_an_operation_that_fails_halfway(self) -> None:
        error = self.fail(create("A"), ("update_objects", {"items": [{"name": "Cube", "location": [5, 0, 0]}, {
            "name": "Light", "location": [1, 2, 3], "look_at": [1, 2, 3]}]}))
        self.assertTrue(error["undone"])
        self.assertEqual(self.object("Cube")["location"], [0, 0, 0])

    def test_the_file_is_as_clean_as_before(self) -> None:
        before = self.client.call("status")
        self.fail(create("A"), delete("Nobody"))
        after = self.client.call("status")
        self.assertEqual(after["dirty"], before["dirty"])
        self.assertGreater(after["generation"], before["generation"])

    def test_the_history_before_it_is_there(self) -> None:
        self.batch(create("A"))
        self.client.call("create_objects", items=[{"kind": "empty", "name": "B"}])
        self.fail(create("C"), delete("Nobody"))
        self.assertEqual(self.undo_steps(), ["Create B", "Batch of 1 steps"])
        self.client.call("history", action="undo", steps=2)
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_a_full_history(self) -> None:
        for index in range(40):
            self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{index}"}])
        before = self.names()
        self.fail(create("C"), *[script("D.objects['Cube'].location.x += 1")] * 40, delete("Nobody"))
        self.assertEqual(self.names(), before)
        self.assertEqual(self.object("Cube")["location"], [0, 0, 0])

    def test_a_script_that_pushes_steps(self) -> None:
        self.fail(create("A"), script("bpy.ops.ed.undo_push(message='mine'); D.objects['Cube'].location.x = 3"),
                  script("bpy.ops.ed.undo_push(message='mine too')"), delete("Nobody"))
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.assertEqual(self.object("Cube")["location"], [0, 0, 0])
        self.assertEqual(self.undo_steps(), [])

    def test_a_script_that_fills_the_history(self) -> None:
        flood = "for x in range(40):\n    D.objects['Cube'].location.x = x\n    bpy.ops.ed.undo_push(message=f'mine {x}')"
        error = self.fail(create("A"), script(flood), delete("Nobody"))
        self.assertEqual(error["kind"], "partial")
        self.assertNotIn("undone", error)
        self.assertIn("could not be rolled back", error["message"])
        self.assertIn("A", error["details"]["changes"]["added"])

    def test_a_script_that_switches_undo_off(self) -> None:
        error = self.fail(create("A"), script("C.preferences.edit.use_global_undo = False\n"
                                              "D.objects['Cube'].location.x = 3"), delete("Nobody"))
        self.assertEqual((error["kind"], error["undone"]), ("not_found", True))
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.assertEqual(self.object("Cube")["location"], [0, 0, 0])
        self.assertTrue(self.client.run("result = C.preferences.edit.use_global_undo"))

    def test_a_script_in_edit_mode(self) -> None:
        self.fail(script("C.view_layer.objects.active = D.objects['Cube']; bpy.ops.object.mode_set(mode='EDIT')\n"
                         "bpy.ops.mesh.subdivide()"), create("A"), delete("Nobody"))
        self.assertEqual(self.client.run("result = [C.mode, len(D.objects['Cube'].data.vertices)]"), ["OBJECT", 8])

    def test_a_script_that_opens_a_file_cannot_be_taken_back(self) -> None:
        error = self.fail(create("A"), script("bpy.ops.wm.read_homefile()"), create("B"), delete("Nobody"))
        self.assertEqual(error["kind"], "partial")
        self.assertIn("could not be rolled back", error["message"])
        self.assertEqual(self.names(), ["B", "Camera", "Cube", "Light"])
        self.client.call("create_objects", items=[{"kind": "empty", "name": "C"}])
        self.client.call("history", action="undo")
        self.assertEqual(self.names(), ["B", "Camera", "Cube", "Light"])

    def test_without_undo(self) -> None:
        undo = "C.preferences.edit.use_global_undo"
        self.client.run(f"{undo} = False")
        self.addCleanup(lambda: self.connect().run(f"{undo} = True"))
        error = self.fail(create("A"))
        self.assertIn("Global Undo", error["message"])
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.batch(create("A"), atomic=False)
        self.assertEqual(self.names(), ["A", "Camera", "Cube", "Light"])

    def test_not_atomic_stops_and_keeps_what_was_done(self) -> None:
        error = self.fail(create("A"), delete("Nobody"), create("B"), atomic=False)
        self.assertEqual((error["kind"], error["field"]), ("partial", "steps[1].arguments.names[0]"))
        self.assertNotIn("undone", error)
        self.assertEqual(error["details"]["changes"]["added"], ["A"])
        self.assertEqual([step["tool"] for step in error["details"]["steps"]], ["create_objects"])
        self.assertEqual(self.names(), ["A", "Camera", "Cube", "Light"])

    def test_not_atomic_and_nothing_done(self) -> None:
        error = self.fail(delete("Nobody"), create("B"), atomic=False)
        self.assertEqual((error["kind"], error["undone"]), ("not_found", True))


class InterruptTest(BatchTestCase):
    def test_a_deadline_takes_all_back(self) -> None:
        reply = self.client.request("batch", self.arguments(create("A"), script("while True: pass")), deadline_ms=200)
        self.assertEqual((reply["error"]["kind"], reply["error"]["undone"]), ("deadline", True))
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])

    def test_an_interrupt_between_steps_takes_all_back(self) -> None:
        """The script swallows it; the next step would only look."""
        swallow = "try:\n    while True: pass\nexcept BaseException: pass"
        reply = self.client.request("batch", self.arguments(create("A"), script(swallow), ("get_scene_info", {})),
                                    deadline_ms=200)
        self.assertEqual((reply["error"]["kind"], reply["error"]["undone"]), ("deadline", True))
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.batch(create("A"))
        self.assertEqual(self.undo_steps()[0], "Batch of 1 steps")

    def test_progress(self) -> None:
        self.batch(create("A"), script("import time; time.sleep(0.2)"), script("time = 1"), create("B"))
        self.assertEqual({event["total"] for event in self.client.events if event["event"] == "progress"}, {4})
