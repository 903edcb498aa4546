"""import_file and export_file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import unittest
import uuid
import zlib
from typing import Any

from harness import PATIENCE_S, Blender, BlenderTestCase, Client

CUBE_TRIANGLES, TORUS_TRIANGLES = 12, 1152
# Names of files as people give them.
STEM = "Möbel 日本 {x} #1"


class FilesTestCase(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.client.call("delete_objects", filter={"type": "MESH"})
        self.folder = self.blender.folder / f"files {uuid.uuid4().hex[:6]}"
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def create(self, *items: dict[str, Any]) -> None:
        self.client.call("create_objects", items=list(items))

    def two_objects(self) -> None:
        self.create({"kind": "cube", "name": "Box", "location": [3, 0, 0], "material": {"name": "Red"}},
                    {"kind": "torus", "name": "Ring", "location": [-3, 0, 0]})

    def export_args(self, name: str, **args: Any) -> dict[str, Any]:
        working_folder = self.blender.folder / f"working {uuid.uuid4().hex[:6]}"
        working_folder.mkdir()
        self.addCleanup(shutil.rmtree, working_folder, ignore_errors=True)
        return {"path": str(self.folder / name), "working_folder": str(working_folder), **args}

    def export(self, name: str, **args: Any) -> dict[str, Any]:
        return self.client.call("export_file", **self.export_args(name, **args))

    def import_(self, name: str, **args: Any) -> dict[str, Any]:
        return self.client.call("import_file", path=str(self.folder / name), **args)

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def new(self) -> None:
        self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)

    def triangles(self) -> int:
        return self.client.run("result = sum(len(o.data.loops) - 2 * len(o.data.polygons) for o in D.objects "
                               "if o.type == 'MESH')")

    def state(self) -> Any:
        return self.client.run("result = [sorted(getattr(D, kind).keys()) for kind in ('objects', 'meshes', 'materials', "
                               "'collections', 'images', 'curves')] + [C.mode]")

    def fails(self, kind: str, op: str, args: dict[str, Any], *parts: str, field: str = "path") -> dict[str, Any]:
        error = self.assertFails(kind, op, args, field)
        for part in parts:
            self.assertIn(part, error["message"] + " " + error.get("remedy", ""))
        return error

    def skip_without(self, ending: str) -> None:
        usd, alembic = self.client.run("o = bpy.app.build_options\nresult = [o.usd, o.alembic]")
        if not (alembic if ending == ".abc" else usd if ending.startswith(".usd") else True):
            self.skipTest(f"this Blender is built without {ending}")


class RoundTripTest(FilesTestCase):
    def round_trip(self, ending: str, objects: int = 2) -> dict[str, Any]:
        self.skip_without(ending)
        self.two_objects()
        name = STEM + ending
        told = self.export(name)
        triangles = CUBE_TRIANGLES + TORUS_TRIANGLES
        self.assertEqual((told["objects"], told["triangles"]), (2, triangles))
        self.assertEqual(told["verification"], {"objects": objects, "triangles": triangles, "matches": True})
        self.assertEqual(told["warnings"], [])
        data = (self.folder / name).read_bytes()
        self.assertEqual((told["path"], told["bytes"], told["sha256"]),
                         (str(self.folder / name), len(data), hashlib.sha256(data).hexdigest()))
        self.assertEqual(sorted([name, *(os.path.relpath(file["path"], self.folder) for file in told["files"])]), self.files())
        self.new()
        came = self.import_(name)
        self.assertEqual((came["total"], came["types"].get("MESH"), came["warnings"]), (len(came["objects"]), objects, []))
        self.assertEqual(self.triangles(), triangles)
        self.assertEqual({item["name"] for item in came["objects"]} - set(came["changes"]["added"]), set())
        self.assertEqual(self.client.call("history", action="list")["undo"][0], f"Import {name}")
        self.client.call("history", action="undo")
        self.assertEqual(self.client.run("result = len(D.objects)"), 0)
        return told

    def test_glb(self) -> None:
        self.assertEqual(self.round_trip(".glb")["files"], [])

    def test_gltf_with_its_data_beside_it(self) -> None:
        (beside,) = self.round_trip(".gltf")["files"]
        self.assertTrue(beside["path"].endswith(".bin"))
        buffer = json.loads((self.folder / (STEM + ".gltf")).read_text())["buffers"][0]
        self.assertEqual(buffer["byteLength"], beside["bytes"])

    def test_obj_with_its_materials_beside_it(self) -> None:
        (beside,) = self.round_trip(".obj")["files"]
        self.assertEqual(beside["path"], str(self.folder / (STEM + ".mtl")))
        self.assertIn(f"mtllib {STEM}.mtl", (self.folder / (STEM + ".obj")).read_text())

    def test_fbx(self) -> None:
        self.round_trip(".fbx")

    def test_stl(self) -> None:
        self.round_trip(".stl", objects=1)

    def test_ply(self) -> None:
        self.round_trip(".ply", objects=1)

    def test_usd(self) -> None:
        self.round_trip(".usdc")

    def test_alembic(self) -> None:
        self.round_trip(".abc")

    def test_the_ending_in_capitals(self) -> None:
        self.create({"kind": "cube"})
        self.export("A.OBJ")
        self.assertEqual(self.import_("A.OBJ")["format"], "obj")


class ImportedFilesTestCase(FilesTestCase):
    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


class ImportTest(ImportedFilesTestCase):
    def test_svg(self) -> None:
        self.write("a b.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
                              '<path d="M0 0 L10 0 L10 10 Z"/></svg>')
        came = self.import_("a b.svg")
        self.assertEqual(came["types"], {"CURVE": 1})

    def test_an_image_as_a_plane(self) -> None:
        self.write("Bild ü.png", png(4, 2))
        came = self.import_("Bild ü.png", options={"height": 2.0})
        self.assertEqual(came["types"], {"MESH": 1})
        width, height = sorted(self.object(came["objects"][0]["name"])["dimensions"])[1:]
        self.assertAlmostEqual(max(width, height) / min(width, height), 2, 3)

    def test_into_a_collection(self) -> None:
        self.write("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5"/></svg>')
        self.write("a.obj", TRIANGLE)
        for name in ("a.svg", "a.obj"):
            with self.subTest(name):
                came = self.import_(name, collection="Drin")
                where = self.client.run(f"result = [c.name for c in D.objects[{came['objects'][0]['name']!r}].users_collection]")
                self.assertEqual(where, ["Drin"])
        self.assertEqual(self.client.run("result = [c.name for c in D.collections if c.name not in ('Collection', 'Drin')]"), [])

    def test_options(self) -> None:
        self.write("a.obj", TRIANGLE)
        came = self.import_("a.obj", options={"global_scale": 10, "forward_axis": "Y", "up_axis": "Z"})
        self.assertVector(self.object(came["objects"][0]["name"])["dimensions"], [10, 10, 0])

    def test_wrong_options(self) -> None:
        path = self.write("a.obj", TRIANGLE)
        before = self.state()
        for options, field, *parts in [
            ({"global_scal": 1}, "global_scal", "Nearest: global_scale"),
            ({"zzzz": 1}, "zzzz", "There are: ", "global_scale"),
            ({"filepath": "/etc/passwd"}, "filepath", "no option"),
            ({"global_scale": "big"}, "global_scale", "a number"),
            ({"global_scale": True}, "global_scale", "a number"),
            ({"global_scale": 1e9}, "global_scale", "from"),
            ({"up_axis": "W"}, "up_axis", "one of X, Y, Z"),
            ({"up_axis": 1}, "up_axis", "one of X, Y, Z"),
            ({"validate_meshes": 1}, "validate_meshes", "true or false"),
        ]:
            with self.subTest(options):
                self.fails("invalid", "import_file", {"path": path, "options": options}, *parts, field=f"options.{field}")
        self.assertEqual(self.state(), before)

    def test_what_cannot_be_imported(self) -> None:
        text, none = self.write("a.txt", "x"), self.write("none", "x")
        self.fails("not_found", "import_file", {"path": str(self.folder / "missing.obj")}, "missing.obj")
        self.fails("invalid", "import_file", {"path": text}, "'.txt'", "gltf (.glb .gltf)", "obj (.obj)")
        self.fails("invalid", "import_file", {"path": none}, "no ending")

    def test_a_format_that_this_blender_has_not(self) -> None:
        for ending, name in ((".usda", "usd"), (".abc", "alembic")):
            operator = "wm.usd_import" if name == "usd" else "wm.alembic_import"
            module, attribute = operator.split(".")
            if self.client.run(f"result = {attribute!r} in dir(bpy.ops.{module})"):
                continue
            path = self.write("a" + ending, "x")
            error = self.fails("blender", "import_file", {"path": path}, f"without {name}", "obj (.obj)")
            self.assertNotIn(f"{name} (", error["remedy"])
            self.fails("blender", "export_file", self.export_args("b" + ending), f"without {name}", "obj (.obj)")

    def test_broken_files_leave_nothing(self) -> None:
        before = self.state()
        for name in ("a.obj", "a.stl", "a.ply", "a.fbx", "a.glb", "a.gltf", "a.svg", "a.png"):
            for content in (b"", b"nothing of the kind\n" * 100):
                with self.subTest(name, content=content[:5]):
                    error = self.assertFails("blender", "import_file", {"path": self.write(name, content)})
                    self.assertTrue(error["message"])
                    self.assertEqual(self.state(), before)
        self.assert_no_import()

    def assert_no_import(self) -> None:
        history = self.client.call("history", action="list")
        self.assertNotIn("Import", " ".join(history["undo"] + history["redo"]))

    def test_a_broken_file_leaves_what_was_there(self) -> None:
        self.two_objects()
        self.client.run("C.view_layer.objects.active = D.objects['Box']\nbpy.ops.object.mode_set(mode='EDIT')")
        self.fails("blender", "import_file", {"path": self.write("a.stl", b"")})
        self.assertEqual(self.client.run("result = [C.mode, 'Box' in D.objects, 'Ring' in D.objects]"), ["OBJECT", True, True])

    def test_what_is_missing_beside_it(self) -> None:
        self.write("a.obj", "mtllib other.mtl\n" + TRIANGLE)
        self.assertIn("other.mtl", " ".join(self.import_("a.obj")["warnings"]))
        gltf = gltf_document("a b.bin")
        path = self.write("a.gltf", json.dumps(gltf))
        self.fails("not_found", "import_file", {"path": path}, "a b.bin")
        self.write("a b.bin", CORNERS)
        self.assertEqual(self.import_("a.gltf")["total"], 1)
        gltf["images"] = [{"uri": "missing.png"}]
        self.write("a.gltf", json.dumps(gltf))

    def test_many_objects_are_told_in_part(self) -> None:
        self.write("many.obj", "".join(f"o Part{index}\nv 0 0 {index}\nv 1 0 {index}\nv 0 1 {index}\nf -3 -2 -1\n"
                                       for index in range(250)))
        came = self.import_("many.obj")
        self.assertEqual((came["total"], len(came["objects"]), came["types"]), (250, 100, {"MESH": 250}))
        self.assertEqual(len(came["changes"]["added"]) + came["changes"]["left_out"]["added"], 250)

    def slow_file(self) -> str:
        """An importer in Python takes seconds for it, and may be interrupted."""
        nodes = 8000
        self.write("slow.bin", CORNERS)
        return self.write("slow.gltf", json.dumps({
            **gltf_document("slow.bin"), "scenes": [{"nodes": list(range(nodes))}],
            "nodes": [{"mesh": index} for index in range(nodes)],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}] * nodes}))

    def test_interrupted_it_leaves_nothing(self) -> None:
        self.create({"kind": "cube", "name": "Kept"})
        before = self.state()
        path = self.slow_file()
        error = self.client.request("import_file", {"path": path}, deadline_ms=1000)["error"]
        self.assertEqual((error["kind"], error.get("undone")), ("deadline", True), error)
        self.assertEqual(self.state(), before)
        request_uuid = str(uuid.uuid4())
        request = self.client.start("import_file", {"path": path}, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        self.client.call("interrupt", uuid=request_uuid)
        error = self.client.reply(request)[0]["error"]
        self.assertEqual(error["kind"], "interrupted", error)  # before it began, or in it
        self.assertEqual(self.state(), before)
        self.assert_no_import()

    def test_without_undo_it_says_what_stays(self) -> None:
        path = self.slow_file()
        self.client.run("C.preferences.edit.use_global_undo = False")
        try:
            error = self.client.request("import_file", {"path": path}, deadline_ms=1000)["error"]
        finally:
            self.client.run("C.preferences.edit.use_global_undo = True")
        self.assertEqual(error["kind"], "partial", error)
        self.assertIn("could not be taken back", error["message"])
        self.assertTrue(error["details"]["changes"]["added"])

    def test_as_a_step_of_a_batch(self) -> None:
        path = self.write("a.obj", TRIANGLE)
        before = self.state()
        steps = [{"tool": "import_file", "arguments": {"path": path}},
                 {"tool": "delete_objects", "arguments": {"names": ["Nobody"]}}]
        self.assertFails("not_found", "batch", {"steps": steps})
        self.assertEqual(self.state(), before)
        done = self.client.call("batch", steps=steps[:1])
        self.assertEqual(done["steps"][0]["result"]["total"], 1)
        self.client.call("history", action="undo")
        self.assertEqual(self.state()[0], before[0])
        broken = self.write("b.obj", "")
        self.assertFails("blender", "batch", {"steps": [steps[0], {"tool": "import_file", "arguments": {"path": broken}}]})
        self.assertEqual(self.state(), before)


class ExportTest(FilesTestCase):
    def test_some_objects(self) -> None:
        for ending in (".glb", ".obj", ".fbx", ".stl", ".ply"):
            with self.subTest(ending):
                self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
                self.two_objects()
                told = self.export("some" + ending, objects=["Box"])
                self.assertEqual((told["objects"], told["triangles"], told["verification"]["matches"]),
                                 (1, CUBE_TRIANGLES, True), told)

    def test_hidden_objects_only_by_name(self) -> None:
        for ending in (".glb", ".obj", ".fbx", ".stl", ".ply"):
            for names, triangles in ((None, CUBE_TRIANGLES), (["Ring"], TORUS_TRIANGLES)):
                with self.subTest(ending, names=names):
                    self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
                    self.two_objects()
                    self.client.run("D.objects['Ring'].hide_set(True)")
                    told = self.export("hidden" + ending, overwrite=True, **({"objects": names} if names else {}))
                    self.assertEqual((told["triangles"], told["verification"]["matches"]), (triangles, True), told)
                    self.assertEqual("Hidden" in " ".join(told["warnings"]), names is None)

    def test_modifiers_are_applied(self) -> None:
        for ending in (".glb", ".obj", ".fbx", ".stl", ".ply"):
            with self.subTest(ending):
                self.client.call("manage_file", action="new", use_empty=True, discard_changes=True)
                self.create({"kind": "cube", "name": "Box"})
                self.client.run("D.objects['Box'].modifiers.new('S', 'SUBSURF').levels = 2")
                told = self.export("modified" + ending, overwrite=True)
                self.assertEqual((told["triangles"], told["verification"]["matches"]), (16 * CUBE_TRIANGLES, True), told)

    def test_modifiers_and_shape_keys(self) -> None:
        self.create({"kind": "cube", "name": "Box"})
        self.client.run("o = D.objects['Box']\no.modifiers.new('S', 'SUBSURF')\no.shape_key_add()\no.shape_key_add()")
        told = self.export("keys.glb")
        self.assertIn("shape keys", " ".join(told["warnings"]))
        self.assertEqual((told["triangles"], told["verification"]["matches"]), (CUBE_TRIANGLES, True))

    def test_existing_files(self) -> None:
        (self.folder / "a.obj").write_text("mine")
        args = self.export_args("a.obj")
        self.two_objects()
        self.fails("blender", "export_file", args, "exists already", "overwrite")
        self.assertEqual((self.folder / "a.obj").read_text(), "mine")
        (self.folder / "a.obj").unlink()
        (self.folder / "a.mtl").write_text("mine")
        self.fails("blender", "export_file", self.export_args("a.obj"), "a.mtl", "exists already")
        self.assertEqual(self.files(), ["a.mtl"])
        self.two_objects()
        self.export("a.obj", overwrite=True)
        self.assertEqual(self.files(), ["a.mtl", "a.obj"])
        self.assertNotEqual((self.folder / "a.mtl").read_text(), "mine")

    def test_a_folder_of_that_name(self) -> None:
        (self.folder / "a.obj").mkdir()
        self.two_objects()
        self.fails("blender", "export_file", self.export_args("a.obj", overwrite=True), "is a folder")

    def test_what_cannot_be_exported(self) -> None:
        self.two_objects()
        self.fails("invalid", "export_file", self.export_args("a.svg"), "'.svg'", "obj (.obj)")
        self.fails("invalid", "export_file", self.export_args("a.obj", format="stl"), ".stl")
        self.fails("not_found", "export_file", self.export_args("a.obj", objects=["Bx"]), "Box", field="objects[0]")
        self.fails("invalid", "export_file", self.export_args("a.obj", options={"path_mode": "RELATIVE"}), "one of AUTO",
                   field="options.path_mode")
        self.fails("invalid", "export_file", self.export_args("a.glb", options={"export_texture_dir": "../x"}), "below",
                   field="options.export_texture_dir")
        self.fails("invalid", "export_file", self.export_args("a.fbx", options={"object_types": ["MESH", "FISH"]}), "CAMERA",
                   field="options.object_types")
        self.assertEqual(self.files(), [])

    def test_nothing_to_export(self) -> None:
        self.fails("blender", "export_file", self.export_args("a.stl"), "no triangle", field="objects")
        self.new()
        self.fails("blender", "export_file", self.export_args("a.glb"), "nothing to export", field="objects")
        self.assertEqual(self.files(), [])

    def test_textures_go_beside_it(self) -> None:
        self.two_objects()
        self.client.run("""
m = D.materials['Red']
node = m.node_tree.nodes.new('ShaderNodeTexImage')
node.image = D.images.new('Muster', 8, 8)
node.image.pack()
bsdf = next(n for n in m.node_tree.nodes if n.type == 'BSDF_PRINCIPLED')
m.node_tree.links.new(node.outputs['Color'], bsdf.inputs['Base Color'])
""")
        saved = self.path("textured.blend")
        self.client.call("manage_file", action="save_as", path=saved)
        told = self.export("a.gltf", options={"export_texture_dir": "textures"})
        self.assertEqual(self.files(), ["a.bin", "a.gltf", "textures/Muster.png"])
        self.assertEqual(len(told["files"]), 2)
        shutil.rmtree(self.folder / "textures")
        elsewhere = self.blender.folder / "elsewhere"
        elsewhere.mkdir()
        self.addCleanup(shutil.rmtree, elsewhere)
        (self.folder / "textures").symlink_to(elsewhere)
        self.client.call("manage_file", action="open", path=saved, discard_changes=True)
        self.fails("blender", "export_file", self.export_args("a.gltf", overwrite=True,
                                                              options={"export_texture_dir": "textures"}), "is a link")
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_all_files_are_put_in_place_or_none(self) -> None:
        for overwrite in (False, True):
            with self.subTest(overwrite=overwrite):
                args = self.export_args("a.obj", overwrite=overwrite)
                if overwrite:
                    (self.folder / "a.mtl").write_text("mine")
                message = self.client.run(f"""
import os
from blender_mcpd_runtime import errors, export_output
output = export_output.ExportOutput({args!r})
made = os.path.dirname(output.working_path)
os.mkdir(os.path.join(made, 'textures'))
for name in ('a.mtl', 'textures/a.png'):
    with open(os.path.join(made, name), 'w') as file: file.write('new')
try: output.keep(['a.mtl', 'textures/a.png', 'a.obj'])  # that is not there
except errors.OpError as error: result = error.message
""")
                self.assertIn("nothing was written", message)
                self.assertEqual({path.name: path.read_text() for path in self.folder.iterdir()},
                                 {"a.mtl": "mine"} if overwrite else {})

    def test_a_disk_that_takes_no_more(self) -> None:
        for ending in (".obj", ".glb", ".fbx", ".stl", ".ply"):
            with self.subTest(ending):
                blender = Blender()
                self.addCleanup(blender.stop)
                client = Client(blender.port)
                self.addCleanup(client.close)
                client.call("create_objects", items=[{"kind": "torus", "name": "Ring"}])
                client.run("D.objects['Ring'].modifiers.new('S', 'SUBSURF').levels = 3\n"
                           # Python's caches of modules lie in folders of everybody's.
                           "import sys; sys.dont_write_bytecode = True\n"
                           "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                           "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))")
                try:
                    reply = client.request("export_file", self.export_args("full" + ending))
                    self.assertFalse(reply["ok"], reply)
                except ConnectionError:
                    self.assertLess(blender.process.wait(PATIENCE_S), 0)
                self.assertEqual(self.files(), [])


TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
USD_HEAD = "#usda 1.0\n"
USD_TRIANGLE = """def Mesh "T" {
    int[] faceVertexCounts = [3]
    int[] faceVertexIndices = [0, 1, 2]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
    BINDING
}
"""
USD_TEXTURED = USD_TRIANGLE.replace("BINDING", """texCoord2f[] primvars:st = [(0, 0), (1, 0), (0, 1)] (interpolation = "vertex")
    rel material:binding = </M>""").replace('"T" {', '"T" (prepend apiSchemas = ["MaterialBindingAPI"]) {') + """
def Material "M" {
    token outputs:surface.connect = </M/S.outputs:surface>
    def Shader "S" {
        uniform token info:id = "UsdPreviewSurface"
        color3f inputs:diffuseColor.connect = </M/I.outputs:rgb>
        token outputs:surface
    }
    def Shader "I" {
        uniform token info:id = "UsdUVTexture"
        asset inputs:file = @TEXTURE@
        float3 outputs:rgb
    }
}
"""
USD_TRIANGLE = USD_TRIANGLE.replace("BINDING", "")
CORNERS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)


def gltf_document(uri: str) -> dict[str, Any]:
    """One triangle."""
    return {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
            "buffers": [{"uri": uri.replace(" ", "%20"), "byteLength": len(CORNERS)}],
            "bufferViews": [{"buffer": 0, "byteLength": len(CORNERS)}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0],
                           "max": [1, 1, 0]}]}


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\xff\x80\x00" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    unittest.main()
