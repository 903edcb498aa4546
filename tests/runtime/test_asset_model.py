"""asset.import of models, and what .blend libraries offer."""

from __future__ import annotations

import json
import struct
import unittest
import uuid
from typing import Any

import asset_makers as makers
import png
from harness import Blender
from test_asset_import import ORIGIN, AssetTestCase


class ModelTestCase(AssetTestCase):
    def model(self, path: str, **args: Any) -> dict[str, Any]:
        return self.import_("model", [{"path": path, "role": "model"}], **args)

    def box(self, **args: Any) -> str:
        """1 m wide, 2 m high, 4 m deep, not around its origin."""
        return makers.write_glb(self.folder / "Kiste ü.glb", (1, 2, 4), at=(3, 5, 7), **args)

    def bounds(self, *names: str) -> list[list[float]]:
        """[low, high] of these objects and of what is below them."""
        return self.client.run(f"""
C.view_layer.update()
below = [o for o in D.objects if o.name in {names!r} or any(p.name in {names!r} for p in parents(o))]
points = [o.matrix_world @ v.co for o in below if o.type == 'MESH' for v in o.data.vertices]
result = [[f(p[axis] for p in points) for axis in range(3)] for f in (min, max)]""".replace("\nC.view", """
def parents(o):
    while o.parent:
        o = o.parent
        yield o
C.view"""))

    def assertBox(self, names: list[str], low: list[float], high: list[float]) -> None:
        found = self.bounds(*names)
        self.assertVector([round(value, 4) for value in found[0]], low)
        self.assertVector([round(value, 4) for value in found[1]], high)


class ModelTest(ModelTestCase):
    def test_as_large_as_it_is_on_the_ground(self) -> None:
        before = self.state()
        done = self.model(self.box(), location=[10, 0, 1])
        self.assertVector(done["dimensions"], [1, 4, 2])
        self.assertEqual((done["root"], done["format"]), ("Wand 壁", "gltf"))
        self.assertBox(["Wand 壁"], [9.5, -2, 1], [10.5, 2, 3])
        self.assertEqual(done["created"], {"materials": ["Paint"], "images": [], "objects": ["Box0", "Wand 壁"], "worlds": [],
                                           "collections": []})
        self.assertEqual(done["changes"]["changed"], {})
        self.assertEqual(self.object("Box0")["parent"], "Wand 壁")
        self.assertEqual(self.client.run("result = C.scene.get('from')"), None)
        self.assertEqual(self.history()[0], "Import Wand 壁")
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)

    def test_a_size_and_a_turn(self) -> None:
        done = self.model(self.box(), target_size=1, rotation=[0, 0, 90])
        self.assertVector(done["dimensions"], [1, 0.25, 0.5])
        self.assertBox(["Wand 壁"], [-0.5, -0.125, 0], [0.5, 0.125, 0.5])

    def test_turned_askew_it_still_stands(self) -> None:
        done = self.model(self.box(), rotation=[30, 20, 10], location=[1, 2, 3])
        low, high = self.bounds("Wand 壁")
        self.assertAlmostEqual(low[2], 3, 4)
        self.assertVector([(low[axis] + high[axis]) / 2 for axis in (0, 1)], [1, 2])
        self.assertVector(done["dimensions"], [a - b for a, b in zip(high, low)])

    def test_the_units_of_the_scene(self) -> None:
        self.client.run("C.scene.unit_settings.scale_length = 0.01")
        for path in (self.box(), self.obj_file()):
            with self.subTest(path):
                done = self.model(path)
                self.assertVector(sorted(done["dimensions"]), [100, 200, 400])
                self.assertEqual(self.client.run("result = round(C.scene.unit_settings.scale_length, 6)"), 0.01)
        self.assertVector(sorted(self.model(self.box(), target_size=2)["dimensions"]), [50, 100, 200])

    def obj_file(self) -> str:
        return self.write("Kiste.obj", makers.obj((1, 2, 4)))

    def test_an_obj(self) -> None:
        done = self.model(self.obj_file())
        self.assertVector(done["dimensions"], [1, 4, 2])
        self.assertBox([done["root"]], [-0.5, -2, 0], [0.5, 2, 2])

    def test_an_fbx(self) -> None:
        self.client.call("delete_objects", filter={"type": "MESH"})
        self.client.call("create_objects", items=[
            {"kind": "cube", "name": "Box", "size": 1, "scale": [1, 4, 2], "location": [5, 5, 5]}])
        path = self.folder / "a.fbx"
        self.client.run(f"import addon_utils\naddon_utils.enable('io_scene_fbx')\nC.scene.render.fps = 30\n"
                        f"bpy.ops.export_scene.fbx(filepath={str(path)!r})")
        for unit in (1, 0.01):
            self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
            self.client.run(f"C.scene.unit_settings.scale_length = {unit}")
            done = self.model(str(path))
            with self.subTest(unit):
                self.assertEqual(self.client.run("result = C.scene.render.fps"), 24)
                sizes = self.bounds(*done["created"]["objects"])
                self.assertVector([round((a - b) * unit, 3) for a, b in zip(sizes[1], sizes[0])], [1, 4, 2])
                self.assertAlmostEqual(sizes[0][2], 0, 3)

    def test_several_roots_get_one(self) -> None:
        done = self.model(self.box(roots=3), target_size=1.25)
        self.assertEqual(sorted(done["created"]["objects"]), ["Box0", "Box1", "Box2", "Root0", "Root1", "Root2", "Wand 壁"])
        self.assertVector(done["dimensions"], [1.25, 1, 0.5])
        self.assertEqual([self.object(name)["parent"] for name in ("Root0", "Root1", "Root2")], ["Wand 壁"] * 3)
        self.assertEqual(self.object("Wand 壁")["type"], "EMPTY")

    def test_what_has_no_surface_has_no_size(self) -> None:
        scene = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"name": "Point"}]}
        done = self.model(self.write("a.gltf", json.dumps(scene)), location=[1, 2, 3], target_size=3)
        self.assertEqual((done["dimensions"], self.object(done["root"])["location"]), ([0, 0, 0], [1, 2, 3]))
        self.assertIn("not known", " ".join(done["warnings"]))

    def test_a_root_with_keys_is_carried(self) -> None:
        document, buffer = makers.gltf((1, 1, 1))
        times = struct.pack("<2f", 0, 1) + struct.pack("<6f", 0, 0, 0, 1, 0, 0)
        at = len(buffer)
        document["bufferViews"] += [{"buffer": 0, "byteOffset": at, "byteLength": 8},
                                    {"buffer": 0, "byteOffset": at + 8, "byteLength": 24}]
        document["accessors"] += [{"bufferView": 3, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [1]},
                                  {"bufferView": 4, "componentType": 5126, "count": 2, "type": "VEC3"}]
        document["animations"] = [{"name": "Go", "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}],
                                   "samplers": [{"input": 3, "output": 4}]}]
        document["buffers"] = [{"uri": "a.bin", "byteLength": at + 32}]
        (self.folder / "a.bin").write_bytes(buffer + times)
        done = self.model(self.write("a.gltf", json.dumps(document)), location=[0, 9, 0])
        self.assertEqual(self.object("Wand 壁")["type"], "EMPTY")
        self.client.run("C.scene.frame_set(12)")
        self.assertAlmostEqual(self.bounds(done["root"])[0][1], 8.5, 4)

    def test_textures_beside_it(self) -> None:
        (self.folder / "textures").mkdir()
        self.write("textures/Farbe ü.png", makers.flat((200, 30, 30)))
        path = makers.write_gltf(self.folder / "a.gltf", (1, 1, 1), image="textures/Farbe%20%C3%BC.png")
        files = [{"path": path, "role": "model"}, {"path": str(self.folder / "textures/Farbe ü.png"), "role": "dependency"},
                 {"path": str(self.folder / "a.bin"), "role": "dependency"}]
        done = self.import_("model", files)
        self.assertEqual((done["created"]["images"], done["warnings"]), (["Farbe ü.png"], []))
        self.assertEqual(self.client.run("image = D.images['Farbe ü.png']\nresult = image['blender_mcpd_asset']['id']"), ORIGIN["id"])

    def test_into_a_collection(self) -> None:
        done = self.model(self.box(), collection="Möbel")
        self.assertEqual(done["created"]["collections"], ["Möbel"])
        self.assertEqual(self.client.run("result = [c.name for c in D.objects['Box0'].users_collection]"), ["Möbel"])
        # It is the user's, and no work of anybody's.
        self.assertEqual(self.client.run("result = 'blender_mcpd_asset' in D.collections['Möbel']"), False)

    def test_names_that_are_taken(self) -> None:
        self.model(self.box())
        done = self.model(self.box(), location=[5, 0, 0])
        self.assertEqual((done["root"], done["created"]["objects"], done["created"]["materials"]),
                         ("Wand 壁.001", ["Box0.001", "Wand 壁.001"], ["Paint.001"]))
        self.assertBox(["Wand 壁"], [-0.5, -2, 0], [0.5, 2, 2])

    def test_all_of_it_is_credited(self) -> None:
        self.model(self.box())
        (entry,) = self.client.call("asset.credits")["credits"]
        self.assertEqual([(user["type"], user["name"]) for user in entry["used_by"]],
                         [("MATERIAL", "Paint"), ("MESH", "Box"), ("OBJECT", "Box0"), ("OBJECT", "Wand 壁")])


class RefusedModelTest(ModelTestCase):
    def test_what_is_wrong_leaves_nothing(self) -> None:
        good = self.box()
        for kind, content, name, *parts in [
                ("invalid", b"no model", "a.glb", "no binary glTF"), ("invalid", makers.flat(1), "b.glb", "PNG"),
                ("blender", b"glTF\2\0\0\0", "c.glb", "broken"), ("invalid", b"", "d.obj", "empty"),
                ("blender", b"# nothing\n", "e.obj", "nothing"), ("invalid", b"x", "f.txt", ".gltf"),
                ("blender", b"BLENDER-v304", "g.blend", "no .blend"), ("invalid", b"solid", "h.fbx", "no FBX")]:
            with self.subTest(name):
                args = self.args("model", [{"path": self.write(name, content), "role": "model"}])
                self.fails(kind, args, "files[0].path", *parts)
        document, _ = makers.gltf((1, 1, 1))
        document["buffers"][0]["uri"] = "missing.bin"
        args = self.args("model", [{"path": self.write("a.gltf", json.dumps(document)), "role": "model"}])
        self.fails("not_found", args, "files[0].path", "missing.bin")
        document["buffers"][0]["uri"] = "../elsewhere.bin"
        args = self.args("model", [{"path": self.write("a.gltf", json.dumps(document)), "role": "model"}])
        self.fails("invalid", args, "files[0].path", "outside")
        args = self.args("model", [{"path": good, "role": "model"}])
        self.fails("invalid", {**args, "target_size": 0}, "target_size")
        self.fails("invalid", {**args, "datablock": {"type": "Object", "name": "x"}}, "datablock")
        self.assertNotIn("Import", " ".join(self.history()))

    def test_interrupted_it_leaves_nothing(self) -> None:
        nodes = 8000
        document, buffer = makers.gltf((1, 1, 1))
        document["nodes"], document["scenes"] = [{"mesh": 0}] * nodes, [{"nodes": list(range(nodes))}]
        document["buffers"][0]["uri"] = "slow.bin"
        (self.folder / "slow.bin").write_bytes(buffer)
        args = self.args("model", [{"path": self.write("slow.gltf", json.dumps(document)), "role": "model"}])
        self.client.run("C.scene.unit_settings.scale_length = 0.1")
        before = self.state()
        error = self.client.request("asset.import", args, deadline_ms=1000)["error"]
        self.assertEqual((error["kind"], error.get("undone")), ("deadline", True), error)
        self.assertEqual(self.state(), before)
        request_uuid = str(uuid.uuid4())
        request = self.client.start("asset.import", args, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        self.client.call("interrupt", uuid=request_uuid)
        self.assertEqual(self.client.reply(request)[0]["error"]["kind"], "interrupted")
        self.assertEqual(self.state(), before)


USD = """#usda 1.0
(
    metersPerUnit = 1
    upAxis = "Z"
)
def Mesh "Plate" {
    int[] faceVertexCounts = [4]
    int[] faceVertexIndices = [0, 1, 2, 3]
    point3f[] points = [(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)]
}
"""


class OptionalFormatsTest(ModelTestCase):
    """Those that Blender may be built without, as Debian's is."""

    def check(self, name: str, path: str) -> None:
        if self.client.run(f"result = bpy.app.build_options.{name}"):
            done = self.model(path, target_size=4, location=[1, 0, 0])
            self.assertVector(done["dimensions"], [4, 2, 0])
            self.assertBox([done["root"]], [-1, -1, 0], [3, 1, 0])
            return
        args = self.args("model", [{"path": path, "role": "model"}])
        self.fails("blender", args, "files[0].path", f"is built without {name}", "What it can import: ")

    def test_usd(self) -> None:
        self.check("usd", self.write("plate.usda", USD))

    def test_alembic(self) -> None:
        path = self.write("plate.abc", "Ogawa")
        if self.client.run("result = bpy.app.build_options.alembic"):
            self.client.run(f"""
mesh = D.meshes.new('Plate')
mesh.from_pydata([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)], [], [(0, 1, 2, 3)])
plate = D.objects.new('Plate', mesh)
C.collection.objects.link(plate)
for o in C.view_layer.objects:
    o.select_set(o == plate)
bpy.ops.wm.alembic_export(filepath={path!r}, selected=True)
D.objects.remove(plate)""")
        self.check("alembic", path)


CATALOG = "6bdb1c4b-3e0a-4e9b-9b2d-6a2a4c6f8a11"
LIBRARY = """
import bpy
for name in ('Holz ü', 'Plain'):
    m = D.materials.new(name)
    if name != 'Plain':
        m.asset_mark()
        m.asset_data.author, m.asset_data.description, m.asset_data.catalog_id = 'Ann Ö.', 'Oak', CATALOG
        for tag in ('wood', 'brown'):
            m.asset_data.tags.new(tag)
        if hasattr(m.asset_data, 'license'):
            m.asset_data.license = 'CC-BY-4.0'
mesh = D.meshes.new('Stuhl')
mesh.from_pydata([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 3)], [], [(0, 1, 2, 3)])
mesh.materials.append(D.materials['Holz ü'])
chair = D.objects.new('Stuhl', mesh)
group = D.collections.new('Gruppe')
for number in range(2):
    o = D.objects.new('Teil', mesh)
    o.location.x = 4 * number
    group.objects.link(o)
world = D.worlds.new('Abend')
for block in (chair, group, world):
    block.asset_mark()
if PREVIEW:
    image = chair.preview_ensure()
    image.image_size = (4, 2)
    image.image_pixels = [-16776961] * 4 + [-16711936] * 4
D.libraries.write(PATH, {D.materials['Holz ü'], D.materials['Plain'], chair, group, world}, fake_user=True)
"""


class LibraryTest(ModelTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.library = str(self.folder / "Bibliothek.blend")
        self.write("blender_assets.cats.txt", f"# comment\nVERSION 1\n\n{CATALOG}:Holz/Eiche:Holz-Eiche\n")
        self.client.run(f"CATALOG, PATH, PREVIEW = {CATALOG!r}, {self.library!r}, True\n" + LIBRARY)
        self.client.call("manage_file", action="new", discard_changes=True)

    def list(self, *folders: str) -> dict[str, Any]:
        return self.client.call("asset.library_list", folders=list(folders or (self.library,)))

    def test_what_is_marked(self) -> None:
        before = self.state()
        listed = self.list()
        assets = {(asset["type"], asset["name"]): asset for asset in listed["assets"]}
        self.assertEqual(sorted(assets), [("Collection", "Gruppe"), ("Material", "Holz ü"), ("Object", "Stuhl"), ("World", "Abend")])
        wood = assets["Material", "Holz ü"]
        self.assertEqual((wood["author"], wood["description"], wood["tags"], wood["catalog"], wood["file"], wood["library"]),
                         ("Ann Ö.", "Oak", ["brown", "wood"], "Holz/Eiche", self.library, "Bibliothek.blend"))
        self.assertEqual(listed["files"], 1)
        self.assertEqual(len({asset["id"] for asset in listed["assets"]}), 4)
        self.assertEqual([asset["id"] for asset in self.list()["assets"]], [asset["id"] for asset in listed["assets"]])
        self.assertEqual(self.state(), before)

    def test_folders(self) -> None:
        self.write("broken.blend", "BLENDER nothing")
        listed = self.list(str(self.folder), self.library, "/nonexistent")
        self.assertEqual((len(listed["assets"]), listed["files"]), (4, 2))
        self.assertEqual({asset["library"] for asset in listed["assets"]}, {self.folder.name})
        self.assertIn("broken.blend", " ".join(listed["warnings"]))
        self.assertIn("There is no file or folder '/nonexistent'", " ".join(listed["warnings"]))
        self.assertFails("invalid", "asset.library_list", {"folders": ["a"]}, "folders[0]")

    def test_libraries_of_the_preferences(self) -> None:
        self.client.run(f"libraries = C.preferences.filepaths.asset_libraries\n"
                        f"new = libraries.new(name='Mine', directory={str(self.folder)!r}) if hasattr(libraries, 'new') else "
                        f"(bpy.ops.preferences.asset_library_add(directory={str(self.folder)!r}), libraries[-1])[1]\n"
                        f"new.name = 'Mine'")
        self.addCleanup(self.client.run, "bpy.ops.preferences.asset_library_remove(index=len(C.preferences.filepaths.asset_libraries) - 1)")
        listed = self.client.call("asset.library_list")
        self.assertEqual({asset["library"] for asset in listed["assets"]}, {"Mine"})
        self.assertEqual(listed["warnings"], [])
        # The same once more is not two.
        self.assertEqual(len(self.list(str(self.folder))["assets"]), len(listed["assets"]))

    def test_a_library_that_is_not_there(self) -> None:
        self.client.run("bpy.ops.preferences.asset_library_add(directory='/nonexistent/lib')")
        self.addCleanup(self.client.run, "bpy.ops.preferences.asset_library_remove(index=len(C.preferences.filepaths.asset_libraries) - 1)")
        (warning,) = self.client.call("asset.library_list")["warnings"]
        self.assertIn("(/nonexistent/lib) is not there. A Blender in a sandbox sees only what is in the folders of assets.folders", warning)

    def test_the_open_file(self) -> None:
        self.client.run("D.objects['Cube'].asset_mark()\nD.objects['Cube'].asset_data.author = 'Me'")
        path = str(self.folder / "open.blend")
        (own,) = [asset for asset in self.list()["assets"] if asset["library"] == "Current File"]
        self.assertEqual((own["name"], own["type"], own["file"], own["author"]), ("Cube", "Object", "", "Me"))
        self.client.run(f"D.objects['Cube'].asset_data.catalog_id = {CATALOG!r}")
        self.client.call("manage_file", action="save_as", path=path)
        own = [asset for asset in self.list(str(self.folder))["assets"] if asset["name"] == "Cube"]
        self.assertEqual([(asset["library"], asset["file"], asset["catalog"]) for asset in own], [("Current File", path, "Holz/Eiche")])

    def test_a_file_that_changes_is_read_anew(self) -> None:
        self.assertEqual(len(self.list()["assets"]), 4)
        self.client.run(f"D.objects['Cube'].asset_mark()\nD.libraries.write({self.library!r}, {{D.objects['Cube']}})\n"
                        "D.objects['Cube'].asset_clear()")
        self.assertEqual([asset["name"] for asset in self.list()["assets"]], ["Cube"])

    def test_a_preview(self) -> None:
        told, picture = self.client.call_blob("asset.preview", path=self.library, type="Object", name="Stuhl")
        self.assertEqual(told, {"image": {"mime_type": "image/png", "width": 4, "height": 2}})
        self.assertEqual(png.read(picture).colours(), {b"\xff\0\0", b"\0\xff\0"})
        self.assertFails("not_found", "asset.preview", {"path": self.library, "type": "World", "name": "Abend"}, "name")
        self.assertFails("not_found", "asset.preview", {"path": self.library, "type": "Object", "name": "Stuh"}, "name")
        for kind, path in [("not_found", str(self.folder / "none.blend")), ("invalid", "lib.blend"),
                           ("not_found", str(self.folder)), ("invalid", self.write("a.txt", "x")),
                           ("blender", self.write("a.blend", "x"))]:
            with self.subTest(path):
                self.assertFails(kind, "asset.preview", {"path": path, "type": "Object", "name": "x"}, "path")

    def test_a_preview_of_the_open_file(self) -> None:
        self.client.run("o = D.objects['Cube']\no.asset_mark()\ni = o.preview_ensure()\ni.image_size = (2, 2)\n"
                        "i.image_pixels = [-16776961] * 4")
        _, picture = self.client.call_blob("asset.preview", path="", type="Object", name="Cube")
        self.assertEqual(png.read(picture).colours(), {b"\xff\0\0"})
        self.assertFails("not_found", "asset.preview", {"path": "", "type": "Object", "name": "Light"}, "name")

    def append(self, kind: str, name: str, **args: Any) -> dict[str, Any]:
        return self.model(self.library, datablock={"type": kind, "name": name}, **args)

    def test_an_object(self) -> None:
        before = self.state()
        done = self.append("Object", "Stuhl", location=[5, 0, 0], target_size=1.5)
        self.assertEqual((done["root"], done["created"]["objects"], done["created"]["materials"]), ("Wand 壁", ["Wand 壁"], ["Holz ü"]))
        self.assertVector(done["dimensions"], [1, 0.5, 1.5])
        self.assertEqual(self.client.run("o = D.objects['Wand 壁']\nresult = [o.asset_data is None, o.library is None, "
                                         "o.name in C.view_layer.objects, len(D.libraries)]"), [True, True, True, 0])
        self.client.call("history", action="undo")
        self.assertEqual(self.state(), before)

    def test_a_collection(self) -> None:
        done = self.append("Collection", "Gruppe", collection="Halle")
        self.assertEqual(sorted(done["created"]["collections"]), ["Gruppe", "Halle"])
        self.assertEqual(len(done["created"]["objects"]), 3)
        self.assertVector(done["dimensions"], [6, 1, 3])
        self.assertEqual(self.client.run("result = [c.name for c in D.collections['Halle'].children]"), ["Gruppe"])

    def test_a_material_and_a_world(self) -> None:
        origin = {"provider": "library", "id": "Holz"}
        done = self.append("Material", "Holz ü", objects=["Cube"], provenance=origin)
        self.assertEqual(self.object("Cube")["materials"], ["Holz ü"])
        self.assertEqual(done["provenance"]["authors"], ["Ann Ö."])
        self.assertEqual(self.client.call("asset.credits")["credits"][0]["authors"], ["Ann Ö."])
        old = self.client.run("result = C.scene.world.name")
        done = self.append("World", "Abend")
        self.assertEqual(done["created"]["worlds"], ["Abend"])
        self.assertEqual(self.client.run(f"result = [C.scene.world.name, D.worlds[{old!r}].use_fake_user]"), ["Abend", True])

    def test_drivers_are_told(self) -> None:
        path = str(self.folder / "driven.blend")
        self.client.run(f"D.objects['Cube'].driver_add('location', 2).driver.expression = 'noise(frame)'\n"
                        f"D.libraries.write({path!r}, {{D.objects['Cube']}})")
        done = self.model(path)
        self.assertIn("'noise(frame)'", " ".join(done["warnings"]))
        self.assertEqual(self.object(done["root"])["type"], "EMPTY")  # the driver would win over the place

    def test_which_one(self) -> None:
        args = self.args("model", [{"path": self.library, "role": "model"}])
        self.fails("invalid", args, "datablock", "4 assets", "'Stuhl'", 'search_assets with provider "blender"')
        self.fails("not_found", {**args, "datablock": {"type": "Object", "name": "Stuh"}}, "datablock.name", "'Stuhl'")
        self.fails("invalid", {**args, "datablock": {"type": "Mesh", "name": "x"}}, "datablock.type")

    def test_without_marks_all_objects_come(self) -> None:
        path = str(self.folder / "plain.blend")
        self.client.run(f"D.libraries.write({path!r}, set(D.objects))")
        done = self.model(path)
        self.assertEqual(sorted(done["created"]["objects"])[:3], ["Camera.001", "Cube.001", "Light.001"])
        self.assertEqual(done["root"], "Wand 壁")


class AuditedTest(ModelTest):
    """Nothing that importers do is refused."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender(audit_hook=True)


class AuditedLibraryTest(LibraryTest):
    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender(audit_hook=True)


if __name__ == "__main__":
    unittest.main()
