"""Files of other programs: in and out, with the scene as it was when something goes wrong."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

from client import Client, DaemonTestCase, Json, error_text
from world import wait_until

STEM = "Möbel 日本 & more"
SLOW_NODES = 8_000


class ImportExportTestCase(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.client = self.start(env={"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_CALLS_INTERRUPT_GRACE_S": "1"})
        self.folder = self.world.folder / "users files"
        self.folder.mkdir()

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def names(self) -> list[str]:
        return [item["name"] for item in self.client.do("get_scene_info", detail="objects")["objects"]]

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def many_objects(self, count: int) -> None:
        """So many that an export takes a while."""
        self.client.run(f"""
for index in range({count}):
    mesh = D.meshes.new('M')
    mesh.from_pydata([(0, 0, index), (1, 0, index), (0, 1, index)], [], [(0, 1, 2)])
    C.collection.objects.link(D.objects.new('Many', mesh))
""")

    def assert_parts(self, text: str, *parts: str) -> None:
        for part in parts:
            self.assertIn(part, text)


class RoundTripTest(ImportExportTestCase):
    def test_every_format(self) -> None:
        self.client.do("delete_objects", names=["Cube"])
        self.client.do("create_objects", items=[{"kind": "torus", "name": "Ring"}, {"kind": "cube", "name": "Box"}])
        triangles = 1152 + 12
        for ending in (".glb", ".gltf", ".obj", ".fbx", ".stl", ".ply", ".usdc", ".abc"):
            with self.subTest(ending):
                path = self.path(STEM + ending)
                scene = self.client.do("get_scene_info", detail="full")
                result = self.client.call("export_file", {"path": path}, token=ending)
                if result.get("isError") and ending in (".usdc", ".abc"):
                    self.assert_parts(error_text(result), "built without", "obj (.obj)")
                    continue
                self.assertFalse(result.get("isError"), error_text(result))
                told = result["structuredContent"]
                data = Path(path).read_bytes()
                self.assertEqual((told["path"], told["bytes"], told["sha256"]),
                                 (path, len(data), hashlib.sha256(data).hexdigest()))
                self.assertEqual((told["objects"], told["triangles"], told["verification"]["matches"]), (2, triangles, True))
                self.assertEqual(self.client.do("get_scene_info", detail="full"), scene)
                steps = self.client.progress(ending)
                self.assertEqual(steps[-1]["progress"], steps[-1]["total"])
                came = self.client.do("import_file", path=path, collection="Came in")
                self.assertEqual(came["types"]["MESH"], told["verification"]["objects"])
                self.assertTrue(came["changes"]["added"])
                self.client.do("history", action="undo")
                self.assertEqual(self.names(), ["Box", "Camera", "Light", "Ring"])
        self.assertFalse([name for name in self.files() if name.startswith(".")])

    def test_a_relative_path_is_beside_the_open_file(self) -> None:
        self.client.do("manage_file", action="save_as", path=self.path("scene.blend"))
        told = self.client.do("export_file", path="//out.obj", objects=["Cube"])
        self.assertEqual(told["path"], self.path("out.obj"))
        self.assertEqual(self.client.do("import_file", path="out.obj")["total"], 1)

    def test_in_a_batch(self) -> None:
        self.client.do("export_file", path=self.path("a.obj"), objects=["Cube"])
        steps: list[Json] = [{"tool": "import_file", "arguments": {"path": self.path("a.obj"), "collection": "New"}},
                             {"tool": "delete_objects", "arguments": {"names": ["Nobody"]}}]
        text = self.client.refuse("batch", steps=steps)
        self.assert_parts(text, "steps[1]", "rolled back")
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.client.do("batch", steps=steps[:1])
        self.assertEqual(len(self.names()), 4)


class RefusedTest(ImportExportTestCase):
    def test_what_is_not_allowed(self) -> None:
        (self.folder / "a.obj").write_text("v 0 0 0\n")
        for tool in ("import_file", "export_file"):
            self.assert_parts(self.client.refuse(tool, path="/etc/passwd"), "path: ", "What to do")
        self.assert_parts(self.client.refuse("import_file", path=self.path("b.obj")), "b.obj")
        self.assert_parts(self.client.refuse("export_file", path=self.path("a.xyz")), "'.xyz'", "stl (.stl)")
        text = self.client.refuse("export_file", path=self.path("a.obj"))
        self.assert_parts(text, "exists already", "overwrite")
        self.assertEqual((self.folder / "a.obj").read_text(), "v 0 0 0\n")
        self.assert_parts(self.client.refuse("export_file", path=self.path("none/a.obj")), "none")
        self.assert_parts(self.client.refuse("export_file", path=self.path("b.obj"), options={"global_scal": 2}),
                          "Nearest: global_scale")
        self.assert_parts(self.client.refuse("export_file", path=self.path("b.obj"), objects=["Cub"]), "Cube")
        self.assertEqual(self.files(), ["a.obj"])
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])


class StoppedTest(ImportExportTestCase):
    def slow_file(self) -> str:
        """Seconds for an importer in Python."""
        corners = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
        (self.folder / "slow.bin").write_bytes(corners)
        (self.folder / "slow.gltf").write_text(json.dumps({
            "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": list(range(SLOW_NODES))}],
            "nodes": [{"mesh": index} for index in range(SLOW_NODES)],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}] * SLOW_NODES,
            "buffers": [{"uri": "slow.bin", "byteLength": 36}], "bufferViews": [{"buffer": 0, "byteLength": 36}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0],
                           "max": [1, 1, 0]}]}))
        return self.path("slow.gltf")

    def assert_as_before(self, client: Client) -> None:
        self.assertEqual(self.names(), ["Camera", "Cube", "Light"])
        self.assertEqual(client.run("result = [len(D.meshes), C.mode]"), [1, "OBJECT"])

    def test_an_import_at_its_deadline(self) -> None:
        path = self.slow_file()
        self.client.do("get_scene_info")
        text = self.client.refuse("import_file", path=path, timeout_s=1)
        self.assert_parts(text, "its deadline of 1 s", "Nothing was changed")
        self.assert_as_before(self.client)

    def test_an_import_that_is_cancelled(self) -> None:
        path = self.slow_file()
        self.client.do("get_scene_info")
        call = self.client.start_call("import_file", {"path": path})
        wait_until(lambda: self.client.do("get_blender_status")["blender"].get("running") is not None, "it never began")
        self.client.notify("notifications/cancelled", {"requestId": call})
        self.assert_as_before(self.client)
        self.assertNotIn(call, [message.get("id") for message in self.client.waiting()])

    def test_an_export_at_its_deadline(self) -> None:
        self.many_objects(3_000)
        self.assert_parts(self.client.refuse("export_file", path=self.path("a.fbx"), timeout_s=1), "1 s")
        self.assertEqual(self.files(), [])
        self.assertEqual(len(self.world.blenders()), 1)

    def test_an_export_that_is_cancelled(self) -> None:
        self.many_objects(3_000)
        main = self.world.blenders()
        call = self.client.start_call("export_file", {"path": self.path("a.fbx")})
        wait_until(lambda: len(self.world.blenders()) == 2, "no second Blender")
        wait_until(lambda: bool(list(self.folder.glob(".*/files/*"))), "it never wrote anything")
        self.assertEqual(self.client.run("result = 6 * 7"), 42)  # the scene stays free
        self.client.notify("notifications/cancelled", {"requestId": call})
        wait_until(lambda: self.world.blenders() == main, "the second Blender lives on")
        wait_until(lambda: self.files() == [], lambda: f"left: {self.files()}")
        self.client.do("delete_objects", filter={"name": "Many*"})
        self.client.do("export_file", path=self.path("a.fbx"))
        self.assertEqual(self.files(), ["a.fbx"])

    def test_what_was_there_stays_when_an_export_is_cancelled(self) -> None:
        (self.folder / "a.fbx").write_text("mine")
        self.many_objects(3_000)
        call = self.client.start_call("export_file", {"path": self.path("a.fbx"), "overwrite": True})
        wait_until(lambda: bool(list(self.folder.glob(".*/files/*"))), "it never wrote anything")
        self.client.notify("notifications/cancelled", {"requestId": call})
        wait_until(lambda: self.files() == ["a.fbx"], lambda: f"left: {self.files()}")
        self.assertEqual((self.folder / "a.fbx").read_text(), "mine")
