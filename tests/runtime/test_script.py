"""execute_blender_code."""

from __future__ import annotations

import unittest
from typing import Any

from harness import BlenderTestCase


class ScriptResultTest(BlenderTestCase):
    def test_values_become_json(self) -> None:
        cases: dict[str, Any] = {
            "None": None,
            "True": True,
            "[1, 2.5, 'ä', (3,), {4}]": [1, 2.5, "ä", [3], [4]],
            "{'a': 1, 2: 'b'}": {"a": 1, "2": "b"},
            "2 ** 63": 2 ** 63,
            "2 ** 64": str(2 ** 64),
            "mathutils.Vector((1, 2, 3))": [1, 2, 3],
            "mathutils.Color((0, 0.5, 1))": [0, 0.5, 1],
            "mathutils.Matrix.Identity(2)": [[1, 0], [0, 1]],
            "D.objects['Cube'].bound_box[0]": [-1, -1, -1],
            "D.objects['Cube'].lock_location": [False, False, False],
            "math.pi": 3.141592653589793,
            "b'x'": "b'x'",
            "len": "<built-in function len>",
            "D.objects['Cube']": "bpy.data.objects['Cube']",
            "C.scene.name": "Scene",
            "chr(0xd800)": "?",
        }
        for expression, expected in cases.items():
            with self.subTest(expression):
                self.assertEqual(self.client.run("", return_expression=expression), expected)
                self.assertEqual(self.client.run(f"result = {expression}"), expected)

    def test_values_that_fight_back(self) -> None:
        code = """
class Bad:
    def __repr__(self): raise ValueError
loop = []; loop.append(loop)
deep = []
for _ in range(100000): deep = [deep]
result = [Bad(), loop, 10 ** 10000]
"""
        bad, loop, big = self.client.run(code)
        self.assertEqual(bad, "<Bad: ValueError in repr>")
        self.assertEqual(loop, ["[[...]]"])
        self.assertIn("int", big)
        self.client.request("execute_blender_code", {"code": code + "\nresult = deep"})
        self.assertEqual(self.client.run("result = 1"), 1)

    def test_nan_becomes_null_with_a_warning(self) -> None:
        reply = self.client.request("execute_blender_code", {
            "code": "result = {'a': [1.5, float('nan')], 'b': float('-inf')}"})
        self.assertEqual(reply["result"]["result"], {"a": [1.5, None], "b": None})
        self.assertEqual(reply["warnings"], ["result.result.a[1]", "result.result.b"])
        self.assertEqual(list(reply)[-1], "warnings")

    def test_result_is_null_unless_asked_for(self) -> None:
        self.assertIsNone(self.client.run("x = 5"))
        self.assertEqual(self.client.run("result = 5", return_expression="result + 1"), 6)

    def test_fresh_and_session_names(self) -> None:
        self.client.run("kept = 1; result = 2", namespace="session")
        self.assertEqual(self.client.run("", namespace="session", return_expression="kept"), 1)
        self.assertIsNone(self.client.run("", namespace="session"))
        self.assertFails("script", "execute_blender_code", {"code": "kept"})
        self.client.call("manage_file", action="new", discard_changes=True)
        self.assertFails("script", "execute_blender_code", {"code": "kept", "namespace": "session"})

    def test_functions_and_main_guard(self) -> None:
        code = "def f(): return g()\ndef g(): return 7\nif __name__ == '__main__': result = f()"
        self.assertEqual(self.client.run(code), 7)


class ScriptOutputTest(BlenderTestCase):
    def test_stdout_and_stderr(self) -> None:
        result = self.client.call("execute_blender_code", code="import sys\nprint('out ä')\nprint('err', file=sys.stderr)")
        self.assertEqual((result["stdout"], result["stderr"]), ("out ä\n", "err\n"))
        self.assertGreaterEqual(result["duration_ms"], 0)

    def test_long_output_keeps_both_ends(self) -> None:
        result = self.client.call("execute_blender_code", code="for i in range(100_000): print(i)")
        lines = result["stdout"].splitlines()
        self.assertEqual((lines[0], lines[-1]), ("0", "99999"))
        self.assertLess(len(result["stdout"]), 101_000)
        self.assertIn("characters left out", result["stdout"])

    def test_one_huge_write(self) -> None:
        result = self.client.call("execute_blender_code", code="print('a' * 10_000_000 + 'z')")
        self.assertTrue(result["stdout"].startswith("aaa") and result["stdout"].endswith("z\n"))
        self.assertIn("9900002 characters left out", result["stdout"])


class ScriptFailureTest(BlenderTestCase):
    def fail_with(self, code: str, **args: Any) -> dict[str, Any]:
        return self.assertFails("script", "execute_blender_code", {"code": code, **args})

    def test_a_failure_names_the_line(self) -> None:
        error = self.fail_with("print('before')\ndef f():\n    return nope\nf()")
        self.assertEqual(error["message"], "NameError: name 'nope' is not defined (line 3)")
        self.assertIn("    return nope", error["traceback"])
        self.assertIn('File "<script>", line 4', error["traceback"])
        self.assertNotIn("blender_mcpd_runtime", error["traceback"])
        self.assertEqual((error["details"]["stdout"], error["details"]["line"]), ("before\n", 3))

    def test_frames_of_the_runtime_are_not_shown(self) -> None:
        for code, name in (("sys.exit(3)", "SystemExit: 3"), ("os._exit(3)", "RuntimeError: os._exit()"),
                           ("os.kill(os.getpid(), 15)", "RuntimeError: os.kill()"),
                           ("bpy.ops.wm.quit_blender()", "RuntimeError: bpy.ops.wm.quit_blender()"),
                           ("try: sys.exit(3)\n    except SystemExit as e: raise ValueError('cause') from e", "ValueError: cause"),
                           ("try: os.abort()\n    except Exception: os._exit(1)", "RuntimeError: os._exit()"),
                           ("raise BaseExceptionGroup('all', [exited()])" if self.client.run("import sys\nresult = sys.version_info >= (3, 11)")
                            else "raise exited()", "")):
            with self.subTest(code):
                error = self.fail_with("import os, sys\ndef exited():\n  try: sys.exit(4)\n  except SystemExit as e: return e\n"
                                       f"def f():\n    {code}\nf()")
                trace = error["traceback"]
                self.assertIn(name, trace)
                self.assertIn('File "<script>", line 6, in f', trace)
                self.assertNotIn("containment", trace)
                self.assertNotIn("blender_mcpd_runtime", trace)

    def test_a_syntax_error(self) -> None:
        error = self.fail_with("x = 1\ny = = 2")
        self.assertEqual(error["message"], "SyntaxError: invalid syntax (line 2)")
        self.assertEqual(error["details"]["line"], 2)

    def test_a_null_byte(self) -> None:
        self.assertIn("null bytes", self.fail_with("x = '\0'")["message"])

    def test_a_failing_return_expression(self) -> None:
        error = self.fail_with("x = 1", return_expression="x + y")
        self.assertIn("name 'y' is not defined", error["message"])
        self.assertIn("x + y", error["traceback"])

    def test_an_operator_that_refuses(self) -> None:
        error = self.fail_with("bpy.ops.object.mode_set(mode='NOPE')")
        self.assertTrue(error["message"].startswith("TypeError"))

    def test_what_a_failed_script_changed_is_told_and_can_be_undone(self) -> None:
        error = self.fail_with("D.objects['Cube'].location.z = 5\n1/0")
        self.assertEqual(error["details"]["changes"]["changed"], {"Cube": ["location"]})
        self.client.run("bpy.ops.ed.undo()")
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])


class ScriptChangesTest(BlenderTestCase):
    def changes(self, code: str) -> dict[str, Any]:
        return self.client.call("execute_blender_code", code=code)["changes"]

    def assertChanged(self, code: str, added: list[str] = [], removed: list[str] = [], **changed: list[str]) -> None:
        with self.subTest(code):
            self.assertEqual(self.changes(code), {"added": added, "removed": removed, "changed": changed})

    def test_reading_changes_nothing(self) -> None:
        before = self.client.call("status")
        self.assertChanged("result = [o.location for o in D.objects]; C.view_layer.update()")
        after = self.client.call("status")
        self.assertEqual((after["generation"], after["dirty"]), (before["generation"], False))

    def test_changes_by_kind(self) -> None:
        self.assertChanged("bpy.ops.mesh.primitive_cube_add()", added=["Cube.001"])
        self.assertChanged("D.objects.remove(D.objects['Cube.001'])", removed=["Cube.001"])
        self.assertChanged("D.objects['Cube'].location.x = 1", Cube=["location"])
        self.assertChanged("D.objects['Cube'].rotation_euler.x = 1; D.objects['Cube'].scale = (2, 2, 2)",
                           Cube=["rotation", "scale"])
        self.assertChanged("D.objects['Cube'].parent = D.objects['Light']", Cube=["parent"])
        self.assertChanged("D.objects['Cube'].hide_render = True", Cube=["visible"])
        self.assertChanged("D.objects['Cube']['price'] = 3.5", Cube=["custom_properties"])
        self.assertChanged("D.objects['Cube'].name = 'Box'", added=["Box"], removed=["Cube"])

    def test_changes_of_content(self) -> None:
        self.assertIn("geometry", self.changes("D.objects['Cube'].data.vertices[0].co.x = 3")["changed"]["Cube"])
        changed = self.changes("D.objects['Cube'].modifiers.new('Bevel', 'BEVEL')")["changed"]
        self.assertIn("modifiers", changed["Cube"])
        code = "D.materials['Material'].use_nodes = True\n" \
               "D.materials['Material'].node_tree.nodes['Principled BSDF'].inputs['Roughness'].default_value = 0.1"
        self.assertIn("material:Material", self.changes(code)["changed"])

    def test_other_data_blocks(self) -> None:
        self.assertEqual(self.changes("D.materials.new('Steel'); D.collections.new('Props')")["added"],
                         ["material:Steel", "collection:Props"])
        self.assertEqual(self.changes("C.scene.frame_end = 10; C.scene.camera = None")["changed"],
                         {"scene:Scene": ["camera", "frame_range"]})

    def test_a_script_that_changes_is_dirty_and_one_undo_step(self) -> None:
        self.client.run("D.objects['Cube'].location.x = 1; bpy.ops.mesh.primitive_cube_add()")
        self.assertTrue(self.client.call("status")["dirty"])
        self.client.run("bpy.ops.ed.undo()")
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 3)

    def test_scripts_can_walk_the_undo_history(self) -> None:
        for x in (1, 2, 3):
            self.client.run(f"D.objects['Cube'].location.x = {x}")
        for expected in (2, 1):
            self.client.run("bpy.ops.ed.undo()")
            self.assertVector(self.object("Cube")["location"], [expected, 0, 0])
        self.client.run("bpy.ops.ed.redo()")
        self.assertVector(self.object("Cube")["location"], [2, 0, 0])

    def test_a_script_may_open_another_file(self) -> None:
        changes = self.changes("D.objects['Cube'].location.x = 1\nbpy.ops.wm.read_homefile(use_empty=True)")
        self.assertEqual(changes["changed"], {"file:untitled": ["opened"]})
        self.assertFalse(self.client.call("status")["dirty"])
        self.assertChanged("bpy.ops.mesh.primitive_cube_add()", added=["Cube"])
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 0)


if __name__ == "__main__":
    unittest.main()
