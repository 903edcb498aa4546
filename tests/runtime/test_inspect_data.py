"""inspect_data: any value of Blender's data, by its path."""

from __future__ import annotations

import json
import math
import unittest
from typing import Any

from harness import BlenderTestCase
from path_spellings import NAMES, spellings

STEEL = """
m = D.materials.new('Steel "S"')
if not m.node_tree: m.use_nodes = True
result = [n.name for n in m.node_tree.nodes].index('Principled BSDF')
"""


# Some of everything that a file can hold.
ZOO = """
import bpy
for name in ('mesh.primitive_monkey_add', 'curve.primitive_bezier_circle_add', 'object.text_add', 'object.armature_add',
             'object.metaball_add', 'object.speaker_add', 'object.empty_add', 'object.gpencil_add',
             'object.grease_pencil_add', 'surface.primitive_nurbs_surface_sphere_add'):
    module, _, function = name.partition('.')
    try:
        getattr(getattr(bpy.ops, module), function)()
    except (AttributeError, RuntimeError):
        pass  # not in this version
for kind in ('POINT', 'SUN', 'SPOT', 'AREA'):
    bpy.ops.object.light_add(type=kind)
cube = D.objects['Cube']
for owner in (cube.modifiers, cube.constraints):
    for kind in owner.bl_rna.functions['new'].parameters['type'].enum_items.keys():
        try:
            owner.new('x', kind) if owner.bl_rna.identifier == 'ObjectModifiers' else owner.new(kind)
        except RuntimeError:
            pass
cube.keyframe_insert('location', frame=1)
cube.driver_add('scale', 0)
cube['group'] = {'a': [1, 2], 'b': {'c': 'd'}}
C.view_layer.objects.active = cube
bpy.ops.rigidbody.object_add()
bpy.ops.object.particle_system_add()
D.images.new('I', 8, 8)
D.texts.new('T').write('hello')
D.textures.new('Clouds', 'CLOUDS')
for kind in ('masks', 'palettes', 'brushes', 'linestyles', 'particles', 'lattices', 'hair_curves', 'pointclouds', 'volumes'):
    if hasattr(D, kind):
        getattr(D, kind).new('New')
prefixes = {'Shader': 'ShaderNodeTree', 'Compositor': 'CompositorNodeTree', 'Geometry': 'GeometryNodeTree',
            'Function': 'GeometryNodeTree', 'Texture': 'TextureNodeTree'}
trees = {kind: D.node_groups.new(kind, kind) for kind in set(prefixes.values())}
for name in dir(bpy.types):
    cls = getattr(bpy.types, name)
    kind = next((kind for prefix, kind in prefixes.items() if name.startswith(prefix + 'Node')), None)
    if kind and isinstance(cls, type) and issubclass(cls, bpy.types.Node):
        try:
            trees[kind].nodes.new(name)
        except RuntimeError:
            pass
C.scene.sequence_editor_create()
"""

# Follows every path that is told, some structs of each type.
WALK = """
import bpy, json
from collections import Counter, deque
from blender_mcpd_runtime import op_inspect_data, data_path
from blender_mcpd_runtime.errors import OpError

def paths(told):
    if isinstance(told, dict):
        if isinstance(told.get('path'), str) and told['path'].startswith('bpy.'):
            yield told['path'], told.get('type') != 'not read'
        for part in told.values():
            yield from paths(part)
    elif isinstance(told, list):
        for part in told:
            yield from paths(part)

queue = deque(['bpy.data', 'bpy.context', 'scene', 'objects["Cube"]'])
seen, types, bad, longest = set(queue), Counter(), [], 0
while queue:
    path = queue.popleft()
    try:
        kind = data_path.type_of(data_path.resolve(path).value)
        if types[kind] >= 3 and kind not in ('bpy_prop_collection', 'bpy_prop_collection_idprop'):
            continue
        types[kind] += 1
        told = op_inspect_data.inspect_data(None, {'path': path, 'depth': 1 + types[kind] % 2, 'limit': 300})
    except OpError as exc:
        if exc.kind not in ('blender',) and 'secret' not in exc.message and 'not safe' not in exc.message:
            bad.append((path, exc.message))
        continue
    except Exception as exc:
        bad.append((path, repr(exc)))
        continue
    longest = max(longest, len(json.dumps(told)))
    for more, read in paths(told):
        if read and more not in seen:
            seen.add(more)
            queue.append(more)
result = {'bad': bad[:10], 'types': len(types), 'structs': sum(types.values()), 'longest': longest}
"""


class InspectTest(BlenderTestCase):
    def look(self, path: str, **args: Any) -> dict[str, Any]:
        return self.client.call("inspect_data", path=path, **args)

    def value(self, path: str, **args: Any) -> Any:
        return self.look(path, **args)["value"]

    def fails(self, path: str, kind: str = "not_found", **args: Any) -> dict[str, Any]:
        return self.assertFails(kind, "inspect_data", {"path": path, **args}, "path")

    def test_a_value(self) -> None:
        self.client.run("D.objects['Cube'].location = (1, 2.5, 3)")
        for path in ('bpy.data.objects["Cube"].location', "objects['Cube'].location", 'D.objects["Cube"].location',
                     'bpy.context.object.location', "C.object.location", 'active_object.location',
                     'scene.objects["Cube"].location', 'objects[ "Cube" ].location'):
            with self.subTest(path):
                found = self.look(path)
                self.assertEqual((found["value"], found["count"], found["type"]), ([1, 2.5, 3], 3, "Vector"))
        self.assertEqual(self.value('objects["Cube"].location[1]'), 2.5)
        self.assertEqual(self.value('objects["Cube"].location[-1]'), 3)
        width = self.look("scene.render.resolution_x")
        self.assertEqual((width["value"], width["property"]["min"], width["path"]),
                         (1920, 4, "bpy.context.scene.render.resolution_x"))

    def test_a_struct(self) -> None:
        cube = self.look('objects["Cube"]')
        self.assertEqual((cube["type"], cube["path"]), ("Object", 'bpy.data.objects["Cube"]'))
        value = cube["value"]
        self.assertEqual((value["name"], value["type"], value["lock_location"]), ("Cube", "MESH", [False] * 3))
        self.assertEqual(value["data"], {"type": "Mesh", "name": "Cube", "path": 'bpy.data.meshes["Cube"]'})
        self.assertEqual(value["modifiers"], {"count": 0, "path": 'bpy.data.objects["Cube"].modifiers'})
        self.assertEqual(value["parent"], None)
        self.assertEqual(len(value["matrix_world"]), 4)
        # However one comes to a data-block, it is told by its own name.
        self.assertEqual(self.look("scene.camera")["path"], 'bpy.data.objects["Camera"]')
        self.assertEqual(self.look("scene.camera.data")["type"], "Camera")

    def test_depth(self) -> None:
        flat = self.value("scene.render")
        deep = self.value("scene.render", depth=2)
        self.assertEqual(flat["image_settings"]["path"], "bpy.context.scene.render.image_settings")
        self.assertNotIn("file_format", flat["image_settings"])
        self.assertEqual(deep["image_settings"]["file_format"], "PNG")
        names = self.look("scene.render", depth=0)
        self.assertIn("engine", names["members"])
        self.assertNotIn("value", names)
        # Other data-blocks are only told of, however deep one looks.
        self.assertEqual(set(self.value('objects["Cube"]', depth=4)["data"]), {"type", "name", "path"})

    def test_nodes_and_sockets(self) -> None:
        index = self.client.run(STEEL)
        path = f'bpy.data.materials["Steel \\\\"S\\\\""].node_tree.nodes[{index}]'.replace("\\\\", "\\")
        roughness = self.look(f'{path}.inputs["Roughness"]')
        self.assertAlmostEqual(roughness["value"]["default_value"], 0.5)
        self.assertEqual(self.value(f'{path}.inputs["Base Color"].default_value'), [0.8, 0.8, 0.8, 1])
        inputs = self.look(f"{path}.inputs", limit=3)
        self.assertEqual((len(inputs["value"]), inputs["next_cursor"], inputs["type"]),
                         (3, "3", "collection of NodeSocket"))
        self.assertEqual(inputs["value"][0]["name"], "Base Color")

    def test_pages_of_a_collection(self) -> None:
        self.client.call("create_objects", items=[{"kind": "empty", "name": f"E{i:02}"} for i in range(30)])
        seen: list[str] = []
        args: dict[str, Any] = {}
        while True:
            page = self.look("bpy.data.objects", limit=7, **args)
            self.assertEqual(page["count"], 33)
            seen += [item["name"] for item in page["value"]]
            if "next_cursor" not in page:
                break
            args = {"cursor": page["next_cursor"]}
        self.assertEqual((len(seen), len(set(seen))), (33, 33))
        self.assertEqual(page["value"][-1]["path"], f'bpy.data.objects["{seen[-1]}"]')
        self.assertFails("invalid", "inspect_data", {"path": "objects", "cursor": "e"}, "cursor")

    def test_large_data_is_never_dumped(self) -> None:
        self.client.run("i = D.images.new('Big', 512, 512); i.pixels[0] = 1\n"
                        "bpy.ops.mesh.primitive_grid_add(x_subdivisions=100, y_subdivisions=100)\n"
                        "C.object.name = 'Grid'\n"
                        "D.texts.new('Long').write('x' * 50000)")
        pixels = self.look('images["Big"].pixels', limit=4)
        self.assertEqual((pixels["count"], pixels["value"], pixels["next_cursor"]),
                         (512 * 512 * 4, [1, 0, 0, 1], "4"))
        self.assertEqual(self.value('images["Big"].pixels', limit=2, cursor="1048574"), [0, 1])
        self.assertEqual(self.value('images["Big"]')["pixels"]["type"], "not read")
        mesh = self.look('objects["Grid"].data')
        self.assertEqual(mesh["value"]["vertices"]["count"], 101 * 101)
        vertices = self.look('objects["Grid"].data.vertices', limit=500, depth=2)
        self.assertLess(len(vertices["value"]), 500)
        for found in (mesh, vertices, self.look('texts["Long"].lines[0].body'),
                      self.look("scene", depth=4, limit=500), self.look("bpy.data", depth=4, limit=500),
                      self.look("preferences", depth=4, limit=500)):
            self.assertLess(len(json.dumps(found)), 40_000)
        text = self.look('texts["Long"].lines[0].body')
        self.assertEqual((text["count"], set(text["value"])), (50000, {"x"}))

    def test_numbers_that_json_has_not(self) -> None:
        self.client.run("D.objects['Cube']['odd'] = float('nan'); D.objects['Cube']['far'] = float('-inf')\n"
                        "D.objects['Cube']['list'] = [1.0, float('inf')]")
        self.assertEqual(self.value('objects["Cube"]["odd"]'), "NaN")
        self.assertEqual(self.value('objects["Cube"]["far"]'), "-Infinity")
        self.assertEqual(self.value('objects["Cube"]["list"]'), [1, "Infinity"])
        reply = self.client.request("inspect_data", {"path": 'objects["Cube"]'})
        self.assertEqual(reply["result"]["value"]['["odd"]'], "NaN")
        self.assertNotIn("warnings", reply)

    def test_custom_properties(self) -> None:
        self.client.run("o = D.objects['Cube']; o['note'] = 'ä'; o['group'] = {'a': 1, 'b': {'c': [1, 2]}}\n"
                        "o['who'] = D.objects['Light']; o['raw'] = b'\\x00\\xff'")
        self.assertEqual(self.value('objects["Cube"]["note"]'), "ä")
        self.assertEqual(self.value('objects["Cube"]["group"]["b"]["c"]'), [1, 2])
        self.assertEqual(self.value('objects["Cube"]["group"]["b"]'), {"c": [1, 2]})
        self.assertEqual(self.look('objects["Cube"]["who"]')["path"], 'bpy.data.objects["Light"]')
        self.assertIn("00ff", self.value('objects["Cube"]["raw"]'))
        self.assertEqual(self.fails('objects["Cube"]["nte"]')["details"]["nearest"], ["note"])

    def test_rotations_and_sets(self) -> None:
        self.client.run("D.objects['Cube'].rotation_mode = 'QUATERNION'")
        self.assertEqual(self.value('objects["Cube"].rotation_quaternion'), [1, 0, 0, 0])
        matrix = self.look('objects["Cube"].matrix_world')
        self.assertEqual((matrix["count"], matrix["value"][0]), (4, [1, 0, 0, 0]))
        mode = self.look('objects["Cube"].rotation_mode')
        self.assertEqual(mode["value"], "QUATERNION")
        self.assertIn("XYZ", mode["property"]["items"])
        axes = self.client.run("m = D.objects['Cube'].modifiers.new('S', 'SIMPLE_DEFORM')\nresult = m.deform_axis")
        self.assertEqual(self.value('objects["Cube"].modifiers[0].deform_axis'), axes)
        self.assertEqual(self.value('objects["Cube"].modifiers["S"].angle'), round(math.radians(45), 7))

    def test_the_context(self) -> None:
        self.assertEqual([item["name"] for item in self.value("selected_objects")], ["Cube"])
        self.assertEqual(self.look("bpy.context.selected_objects[0]")["path"], 'bpy.data.objects["Cube"]')
        self.assertEqual(self.value("bpy.context.mode"), "OBJECT")
        self.assertIn("selected_objects", self.look("bpy.context")["also"])
        engine = self.look("scene.render.engine")["property"]
        self.assertLessEqual({"CYCLES", "BLENDER_WORKBENCH"}, set(engine["items"]))
        self.client.run("D.objects['Light'].parent = D.objects['Cube']")
        self.assertEqual(self.value('objects["Cube"].children')[0]["name"], "Light")

    def test_wrong_paths(self) -> None:
        error = self.fails("scene.rendr.engine")
        self.assertEqual((error["details"]["found"], error["details"]["nearest"][0]), ("bpy.context.scene", "render"))
        self.assertEqual(self.fails('objects["Cub"]')["details"]["nearest"], ["Cube"])
        self.assertEqual(self.fails("objecs")["details"]["nearest"][0], "objects")
        self.assertEqual(self.fails("objects[3]")["details"]["count"], 3)
        self.fails("objects[-4]")
        self.fails("objects.Cube")
        self.fails('objects["Cube"].parent.name')
        self.fails('objects["Cube"].location["x"]')
        self.fails('objects["Cube"].name[0]')
        self.fails('objects["Cube"].location.x')
        self.fails("scene.render[0]")
        for path in ("", " ", ".", "scene.", "scene..render", "scene render", "scene.render()", "objects[]", "objects[0",
                     "objects[1.5]", 'objects["a]', "objects[name]", "scene.__class__", "scene._x", "__import__",
                     "bpy.app.version", "bpy", "bpy.ops.mesh", "1", '["a"]', 'objects["\\q"]', "scene.render;x",
                     "objects[0]name", "a" + ".a" * 100, "objects[99999999999]", 'objects["Cube"].location[True]'):
            with self.subTest(path):
                self.fails(path, "invalid")
        for path in ("scene.bl_rna.x", "scene.copy", "scene.keys", "context.copy", "bpy.context.evaluated_depsgraph_get",
                     "scene.rna_type"):
            with self.subTest(path):
                self.fails(path)

    def test_what_blender_would_crash_on_is_not_read(self) -> None:
        for path in ("screens[0].areas[0].spaces[0]", "tool_settings.uv_sculpt", "screens[0]"):
            self.look(path, depth=4)
        self.client.run("if hasattr(D, 'hair_curves'): D.hair_curves.new('C')\nbpy.ops.object.mode_set(mode='OBJECT')")
        self.look("bpy.data", depth=4)
        self.look("screens", depth=4)
        self.fails("screens[0].areas[0].spaces[0].show_region_header")

    def test_groups_of_addons_are_not_stored_by_reading_them(self) -> None:
        self.client.run("""
class Inner(bpy.types.PropertyGroup):
    depth: bpy.props.IntProperty(default=5)
class Wibble(bpy.types.PropertyGroup):
    size: bpy.props.FloatProperty(default=1.5)
    inner: bpy.props.PointerProperty(type=Inner)
    who: bpy.props.PointerProperty(type=bpy.types.Object)
    many: bpy.props.CollectionProperty(type=Inner)
bpy.utils.register_class(Inner)
bpy.utils.register_class(Wibble)
bpy.types.Object.wibble = bpy.props.PointerProperty(type=Wibble)
""")
        stored = "from blender_mcpd_runtime import compat; result = 'wibble' in compat.stored_groups(D.objects['Cube'])"
        told = self.value('objects["Cube"]')["wibble"]
        self.assertEqual(told, {"type": "Wibble", "path": 'bpy.data.objects["Cube"].wibble', "unset": True})
        self.assertEqual(self.value('objects["Cube"].wibble.size'), 1.5)
        self.assertEqual(self.value('objects["Cube"].wibble.inner.depth'), 5)
        self.assertEqual(self.value('objects["Cube"].wibble')["size"], 1.5)
        self.assertEqual(self.value('objects["Cube"].wibble.many'), [])
        self.assertIsNone(self.value('objects["Cube"].wibble.who'))
        self.fails('objects["Cube"].wibble.sise')
        self.client.call("lookup_api", query="Object.wibble")
        self.client.call("lookup_api", query="Object")
        self.client.call("lookup_api", query="Object.rotation_mode")
        self.assertFalse(self.client.run(stored))
        self.client.run("D.objects['Cube'].wibble.inner.depth = 7")
        self.assertTrue(self.client.run(stored))
        self.assertEqual(self.value('objects["Cube"].wibble.inner.depth'), 7)
        self.assertEqual(self.value('objects["Cube"].wibble.size'), 1.5)
        self.assertEqual(self.value('objects["Cube"]', depth=2)["wibble"]["inner"]["type"], "Inner")
        self.assertIsNone(self.value('objects["Cube"].wibble')["who"])
        self.client.run("D.objects['Cube'].wibble.who = D.objects['Light']")
        self.assertEqual(self.value('objects["Cube"].wibble')["who"]["name"], "Light")
        self.client.run("del bpy.types.Object.wibble")

    def test_every_path_that_is_told_can_be_followed(self) -> None:
        self.client.run(ZOO)
        done = self.client.call("execute_blender_code", code=WALK)
        walked = done["result"]
        self.assertEqual(done["changes"], {"added": [], "removed": [], "changed": {}})
        self.assertEqual(walked["bad"], [], walked["bad"])
        self.assertGreater(walked["types"], 300)
        self.assertGreater(walked["structs"], 800)
        self.assertLess(walked["longest"], 60_000)

    def test_secrets_are_withheld(self) -> None:
        self.client.run("bpy.types.Scene.paste_key = bpy.props.StringProperty(subtype='PASSWORD', default='hush')\n"
                        "bpy.types.Scene.api_token = bpy.props.StringProperty(default='hush')")
        scene = self.value("scene", limit=500)
        self.assertEqual((scene["paste_key"], scene["api_token"]), ("[withheld]", "[withheld]"))
        for name in ("paste_key", "api_token"):
            self.assertNotIn("hush", str(self.fails(f"scene.{name}", "invalid")))
        self.client.run("del bpy.types.Scene.paste_key, bpy.types.Scene.api_token")
        self.fails("window_manager.clipboard")

    def test_names_with_everything_in_them(self) -> None:
        names = ["Würfel", "a\"b\\c", "tab\there", "立方体", "it's", "]x[", "back\\"]
        self.client.run(f"for n in {names!r}: C.collection.objects.link(D.objects.new(n, None))")
        for name in names:
            found = self.look(f"objects[{json.dumps(name)}]")
            self.assertEqual(found["value"]["name"], name)
            self.assertEqual(self.look(found["path"])["path"], found["path"])

    def test_keys_in_all_spellings(self) -> None:
        self.client.run(f"for n in {NAMES!r}: C.collection.objects.link(D.objects.new(n, None))")
        for name in NAMES:
            for spelled in spellings(name):
                with self.subTest(name, spelled=spelled):
                    self.assertEqual(self.look(f"objects[{spelled}]")["value"]["name"], name)
                    self.assertEqual(self.look(f"objects[ {spelled} ].name")["value"], name)

    def test_nothing_is_changed(self) -> None:
        self.client.run("D.images.new('I', 8, 8); D.objects['Cube']['x'] = 1\n" + STEEL)
        before = self.client.call("status")
        undo = self.client.call("history", action="list")
        for path in ("bpy.data", "bpy.context", "scene", "view_layer", "preferences", "window_manager", 'objects["Cube"]',
                     "scene.render", "materials[0].node_tree", "images[0]", "scene.render.engine", "tool_settings",
                     'objects["Cube"].data', "worlds[0]", "scene.view_settings.view_transform", "screens[0]"):
            for depth in range(5):
                with self.subTest(path, depth=depth):
                    self.look(path, depth=depth)
        after = self.client.call("status")
        self.assertEqual({key: after[key] for key in ("generation", "dirty")},
                         {key: before[key] for key in ("generation", "dirty")})
        self.assertEqual(self.client.call("history", action="list"), undo)

    def test_as_steps_of_a_batch(self) -> None:
        done = self.client.call("batch", steps=[
            {"tool": "create_objects", "arguments": {"items": [{"kind": "empty", "name": "E"}]}},
            {"tool": "inspect_data", "arguments": {"path": 'objects["E"].name'}},
            {"tool": "lookup_api", "arguments": {"query": "ShaderNodeEmission"}}])
        self.assertEqual(done["steps"][1]["result"]["value"], "E")
        self.assertEqual(done["steps"][2]["result"]["kind"], "node")


if __name__ == "__main__":
    unittest.main()
