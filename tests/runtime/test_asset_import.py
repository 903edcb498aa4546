"""asset.import of surfaces and environments."""

from __future__ import annotations

import shutil
import unittest
import uuid
from typing import Any

import asset_makers as makers
import png
from harness import BlenderTestCase

ORIGIN = {"provider": "polyhaven", "id": "brick_wall_001", "title": "Brick Wall 001", "authors": ["Ann Ö.", "Bob"],
          "license": "CC0-1.0", "license_url": "https://creativecommons.org/publicdomain/zero/1.0/",
          "source_url": "https://polyhaven.com/a/brick_wall_001", "retrieved": "2026-11-26T10:00:00Z"}


class AssetTestCase(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.blender.folder / f"Ablage ü {uuid.uuid4().hex[:6]}"
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def args(self, kind: str, files: list[dict[str, str]], **args: Any) -> dict[str, Any]:
        return {"kind": kind, "name": "Wand 壁", "files": files, "provenance": ORIGIN, **args}

    def import_(self, kind: str, files: list[dict[str, str]], **args: Any) -> dict[str, Any]:
        return self.client.call("asset.import", **self.args(kind, files, **args))

    def state(self) -> Any:
        return self.client.run("""
result = [sorted(getattr(D, kind).keys()) for kind in ('objects', 'meshes', 'materials', 'collections', 'images', 'worlds',
          'node_groups', 'libraries')] + [C.scene.world and C.scene.world.name, C.scene.unit_settings.scale_length,
          [tuple(slot.name for slot in o.material_slots) for o in D.objects], [tuple(o.location) for o in D.objects]]""")

    def fails(self, kind: str, args: dict[str, Any], field: str | None, *parts: str) -> dict[str, Any]:
        """And leaves nothing."""
        before = self.state()
        error = self.assertFails(kind, "asset.import", args, field)
        for part in parts:
            self.assertIn(part, error["message"] + " " + error.get("remedy", ""))
        self.assertEqual(self.state(), before)
        return error

    def history(self) -> list[str]:
        return self.client.call("history", action="list")["undo"]


class TextureTestCase(AssetTestCase):
    def maps(self, *roles: str) -> list[dict[str, str]]:
        made = {**makers.bricks(), "glossiness": makers.flat(60), "opacity": makers.flat(200), "emission": makers.flat(20),
                "specular": makers.flat(128), "translucency": makers.flat(10)}
        return [{"path": self.write(f"brick ü_{role}.png", made[role]), "role": role} for role in roles]

    def texture(self, *roles: str, **args: Any) -> dict[str, Any]:
        return self.import_("texture", self.maps(*roles), **args)

    def drivers(self, material: str) -> dict[str, list[str]]:
        """What drives each input of the shader and the output: types of nodes back to the file's role and colour space."""
        return self.client.run(f"""
def chain(socket):
    for link in socket.links:
        node = link.from_node
        if node.type == 'TEX_IMAGE':
            space = node.image.colorspace_settings
            return [node.image.name.split('_', 1)[1][:-4] + ('' if space.is_data else ':' + space.name)]
        found = [node.type + '.' + link.from_socket.name]
        for name in ('Color', 'A_Color', 'B_Color', 'Green', 'Height', 'Value_001'):
            inside = next((i for i in node.inputs if i.identifier == name and i.is_linked), None)
            if inside is not None:
                found += chain(inside)
        return found
tree = D.materials[{material!r}].node_tree
nodes = [n for n in tree.nodes if n.type in ('BSDF_PRINCIPLED', 'OUTPUT_MATERIAL')]
result = {{s.name: chain(s) for n in nodes for s in n.inputs if s.is_linked and s.name != 'Surface'}}""")


class TextureTest(TextureTestCase):
    def test_a_whole_material(self) -> None:
        done = self.texture("color", "roughness", "metallic", "normal_gl", "ambient_occlusion", "opacity", "emission", "specular",
                            "displacement", objects=["Cube"], displacement="displacement")
        self.assertEqual(done["created"], {
            "materials": ["Wand 壁"], "objects": [], "worlds": [], "collections": [],
            "images": sorted(f"brick ü_{role}.png" for role in ("color", "roughness", "metallic", "normal_gl", "ambient_occlusion",
                                                               "opacity", "emission", "specular", "displacement"))})
        driven = {name.replace(" IOR Level", "").replace("Emission Color", "Emission"): chain
                  for name, chain in self.drivers("Wand 壁").items()}
        self.assertEqual(driven, {
            "Base Color": ["MIX.Result", "color:sRGB", "ambient_occlusion"], "Roughness": ["roughness"],
            "Metallic": ["metallic"], "Specular": ["specular"], "Emission": ["emission:sRGB"], "Alpha": ["opacity"],
            "Normal": ["NORMAL_MAP.Normal", "normal_gl"], "Displacement": ["DISPLACEMENT.Displacement", "displacement"]})
        self.assertIn("Color.Color → Color and Occlusion.A", done["links"])
        self.assertEqual(self.object("Cube")["materials"], ["Wand 壁"])
        self.assertEqual(done["changes"]["changed"], {"Cube": ["materials"]})
        self.assertIn("material:Wand 壁", done["changes"]["added"])
        self.assertEqual(done["provenance"], ORIGIN)
        self.assertIn("Subdivision", " ".join(done["warnings"]))

    def test_the_settings_that_versions_call_differently(self) -> None:
        self.texture("color", "opacity", "displacement", displacement="both")
        method, blend, midlevel, blend_type = self.client.run("""
m = D.materials['Wand 壁']
owner = m if hasattr(m, 'displacement_method') else m.cycles
node = next(n for n in m.node_tree.nodes if n.type == 'DISPLACEMENT')
result = [owner.displacement_method, m.blend_method if bpy.app.version < (4, 2) else 'HASHED', node.inputs['Midlevel'].default_value,
          node.inputs['Scale'].default_value]""")
        self.assertEqual((method, blend, midlevel), ("BOTH", "HASHED", 0.5))
        self.assertAlmostEqual(blend_type, 0.02)

    def test_one_mapping_for_all(self) -> None:
        self.texture("color", "roughness", "normal_gl", scale=3)
        self.assertEqual(self.client.run("""
tree = D.materials['Wand 壁'].node_tree
mappings = [n for n in tree.nodes if n.type == 'MAPPING']
images = [n for n in tree.nodes if n.type == 'TEX_IMAGE']
result = [len(mappings), tuple(mappings[0].inputs['Scale'].default_value), mappings[0].inputs['Vector'].links[0].from_socket.name,
          [i.inputs['Vector'].links[0].from_node == mappings[0] for i in images]]"""), [1, [3, 3, 3], "UV", [True] * 3])

    def test_the_nodes_do_not_lie_on_each_other(self) -> None:
        self.texture("color", "roughness", "metallic", "normal_dx", "ambient_occlusion", "opacity", "emission", "displacement",
                     displacement="bump")
        nodes = self.client.run("""
import sys
layout = next(module for name, module in sys.modules.items() if name.endswith('node_layout'))
result = [[n.name, *n.location, n.width, layout._height(n)] for n in D.materials['Wand 壁'].node_tree.nodes]""")
        for index, (name, x, y, width, height) in enumerate(nodes):
            for other, left, top, other_width, other_height in nodes[index + 1:]:
                apart = x + width <= left or left + other_width <= x or y - height >= top or top - other_height >= y
                self.assertTrue(apart, f"{name} lies on {other}")

    def test_normals_of_directx_are_turned(self) -> None:
        self.texture("color", "normal_dx")
        self.assertEqual(self.drivers("Wand 壁")["Normal"][:2], ["NORMAL_MAP.Normal", "COMBINE_COLOR.Color"])
        self.assertEqual(self.client.run("""
tree = D.materials['Wand 壁'].node_tree
combine = next(n for n in tree.nodes if n.type == 'COMBINE_COLOR')
math = combine.inputs['Green'].links[0].from_node
source = math.inputs[1].links[0]
result = [math.operation, math.inputs[0].default_value, source.from_node.type, source.from_socket.name,
          combine.inputs['Red'].links[0].from_socket.name, combine.inputs['Blue'].links[0].from_socket.name]"""),
                         ["SUBTRACT", 1, "SEPARATE_COLOR", "Green", "Red", "Blue"])

    def test_normals_of_opengl_are_preferred(self) -> None:
        done = self.texture("normal_dx", "normal_gl")
        self.assertEqual(self.drivers("Wand 壁")["Normal"], ["NORMAL_MAP.Normal", "normal_gl"])
        self.assertIn("normal_gl is there", " ".join(done["warnings"]))
        self.assertEqual(done["created"]["images"], ["brick ü_normal_gl.png"])

    def test_a_packed_map(self) -> None:
        self.texture("color", "arm")
        self.assertEqual(self.drivers("Wand 壁"), {
            "Base Color": ["MIX.Result", "color:sRGB", "SEPARATE_COLOR.Red", "arm"],
            "Roughness": ["SEPARATE_COLOR.Green", "arm"], "Metallic": ["SEPARATE_COLOR.Blue", "arm"]})

    def test_maps_of_their_own_win_over_a_packed_one(self) -> None:
        self.texture("color", "arm", "roughness")
        self.assertEqual(self.drivers("Wand 壁")["Roughness"], ["roughness"])
        done = self.texture("arm", "roughness", "metallic", "ambient_occlusion")
        self.assertIn("a map of its own", " ".join(done["warnings"]))

    def test_glossiness_is_turned_into_roughness(self) -> None:
        self.texture("glossiness")
        self.assertEqual(self.drivers("Wand 壁")["Roughness"], ["MATH.Value", "glossiness"])
        done = self.texture("glossiness", "roughness")
        self.assertEqual(self.drivers("Wand 壁.001")["Roughness"], ["roughness"])
        self.assertIn("glossiness", " ".join(done["warnings"]))

    def test_what_nobody_knows_is_a_warning(self) -> None:
        done = self.texture("color", "translucency")
        self.assertIn("'translucency'", " ".join(done["warnings"]))
        files = [*self.maps("color"), {"path": self.write("again.png", makers.flat(3)), "role": "color"}]
        self.assertIn("again.png was not used", " ".join(self.import_("texture", files)["warnings"]))

    def test_relief_is_shaded_once_unless_it_is_asked_for(self) -> None:
        self.assertNotIn("Displacement", self.drivers(self.texture("normal_gl", "displacement")["material"]))
        self.assertIn("Displacement", self.drivers(self.texture("color", "displacement")["material"]))
        self.assertNotIn("Displacement", self.drivers(self.texture("color", "displacement", displacement="off")["material"]))
        done = self.texture("normal_gl", "displacement", displacement="bump")
        self.assertIn("shades it once", " ".join(done["warnings"]))

    def test_a_float_image_as_colour_stays_linear(self) -> None:
        done = self.import_("texture", [{"path": self.write("sky.hdr", makers.hdr()), "role": "color"}])
        is_data, is_float = self.client.run(f"i = D.images[{done['created']['images'][0]!r}]\n"
                                            "result = [i.colorspace_settings.is_data, i.colorspace_settings.name != 'sRGB']")
        self.assertEqual((is_data, is_float), (False, True))

    def test_again_it_has_another_name_and_the_same_images(self) -> None:
        first, second = self.texture("color", "roughness"), self.texture("color", "roughness")
        self.assertEqual((first["material"], second["material"]), ("Wand 壁", "Wand 壁.001"))
        self.assertEqual(second["created"]["images"], [])
        self.assertEqual(self.client.run("result = len([i for i in D.images if i.name.startswith('brick')])"), 2)

    def test_an_image_of_the_users_keeps_its_colour_space(self) -> None:
        files = self.maps("roughness")
        self.client.run(f"D.images.load({files[0]['path']!r}).use_fake_user = True")
        done = self.import_("texture", files)
        self.assertEqual(done["created"]["images"], ["brick ü_roughness.png.001"])
        self.assertEqual(self.client.run("result = [D.images['brick ü_roughness.png'].colorspace_settings.name,"
                                         " 'blender_mcpd_asset' in D.images['brick ü_roughness.png']]"), ["sRGB", False])

    def test_one_undo_step(self) -> None:
        before = self.state()
        self.texture("color", "normal_dx", objects=["Cube"])
        self.assertEqual(self.history()[0], "Import Wand 壁")
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)

    def test_progress(self) -> None:
        self.texture("color", "roughness")
        told = [(event["value"], event["total"]) for event in self.client.events if event["event"] == "progress"]
        self.assertEqual(told[-1:], [(2, 2)])

    def test_names_are_cut_by_blender(self) -> None:
        done = self.texture("color", name="壁" * 200 + "\n")
        self.assertTrue(set(done["material"]) == {"壁"} and len(done["material"]) >= 20)


    def test_both_kinds_of_normals_look_the_same(self) -> None:
        """And not the same as one that is taken for the other."""
        self.client.run("C.scene.world = None\nD.objects['Light'].data.type = 'SUN'\nD.objects['Light'].data.energy = 3\n"
                        "D.objects['Camera'].location = (0, 0, 3)\nD.objects['Camera'].rotation_euler = (0, 0, 0)")
        pictures = []
        for role, other in (("normal_gl", ""), ("normal_dx", ""), ("normal_gl", "normal_dx")):
            files = self.maps(role)
            if other:
                files[0]["path"] = self.maps(other)[0]["path"]
            self.import_("texture", files, objects=["Cube"])
            pictures.append(self.rendered())
        right, turned, wrong = pictures
        self.assertLess(self.difference(right, turned), 1)
        self.assertGreater(self.difference(right, wrong), 5)

    def rendered(self) -> Any:
        path = str(self.folder / "picture.png")
        self.client.run(f"""
s = C.scene
s.render.engine, s.cycles.samples, s.cycles.use_denoising, s.cycles.max_bounces = 'CYCLES', 4, False, 0
s.render.resolution_x = s.render.resolution_y = 32
s.render.resolution_percentage, s.render.filepath = 100, {path!r}
s.render.image_settings.file_format = 'PNG'
bpy.ops.render.render(write_still=True)""")
        return png.read((self.folder / "picture.png").read_bytes()).pixels

    def difference(self, left: list[bytes], right: list[bytes]) -> float:
        return sum(abs(a - b) for one, other in zip(left, right) for a, b in zip(one[:3], other[:3])) / len(left) / 3


class TilingTest(TextureTestCase):
    def test_real_size_by_the_uv_map(self) -> None:
        done = self.texture("color", objects=["Cube"], physical_size_m=0.5)
        # The default cube is 2 m wide, and its UV map shows the whole in a quarter of the width.
        self.assertVector(done["tiling"]["repeats"], [16, 16, 2])
        self.client.run("C.scene.unit_settings.scale_length = 0.1")
        done = self.texture("color", objects=["Cube"], physical_size_m=0.5)
        self.assertVector(done["tiling"]["repeats"], [1.6, 1.6, 0.2])

    def test_real_size_in_a_box(self) -> None:
        self.client.run("D.objects['Cube'].scale = (2, 1, 1)")
        done = self.texture("color", objects=["Cube"], physical_size_m=0.5, projection="box")
        self.assertVector(done["tiling"]["repeats"], [4, 2, 2])
        self.assertEqual(self.client.run("""
node = next(n for n in D.materials['Wand 壁'].node_tree.nodes if n.type == 'TEX_IMAGE')
mapping = node.inputs['Vector'].links[0].from_node
result = [node.projection, mapping.inputs['Vector'].links[0].from_socket.name]"""), ["BOX", "Object"])

    def test_objects_without_a_uv_map(self) -> None:
        self.client.run("m = D.meshes['Cube']\nm.uv_layers.remove(m.uv_layers[0])")
        self.assertEqual(self.texture("color", objects=["Cube"])["tiling"]["projection"], "box")
        done = self.texture("color", objects=["Cube"], projection="uv")
        self.assertIn("no UV map", " ".join(done["warnings"]))

    def test_a_box_and_a_normal_map_do_not_go_together(self) -> None:
        self.assertIn("not the box", " ".join(self.texture("normal_gl", objects=["Cube"], projection="box")["warnings"]))

    def test_objects_of_other_sizes_are_told(self) -> None:
        self.client.run("copy = D.objects['Cube'].copy(); copy.scale = (3, 3, 3); C.collection.objects.link(copy)")
        done = self.texture("color", objects=["Cube", "Cube.001"], physical_size_m=1)
        self.assertIn("'Cube.001'", " ".join(done["warnings"]))

    def test_the_scale_that_is_given_wins(self) -> None:
        done = self.texture("color", objects=["Cube"], physical_size_m=0.5, scale=[2, 4])
        self.assertVector(done["tiling"]["repeats"], [2, 4, 1])


class RefusalTest(TextureTestCase):
    def test_what_is_wrong_leaves_nothing(self) -> None:
        (good,) = self.maps("color")
        jpeg = {"path": self.write("a.png", b"\xff\xd8\xff\xe0 JFIF"), "role": "roughness"}
        text = {"path": self.write("b.png", "nothing of the kind"), "role": "roughness"}
        cut = {"path": self.write("c.png", makers.flat(7, 256)[:100]), "role": "roughness"}
        empty = {"path": self.write("d.png", b""), "role": "roughness"}
        missing = {"path": str(self.folder / "e.png"), "role": "roughness"}
        ending = {"path": self.write("f.psd", "8BPS"), "role": "roughness"}
        (self.folder / "g.png").symlink_to("/proc/self/mem")  # there, but it cannot be read
        unreadable = {"path": str(self.folder / "g.png"), "role": "roughness"}
        for kind, bad, *parts in [("blender", unreadable, "cannot read", "files.roots"), ("invalid", jpeg, "JPEG"),
                                  ("invalid", text, "no PNG"), ("invalid", cut, "can read"),
                                  ("invalid", empty, "empty"), ("not_found", missing, "e.png"), ("invalid", ending, ".png")]:
            with self.subTest(bad["path"]):
                self.fails(kind, self.args("texture", [good, bad]), "files[1].path", *parts)
        for field, args in [("kind", {"kind": "sound"}), ("name", {"name": " \n"}), ("scale", {"scale": [1, 0]}),
                            ("scale", {"scale": [1]}), ("physical_size_m", {"physical_size_m": 0}), ("files", {"files": []}),
                            ("strength", {"strength": -1}), ("projection", {"projection": "sphere"}),
                            ("displacement", {"displacement": "yes"}), ("provenance", {"provenance": None}),
                            ("provenance.id", {"provenance": {"provider": "x"}}),
                            ("provenance.authors", {"provenance": {**ORIGIN, "authors": "Ann"}}),
                            ("provenance.title", {"provenance": {**ORIGIN, "title": 3}}),
                            ("objects[0]", {"objects": ["Light"]}),
                            ("files[0].path", {"files": [{"path": "a.png", "role": "color"}]})]:
            with self.subTest(args):
                self.fails("invalid", {**self.args("texture", [good], objects=["Cube"]), **args}, field)
        self.fails("not_found", self.args("texture", [good], objects=["Kube"]), "objects[0]", "Cube")
        self.assertNotIn("Import", " ".join(self.history()))

    def test_interrupted_it_leaves_nothing(self) -> None:
        before = self.state()
        self.client.run("""
import sys
module = next(module for name, module in sys.modules.items() if name.endswith('asset_texture'))
real = module.load_map
def load_map(*args):
    found = real(*args)
    frame = sys._getframe(1)
    frame.f_locals['context'].job.mark_interrupted('interrupted')
    module.load_map = real
    return found
module.load_map = load_map""")
        error = self.assertFails("interrupted", "asset.import", self.args("texture", self.maps("color", "roughness")))
        self.assertTrue(error["undone"])
        self.assertEqual(self.state(), before)


class HdriTest(AssetTestCase):
    def hdri(self, **args: Any) -> dict[str, Any]:
        return self.import_("hdri", [{"path": self.write("Himmel ü.hdr", makers.hdr()), "role": "environment"}], **args)

    def test_a_new_world(self) -> None:
        before = self.state()
        (old,) = self.client.run("result = [C.scene.world.name]")
        done = self.hdri(strength=2.5, rotation_degrees=90)
        self.assertEqual((done["created"]["worlds"], done["created"]["images"], done["previous_world"]),
                         (["Wand 壁"], ["Himmel ü.hdr"], old))
        self.assertAlmostEqual(done["world"]["strength"], 2.5)
        self.assertAlmostEqual(done["world"]["rotation"], 90, 3)
        self.assertEqual(self.client.run(f"""
image = D.images['Himmel ü.hdr']
result = [C.scene.world.name, D.worlds[{old!r}].use_fake_user, image.is_float, image.colorspace_settings.is_data,
          image.colorspace_settings.name == 'sRGB']"""), ["Wand 壁", True, True, False, False])
        self.assertEqual(done["changes"]["changed"], {"scene:Scene": ["world"]})
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)

    def test_the_image_of_the_world_that_is_there(self) -> None:
        first = self.hdri(strength=2, rotation_degrees=45)
        nodes = self.client.run("result = len(C.scene.world.node_tree.nodes)")
        path = self.write("other.hdr", makers.hdr(32, 16))
        done = self.import_("hdri", [{"path": path, "role": "environment"}], world="replace")
        self.assertEqual((done["created"]["worlds"], done["previous_image"], done["world"]["name"]),
                         ([], "Himmel ü.hdr", first["world"]["name"]))
        self.assertEqual((done["world"]["image"], done["world"]["strength"]), (path, 2.0))
        self.assertAlmostEqual(done["world"]["rotation"], 45, 3)
        self.assertEqual(self.client.run("result = len(C.scene.world.node_tree.nodes)"), nodes)

    def test_without_an_image_there_is_nothing_to_replace(self) -> None:
        done = self.hdri(world="replace")
        self.assertIn("new world", " ".join(done["warnings"]))
        self.assertEqual(done["created"]["worlds"], ["Wand 壁"])
        self.client.run("C.scene.world = None")
        self.assertNotIn("previous_world", self.hdri())

    def test_what_is_no_environment(self) -> None:
        png = {"path": self.write("a.png", makers.flat(1)), "role": "environment"}
        self.fails("invalid", self.args("hdri", [png]), "files[0].path", ".hdr")
        fake = {"path": self.write("a.hdr", makers.flat(1)), "role": "environment"}
        self.fails("invalid", self.args("hdri", [fake]), "files[0].path", "PNG")
        cut = {"path": self.write("b.hdr", makers.hdr()[:30]), "role": "environment"}
        self.fails("invalid", self.args("hdri", [cut]), "files[0].path", "can read")


if __name__ == "__main__":
    unittest.main()
