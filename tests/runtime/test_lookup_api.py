"""lookup_api: what the API has, from live RNA."""

from __future__ import annotations

import json
import unittest
from typing import Any

from harness import BlenderTestCase

# Everything that a look at a type could leave behind.
TRACES = """
import bpy
blocks = {p.identifier: sorted((b.name, b.users) for b in getattr(D, p.identifier))
          for p in D.bl_rna.properties if p.type == 'COLLECTION'}
blocks.pop('window_managers', None)
result = repr(blocks), D.is_dirty
"""
NODE_TYPES = """
import bpy
result = [n for n in dir(bpy.types)
          if isinstance(getattr(bpy.types, n), type) and issubclass(getattr(bpy.types, n), bpy.types.Node)]
"""


class LookupTest(BlenderTestCase):
    def look(self, query: str, **args: Any) -> dict[str, Any]:
        return self.client.call("lookup_api", query=query, **args)

    def generation(self) -> int:
        return self.client.call("status")["generation"]

    def member(self, found: dict[str, Any], section: str, name: str) -> dict[str, Any]:
        (one,) = [entry for entry in found[section] if entry["name"] == name]
        return one

    def test_an_operator(self) -> None:
        bevel = self.look("mesh.bevel")
        self.assertEqual((bevel["kind"], bevel["name"], bevel["label"]), ("operator", "bpy.ops.mesh.bevel", "Bevel"))
        self.assertIn("segments=1", bevel["signature"])
        self.assertTrue(bevel["signature"].startswith("bpy.ops.mesh.bevel("))
        segments = self.member(bevel, "properties", "segments")
        self.assertEqual({key: segments[key] for key in ("type", "default", "min", "max", "soft_max")},
                         {"type": "int", "default": 1, "min": 1, "max": 1000, "soft_max": 100})
        self.assertIn("EDGES", self.member(bevel, "properties", "affect")["items"])
        self.assertEqual(self.member(bevel, "properties", "offset")["unit"], "length")
        for other in ("bpy.ops.mesh.bevel", "ops.mesh.bevel", "MESH_OT_bevel"):
            self.assertEqual(self.look(other)["name"], "bpy.ops.mesh.bevel", other)

    def test_the_property_of_an_operator(self) -> None:
        affect = self.look("bpy.ops.mesh.bevel.affect")["property"]
        self.assertEqual(set(affect["items"]), {"VERTICES", "EDGES"})
        self.assertIn("Affect only", affect["items"]["EDGES"])
        error = self.assertFails("not_found", "lookup_api", {"query": "mesh.bevel.afect"}, "query")
        self.assertIn("affect", error["details"]["nearest"])

    def test_a_type(self) -> None:
        bevel = self.look("BevelModifier")
        self.assertEqual((bevel["kind"], bevel["bases"]), ("type", ["Modifier"]))
        self.assertEqual(bevel["add"], ['Object.modifiers.new(name, type="BEVEL")'])
        self.assertIn("show_viewport", bevel["inherited"]["Modifier"])
        self.assertEqual(self.member(bevel, "properties", "segments")["default"], 1)
        angle = self.member(bevel, "properties", "angle_limit")
        self.assertEqual(angle["unit"], "rotation (radians)")
        self.assertAlmostEqual(angle["default"], 0.523599, 5)
        self.assertEqual(self.look("bpy.types.BevelModifier")["name"], "bpy.types.BevelModifier")

    def test_file_formats(self) -> None:
        usd, alembic = self.client.run("o = bpy.app.build_options\nresult = [o.usd, o.alembic]")
        for tool in ("import_file", "export_file"):
            found = self.look(tool)
            self.assertEqual((found["kind"], found["name"]), ("formats", tool))
            formats = {one["format"]: one for one in found["formats"]}
            self.assertEqual(formats["gltf"], {"format": "gltf", "endings": [".glb", ".gltf"], "available": True,
                                               "operator": f"bpy.ops.{tool[:6]}_scene.gltf"})
            self.assertEqual({name for name, one in formats.items() if not one["available"]},
                             {name for name, there in (("usd", usd), ("alembic", alembic)) if not there})
            self.assertEqual({"svg", "image"} & set(formats), {"svg", "image"} if tool == "import_file" else set())
            for one in formats.values():
                if "operator" in one:
                    self.assertEqual(self.look(one["operator"])["kind"], "operator")
                else:
                    self.assertTrue(one["format"] == "image" or not one["available"], one)
        self.assertNotIn("io_import_images_as_planes", self.client.run("result = C.preferences.addons.keys()"))

    def test_chosen_fields(self) -> None:
        bevel = self.look("BevelModifier", fields=["affect", "show_viewport"])
        self.assertEqual([prop["name"] for prop in bevel["properties"]], ["affect", "show_viewport"])
        self.assertIn("EDGES", bevel["properties"][0]["items"])
        self.assertNotIn("inherited", bevel)
        both = self.look("Object", fields=["location", "to_mesh"])
        self.assertEqual(both["functions"][0]["parameters"][0]["type"], "bool")
        error = self.assertFails("not_found", "lookup_api", {"query": "BevelModifier", "fields": ["width", "segmnts"]},
                                 "fields[1]")
        self.assertEqual(error["details"]["nearest"][0], "segments")

    def test_properties_and_functions(self) -> None:
        location = self.look("Object.location")
        self.assertEqual((location["kind"], location["property"]["length"], location["property"]["default"]),
                         ("property", 3, [0, 0, 0]))
        self.assertTrue(self.look("Object.type")["property"]["read_only"])
        self.assertEqual(self.look("Object.matrix_world")["property"]["length"], [4, 4])
        self.assertEqual(self.look("scene.render.resolution_x")["name"], "Scene.render.resolution_x")
        modifiers = self.look("Object.modifiers")
        self.assertEqual(modifiers["property"]["type"], "collection of Modifier")
        self.assertEqual(self.member(modifiers, "functions", "new")["returns"], "Modifier")
        new = self.look("Object.modifiers.new")["function"]
        self.assertTrue(new["parameters"][0]["required"])
        self.assertIn("BEVEL", new["parameters"][1]["items"])
        self.assertEqual(self.look("bpy.data.objects.new")["function"]["returns"], "Object")
        self.assertIn("data_path", self.look("Object.keyframe_insert")["description"])

    def test_unknown_members(self) -> None:
        error = self.assertFails("not_found", "lookup_api", {"query": "Object.locaton"}, "query")
        self.assertEqual((error["details"]["found"], error["details"]["nearest"][0]), ("Object", "location"))
        error = self.assertFails("not_found", "lookup_api", {"query": "Scene.render.engin"}, "query")
        self.assertEqual(error["details"]["found"], "Scene.render")
        self.assertFails("not_found", "lookup_api", {"query": "Object.__class__"}, "query")
        self.assertFails("not_found", "lookup_api", {"query": "Object.location.x"}, "query")

    def test_dynamic_enums(self) -> None:
        engine = self.look("RenderSettings.engine")["property"]
        self.assertLessEqual({"CYCLES", "BLENDER_WORKBENCH"}, set(engine["items"]))
        self.assertTrue(engine["items_depend_on_context"])
        link = self.member(self.look("object.collection_link"), "properties", "collection")
        self.assertEqual((link["items"], link["items_depend_on_context"]), (["Collection"], True))
        self.client.run("C.scene.collection.children.link(D.collections.new('Props'))")
        link = self.member(self.look("object.collection_link"), "properties", "collection")
        self.assertEqual(set(link["items"]), {"Collection", "Props"})
        # Items that Python computes.
        self.assertIn("GLB", self.member(self.look("export_scene.gltf"), "properties", "export_format")["items"])

    def test_a_node(self) -> None:
        for query in ("ShaderNodeBsdfPrincipled", "Principled BSDF", "principled bsdf"):
            node = self.look(query)
            self.assertEqual((node["kind"], node["name"]), ("node", "bpy.types.ShaderNodeBsdfPrincipled"))
        self.assertEqual(node["add"], ['node_tree.nodes.new("ShaderNodeBsdfPrincipled")'])
        roughness = self.member(node, "inputs", "Roughness")
        self.assertEqual((roughness["type"], roughness["default"], roughness["min"], roughness["max"]),
                         ("NodeSocketFloatFactor", 0.5, 0, 1))
        self.assertEqual(self.member(node, "outputs", "BSDF")["type"], "NodeSocketShader")

    def test_a_label_that_is_plain_words_too(self) -> None:
        self.assertIn("uv.unwrap", self.look("uv unwrap")["also"])

    def test_a_label_of_several_nodes_is_searched(self) -> None:
        found = self.look("Math")
        self.assertEqual(found["kind"], "matches")
        names = [match["name"] for match in found["matches"]]
        self.assertLessEqual({"ShaderNodeMath", "CompositorNodeMath"}, set(names[:6]) | {"CompositorNodeMath"})

    def test_looking_at_all_nodes_leaves_no_trace(self) -> None:
        names = self.client.run(NODE_TYPES)
        before, generation = self.client.run(TRACES), self.generation()
        undo = self.client.call("history", action="list")
        unknown = []
        for name in names:
            node = self.look(name)
            if node["kind"] == "node" and "sockets_unknown" in node:
                unknown.append(name)
        self.assertEqual(self.generation(), generation)
        self.assertEqual(self.client.call("history", action="list"), undo)
        self.assertEqual(self.client.run(TRACES), before)
        self.assertGreater(len(names), 400)
        self.assertLess(len(unknown), 20, unknown)

    def test_handlers_of_scripts_do_not_make_a_look_an_edit_twice(self) -> None:
        self.look("ShaderNodeMath")
        self.client.run("bpy.app.handlers.depsgraph_update_post.append(lambda *a: None)")
        generation = self.generation()
        self.look("ShaderNodeMath", limit=3)
        self.look("BevelModifier")
        self.assertEqual(self.generation(), generation)
        self.client.run("bpy.app.handlers.depsgraph_update_post.pop()")

    def test_every_modifier_and_constraint_says_how_to_add_it(self) -> None:
        made = self.client.run("""
import bpy
obj = D.objects['Cube']
result = {}
for owner in (obj.modifiers, obj.constraints):
    for kind in owner.bl_rna.functions['new'].parameters['type'].enum_items.keys():
        one = owner.new('x', kind) if owner.bl_rna.identifier == 'ObjectModifiers' else owner.new(kind)
        if one is not None:
            result[type(one).__name__] = kind
            owner.remove(one)
""")
        self.assertGreater(len(made), 60)
        for name, kind in made.items():
            ways = self.look(name, limit=1)["add"]
            self.assertTrue(all(f'type="{kind}"' in way for way in ways), (name, ways))

    def test_words(self) -> None:
        for query, expected in (("bevel edges", "mesh.bevel"), ("subdivision", "object.subdivision_set"),
                                ("make parent", "object.parent_set"), ("unwrap uv", "uv.unwrap"),
                                ("texture noise", "ShaderNodeTexNoise"), ("join objects", "object.join"),
                                ("object", "Object"), ("material", "Material"),
                                ("subdivision surface modifier", "SubsurfModifier")):
            with self.subTest(query):
                found = self.look(query)
                self.assertIn(expected, [match["name"] for match in found["matches"][:3]])
        self.assertLessEqual(len(found["matches"]), 20)

    def test_the_language_of_the_interface_does_not_matter(self) -> None:
        set_language = """
view = C.preferences.view
try:
    view.language = '%s'
except TypeError:
    result = False
else:
    view.use_translate_interface = view.use_translate_tooltips = view.use_translate_new_dataname = True
    result = True
"""
        before = [self.look("bevel edges"), self.look("Principled BSDF"), self.look("mesh.bevel")]
        if not self.client.run(set_language % "de_DE"):
            self.skipTest("this Blender has no translations")
        self.addCleanup(self.client.run, set_language % "en_US")
        self.client.run("class Other(bpy.types.PropertyGroup): pass\nbpy.utils.register_class(Other)")  # a new index
        self.assertEqual([self.look("bevel edges"), self.look("Principled BSDF"), self.look("mesh.bevel")], before)

    def test_pages_of_matches(self) -> None:
        first = self.look("object", limit=5)
        second = self.look("object", limit=5, cursor=first["next_cursor"])
        names = [match["name"] for match in first["matches"] + second["matches"]]
        self.assertEqual(len(set(names)), 10)
        self.assertGreater(first["total"], 100)
        for cursor in ("x", "-1", "", "٣"):
            self.assertFails("invalid", "lookup_api", {"query": "object", "cursor": cursor}, "cursor")
        self.assertEqual(self.look("object", cursor="999999")["matches"], [])

    def test_pages_of_a_type(self) -> None:
        seen: list[str] = []
        args: dict[str, Any] = {}
        while True:
            page = self.look("Object", **args)
            self.assertLess(len(json.dumps(page)), 16_000)
            seen += [entry["name"] for section in ("properties", "functions") for entry in page.get(section, [])]
            if "next_cursor" not in page:
                break
            args = {"cursor": page["next_cursor"]}
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual({"location", "modifiers", "to_mesh", "ray_cast"}, set(seen))

    def test_nothing_found(self) -> None:
        for query, expected in (("mesh.bevle", "mesh.bevel"), ("BevelModifer", "BevelModifier"),
                                ("bpy.ops.object.parentset", "object.parent_set"),
                                ("ShaderNodePrincipledBSDF", "ShaderNodeBsdfPrincipled")):
            error = self.assertFails("not_found", "lookup_api", {"query": query}, "query")
            self.assertEqual(error["details"]["nearest"][0], expected)
        self.assertFails("not_found", "lookup_api", {"query": "qqqzzzxxx"}, "query")
        self.assertFails("not_found", "lookup_api", {"query": "???"}, "query")
        for query in ("bpy", "ops", "types", "bpy.ops", "bpy.types", "bpy.ops.mesh"):
            reply = self.client.request("lookup_api", {"query": query})
            self.assertTrue(reply["ok"] or reply["error"]["kind"] == "not_found", (query, reply))

    def test_what_an_addon_registers_is_found(self) -> None:
        self.assertFails("not_found", "lookup_api", {"query": "wibble.frobnicate"})
        self.client.run("""
class Frobnicate(bpy.types.Operator):
    '''Frobnicates the wibbles'''
    bl_idname, bl_label = 'wibble.frobnicate', 'Frobnicate'
    amount: bpy.props.IntProperty(default=7, max=9)
    def execute(self, context): return {'FINISHED'}
bpy.utils.register_class(Frobnicate)
bpy.types.Scene.wibble_amount = bpy.props.FloatProperty(name='Wibble Amount', default=2.5)
""")
        amount = self.member(self.look("wibble.frobnicate"), "properties", "amount")
        self.assertEqual((amount["default"], amount["max"]), (7, 9))
        names = [match["name"] for match in self.look("frobnicate wibbles")["matches"]]
        self.assertIn("wibble.frobnicate", names)
        self.assertIn("Scene.wibble_amount", [match["name"] for match in self.look("wibble amount")["matches"]])
        self.client.run("del bpy.types.Scene.wibble_amount\n"
                        "bpy.utils.unregister_class(bpy.types.WIBBLE_OT_frobnicate)")
        self.assertFails("not_found", "lookup_api", {"query": "frobnicate wibbles"})

    def test_everything_can_be_looked_at(self) -> None:
        """Every type and operator of this Blender, in one script: as many calls would take minutes."""
        told = self.client.run("""
import bpy, json
from blender_mcpd_runtime import op_lookup_api, compat
class Reading:
    def hold_interrupts(self): pass
    def allow_interrupts(self): pass
bad, longest = [], 0
queries = [n for n in dir(bpy.types) if isinstance(getattr(bpy.types, n), type) and hasattr(getattr(bpy.types, n), 'bl_rna')]
queries = [n for n in queries if not any(part in n for part in ('_PT_', '_MT_', '_HT_', '_UL_', '_OT_'))]
queries += ['.'.join((n.partition('_OT_')[0].lower(), n.partition('_OT_')[2])) for n in compat.operator_idnames()]
for query in queries:
    try:
        answer = op_lookup_api.lookup_api(Reading(), {'query': query})
        size = len(json.dumps(answer))
        longest = max(longest, size)
        if answer['kind'] not in ('type', 'node', 'operator') or size > 20000:
            bad.append((query, answer['kind'], size))
    except Exception as exc:
        bad.append((query, repr(exc)))
result = {'bad': bad[:20], 'longest': longest, 'count': len(queries)}
""", namespace="fresh")
        self.assertEqual(told["bad"], [])
        self.assertGreater(told["count"], 2500)


if __name__ == "__main__":
    unittest.main()
