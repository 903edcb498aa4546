"""What an imported file names, and what remains of an import that fails."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from typing import Any

from fingerprint import fingerprint
from test_import_export import (CORNERS, TRIANGLE, USD_HEAD, USD_TEXTURED, USD_TRIANGLE, ImportedFilesTestCase, gltf_document,
                                png)


class OutsideTest(ImportedFilesTestCase):
    """What a file names in turn, outside of the folders that are allowed."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "inside").mkdir()
        self.secret = self.write("secret x.png", png(4, 2))

    def check(self, name: str, *parts: str) -> dict[str, Any]:
        """Refused while the folder of the file alone is allowed, with nothing left; taken when that above is, too."""
        path = str(self.folder / "inside" / name)
        before, steps = fingerprint(self.client), self.client.call("history", action="list")["undo"]
        self.fails("invalid", "import_file", {"path": path, "folders": []}, "outside of the allowed folders", "files.roots",
                   *parts)
        self.assertEqual(fingerprint(self.client), before)
        self.assertEqual(self.client.call("history", action="list")["undo"], steps)
        return self.client.call("import_file", path=path, folders=[str(self.folder)])

    def pictures(self) -> list[Any]:
        """Of images that have a content: their sizes."""
        return self.client.run("result = sorted(list(i.size) for i in D.images if i.source == 'FILE' and i.size[0])")

    def test_a_buffer_of_a_gltf_file(self) -> None:
        self.write("secret.bin", CORNERS)
        path = self.write("inside/a.gltf", json.dumps(gltf_document("..%2Fsecret.bin")))
        self.assertEqual(self.check("a.gltf", "secret.bin")["total"], 1)
        (self.folder / "secret.bin").unlink()  # whether it is there is not told
        self.fails("invalid", "import_file", {"path": path, "folders": []}, "outside")

    def test_an_image_of_a_gltf_file(self) -> None:
        self.write("inside/a.bin", CORNERS)
        document = {**gltf_document("a.bin"), "images": [{"uri": "../secret%20x.png"}], "textures": [{"source": 0}],
                    "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]}
        document["meshes"][0]["primitives"][0]["material"] = 0
        self.write("inside/a.gltf", json.dumps(document))
        self.check("a.gltf", "secret x.png")
        self.assertEqual(self.pictures(), [[4, 2]])

    def test_a_list_of_materials(self) -> None:
        self.write("m.mtl", "newmtl Stolen\n")
        for named, where in (("../m.mtl", TRIANGLE), ("\"../m.mtl\"", TRIANGLE), ("\\\n ../m.mtl", TRIANGLE),
                             ("../m.mtl", "# far down\n" * 10_000 + TRIANGLE)):
            with self.subTest(named, lines=where.count("\n")):
                self.write("inside/a.obj", f"{where}usemtl Stolen\nmtllib {named}\n")
                self.check("a.obj", "m.mtl")

    def test_a_list_of_materials_that_is_not_named_in_the_file(self) -> None:
        self.write("m.mtl", "newmtl Stolen\n")
        (self.folder / "inside" / "a.mtl").symlink_to(self.folder / "m.mtl")
        self.write("inside/a.obj", f"usemtl Stolen\n{TRIANGLE}")
        self.check("a.obj", "a.mtl")

    def test_textures_in_a_list_of_materials(self) -> None:
        self.write("inside/a.obj", f"mtllib b.mtl\nusemtl M\n{TRIANGLE}")
        (self.folder / "inside" / "link.png").symlink_to(self.secret)
        for line in (f"map_Kd {self.secret}", "map_Kd ../secret x.png", "map_Kd ..\\secret x.png", "map_Ke ../secret_x.png",
                     "map_Bump -bm 0.5 ../secret x.png", "\tbump -s 1 1 1 -o 0 0 0 ../secret x.png", "refl -type sphere link.png",
                     "norm \"../secret x.png\"", "MAP_KD \\\n ../secret x.png"):
            with self.subTest(line):
                self.write("inside/b.mtl", f"newmtl M\nKd 1 0 0\n{line}\n")
                self.check("a.obj")

    def test_textures_of_an_fbx_file(self) -> None:
        self.create({"kind": "cube", "name": "Box", "material": {"name": "Red"}})
        self.client.run(f"""
m = D.materials['Red']
node = m.node_tree.nodes.new('ShaderNodeTexImage')
node.image = D.images.load({self.secret!r})
bsdf = next(n for n in m.node_tree.nodes if n.type == 'BSDF_PRINCIPLED')
m.node_tree.links.new(node.outputs['Color'], bsdf.inputs['Base Color'])
bpy.ops.export_scene.fbx(filepath={str(self.folder / 'inside' / 'a.fbx')!r}, path_mode='RELATIVE')
bpy.ops.export_scene.fbx(filepath={str(self.folder / 'inside' / 'embedded.fbx')!r}, path_mode='COPY', embed_textures=True)
""")
        self.new()
        self.check("a.fbx", "secret x.png")
        self.assertEqual(self.pictures(), [[4, 2]])
        self.new()
        # What is in the file itself is no other file, whatever its name.
        came = self.client.call("import_file", path=str(self.folder / "inside" / "embedded.fbx"), folders=[])
        self.assertEqual((came["types"]["MESH"], self.pictures()), (1, [[4, 2]]))
        # The path of another computer.
        Path(self.secret).unlink()
        self.new()
        came = self.client.call("import_file", path=str(self.folder / "inside" / "a.fbx"), folders=[])
        self.assertIn("secret", " ".join(came["warnings"]))
        self.assertEqual(self.pictures(), [])

    def test_an_image_that_was_there_before_stays(self) -> None:
        self.client.run(f"D.images.load({self.secret!r}).use_fake_user = True")
        self.write("inside/a.obj", TRIANGLE)
        self.client.call("import_file", path=str(self.folder / "inside" / "a.obj"), folders=[])
        self.assertEqual(self.pictures(), [[4, 2]])

    def test_svg_files_bring_in_nothing_else(self) -> None:
        self.write("inside/a.svg", '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                                   '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
                                   f'<rect width="5" height="5"/><image xlink:href="file://{self.secret}"/>'
                                   '<text>&x;</text></svg>')
        before = self.state()
        came = self.client.call("import_file", path=str(self.folder / "inside" / "a.svg"), folders=[])
        self.assertEqual(came["types"], {"CURVE": 1})
        self.assertEqual((self.state()[4], self.pictures()), (before[4], []))
        self.assertEqual(self.client.run("result = [t.name for t in D.texts]"), [])

    def test_textures_of_a_usd_file(self) -> None:
        self.skip_without(".usda")
        self.write("inside/a.usda", USD_HEAD + USD_TEXTURED.replace("TEXTURE", "../secret x.png"))
        for mode in ("IMPORT_NONE", "IMPORT_PACK"):
            with self.subTest(mode):
                self.fails("invalid", "import_file", {"path": str(self.folder / "inside" / "a.usda"), "folders": [],
                                                      "options": {"import_textures_mode": mode}}, "secret x.png", "outside")
        self.assertEqual(self.pictures(), [])
        self.fails("invalid", "import_file", {"path": str(self.folder / "inside" / "a.usda"),
                                              "options": {"import_textures_mode": "IMPORT_COPY"}}, "one of IMPORT_NONE",
                   field="options.import_textures_mode")
        self.check("a.usda", "secret x.png")
        self.assertEqual(self.pictures(), [[4, 2]])

    def test_layers_of_a_usd_file(self) -> None:
        self.skip_without(".usda")
        if not self.client.run("import importlib.util\nresult = importlib.util.find_spec('pxr') is not None"):
            self.skipTest("this Blender has no Python for USD, by which layers are found")
        self.write("b.usda", USD_HEAD + USD_TRIANGLE)
        for name, text in (("reference.usda", 'def Xform "A" (references = @../b.usda@</T>) {}\n'),
                           ("payload.usda", 'def Xform "A" (payload = @../b.usda@</T>) {}\n')):
            with self.subTest(name):
                self.write(f"inside/{name}", USD_HEAD + text)
                self.check(name, "b.usda")
        self.write("inside/sublayer.usda", "#usda 1.0\n(subLayers = [@../b.usda@])\n")
        self.check("sublayer.usda", "b.usda")

    def test_pipes_and_devices(self) -> None:
        os.mkfifo(self.folder / "inside" / "pipe.png")
        self.write("inside/a.obj", f"mtllib b.mtl\nusemtl M\n{TRIANGLE}")
        self.write("inside/b.mtl", "newmtl M\nmap_Kd pipe.png\n")
        self.fails("invalid", "import_file", {"path": str(self.folder / "inside" / "a.obj"), "folders": []}, "pipe.png",
                   "no file")
        self.write("inside/b.mtl", "newmtl M\nmap_Kd /dev/zero\n")
        self.fails("invalid", "import_file", {"path": str(self.folder / "inside" / "a.obj")}, "/dev/zero", "no file")


# Around the importer of import_run: what it has made is there, and then something happens.
AFTER_THE_IMPORTER = """
import sys
from blender_mcpd_runtime import import_run
real = import_run.run_importer
def run_importer(*args):
    real(*args)
    import_run.run_importer = real
    HAPPENS
import_run.run_importer = run_importer
"""


class InterruptibleTest(ImportedFilesTestCase):
    """In a Blender that has imported nothing yet."""

    def test_numpy_is_whole_before_an_interrupt_can_come(self) -> None:
        self.client.run("""
import sys
from blender_mcpd_runtime import context
real = context.Context.allow_interrupts
def allow_interrupts(self):
    bpy.was_whole = hasattr(sys.modules.get('numpy'), 'ndarray')
    real(self)
context.Context.allow_interrupts = allow_interrupts""")
        self.write("a.obj", TRIANGLE)
        self.import_("a.obj")
        self.assertTrue(self.client.run("result = bpy.was_whole"))


class TakenBackTest(ImportedFilesTestCase):
    """What an importer has made when it is stopped, or fails: the scene is as it was, by all that a fingerprint tells."""

    HAPPENINGS = {
        "blender": "raise RuntimeError('Error: the disk is gone')",
        "internal": "raise MemoryError",
        "interrupted": "sys._getframe(1).f_locals['context'].job.mark_interrupted('interrupted')",
        "deadline": "job = sys._getframe(1).f_locals['context'].job; job.deadline_ms = 5; job.mark_interrupted('deadline')",
    }

    def scene(self) -> None:
        """Names and materials that those of the files are like, a selection, and keys."""
        self.two_objects()
        self.client.call("set_modifiers", objects=["Box"], operations=[{"add": "BEVEL"}])
        self.client.call("set_keyframes", target="Box", data_path="location",
                         keys=[{"frame": 1, "value": [0, 0, 0]}, {"frame": 9, "value": [1, 0, 0]}])
        self.client.run("for o in D.objects: o.select_set(o.name == 'Ring')\n"
                        "C.view_layer.objects.active = D.objects['Ring']\nD.objects['Box'].hide_set(True)")

    def endings(self) -> list[str]:
        usd, alembic = self.client.run("o = bpy.app.build_options\nresult = [o.usd, o.alembic]")
        return [".obj", ".stl", ".ply", ".fbx", ".glb", *[".usdc"] * usd, *[".abc"] * alembic]

    def test_all_of_it_is_taken_back(self) -> None:
        self.scene()
        self.client.call("manage_file", action="save_as", path=self.path("before.blend"))
        for ending in self.endings():
            self.export("file" + ending)
            self.client.call("manage_file", action="open", path=self.path("before.blend"), discard_changes=True)
            before = fingerprint(self.client)
            for kind in self.HAPPENINGS if ending == ".obj" else ("blender", "interrupted"):
                with self.subTest(ending, kind=kind):
                    self.taken_back(str(self.folder / ("file" + ending)), kind, before)

    def taken_back(self, path: str, kind: str, before: list[str]) -> None:
        happens = AFTER_THE_IMPORTER.replace("HAPPENS", self.HAPPENINGS[kind])
        self.client.run(happens)
        error = self.client.request("import_file", {"path": path, "collection": "Neu"})["error"]
        self.assertEqual((error["kind"], error["undone"]), (kind, True), error)
        self.assertEqual(fingerprint(self.client), before)
        history = self.client.call("history", action="list")
        self.assertEqual((set(history["undo"]), history["redo"]), ({"Script"}, []))
        self.client.run(happens)
        moved = {"tool": "update_objects", "arguments": {"items": [{"name": "Ring", "location": [7, 7, 7]}]}}
        error = self.client.request("batch", {"steps": [moved, {"tool": "import_file", "arguments": {"path": path}}]})["error"]
        self.assertEqual((error["kind"], error["undone"]), (kind, True), error)
        self.assertEqual(fingerprint(self.client), before)


if __name__ == "__main__":
    unittest.main()
