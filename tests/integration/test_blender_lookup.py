"""lookup_api and inspect_data through the daemon."""

from __future__ import annotations

from typing import Any

from client import DaemonTestCase, error_text


class LookupTest(DaemonTestCase):
    def daemon(self, **settings: str) -> Any:
        return self.start(env={"BLENDER_MCPD_TOOLS_SET": "full",
                               **{f"BLENDER_MCPD_{name}": value for name, value in settings.items()}})

    def test_from_words_to_a_call_that_works(self) -> None:
        client = self.daemon()
        names = [match["name"] for match in client.do("lookup_api", query="subdivision surface modifier")["matches"]]
        self.assertIn("SubsurfModifier", names[:3])
        subsurf = client.do("lookup_api", query="SubsurfModifier", fields=["levels"])
        self.assertEqual(subsurf["add"], ['Object.modifiers.new(name, type="SUBSURF")'])
        client.run("import bpy\nm = bpy.data.objects['Cube'].modifiers.new('S', type='SUBSURF')\n"
                   f"m.levels = {subsurf['properties'][0]['default'] + 1}")
        levels = client.do("inspect_data", path='objects["Cube"].modifiers["S"].levels')
        self.assertEqual((levels["value"], levels["property"]["type"]), (2, "int"))

    def test_errors_say_how_to_mend_the_call(self) -> None:
        client = self.daemon()
        text = client.refuse("lookup_api", query="mesh.bevle")
        self.assertIn("mesh.bevel", text)
        self.assertIn("What to do: ", text)
        self.assertNotIn("changed", text)
        text = client.refuse("inspect_data", path='bpy.data.materials["Materia"].node_tree')
        for part in ("path", "bpy.data.materials", "'Material'", "What to do: "):
            self.assertIn(part, text)
        text = client.refuse("inspect_data", path="scene.render.render()")
        self.assertIn("no calls", text)

    def test_answers_are_kept_while_the_scene_is_the_same(self) -> None:
        client = self.daemon()
        client.run("result = 1")  # what is read while Blender starts is not kept
        questions = [("lookup_api", {"query": "BevelModifier"}),
                     ("inspect_data", {"path": 'objects["Cube"].location'})]
        first = [client.do(tool, **arguments) for tool, arguments in questions]
        self.assertEqual([client.do(tool, **arguments) for tool, arguments in questions], first)
        self.assertEqual(client.do("get_blender_status")["metrics"]["cache.hits"], 2)
        client.do("update_objects", items=[{"name": "Cube", "location": [1, 2, 3]}])
        self.assertEqual(client.do("inspect_data", path='objects["Cube"].location')["value"], [1, 2, 3])

    def test_what_a_script_registers_is_seen_at_once(self) -> None:
        client = self.daemon()
        client.refuse("lookup_api", query="Scene.gizmo_count")
        client.run("import bpy\nbpy.types.Scene.gizmo_count = bpy.props.IntProperty(default=3)")
        self.assertEqual(client.do("lookup_api", query="Scene.gizmo_count")["property"]["default"], 3)

    def test_who_may_only_read_gets_both(self) -> None:
        client = self.daemon(TOOLS_READ_ONLY="true")
        self.assertEqual(client.do("inspect_data", path="context.mode")["value"], "OBJECT")
        self.assertEqual(client.do("lookup_api", query="mesh.bevel")["kind"], "operator")

    def test_as_steps_of_a_batch(self) -> None:
        client = self.daemon()
        done = client.do("batch", steps=[
            {"tool": "create_objects", "arguments": {"items": [{"kind": "cube", "name": "A"}]}},
            {"tool": "inspect_data", "arguments": {"path": 'objects["A"].type'}}])
        self.assertEqual(done["steps"][1]["result"]["value"], "MESH")
        failed = client.call("batch", {"steps": [
            {"tool": "create_objects", "arguments": {"items": [{"kind": "cube", "name": "B"}]}},
            {"tool": "inspect_data", "arguments": {"path": 'objects["B"].typ'}}]})
        self.assertIn("steps[1].arguments.path", error_text(failed))
        self.assertIn("rolled back", error_text(failed))
