"""Where the files of assets lie: packed into the scene, in libraries of Blender's, and what a sandbox lets Blender read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from asset_servers import PolyHaven, makers
from client import Client, DaemonTestCase, Json, error_text
from world import BLENDER, skip_where_a_script_starts_blender

PACKED = "result = sorted(len(i.packed_files) for i in D.images if i.source == 'FILE')"
LIBRARY = """
import bpy
mesh = bpy.data.meshes.new('Stool')
mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 2)], [], [(0, 1, 2, 3)])
stool, oak = bpy.data.objects.new('Stool', mesh), bpy.data.materials.new('Oak')
for block in (stool, oak):
    block.asset_mark()
    block.asset_data.author = 'Ada Example'
image = stool.preview_ensure()
image.image_size = (4, 2)
image.image_pixels = [-16776961] * 8
bpy.data.libraries.write(PATH, {stool, oak}, fake_user=True)
"""


class AssetFilesTestCase(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.scenes = self.world.folder / "scenes"  # what a Blender in a sandbox may use besides
        self.scenes.mkdir()

    def daemon(self, **env: str) -> Client:
        return self.start(env={"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_FILES_ROOTS": str(self.scenes), **env})

    def library(self) -> Path:
        folder = self.world.folder / "my library"
        folder.mkdir()
        path = folder / "furniture.blend"
        done = subprocess.run([BLENDER, "--background", "--factory-startup", "--python-exit-code", "1", "--python-expr",
                               f"PATH = {str(path)!r}\n{LIBRARY}"], env=self.world.environment(), capture_output=True, text=True,
                              timeout=170, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return folder


class PackingTest(AssetFilesTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.polyhaven = PolyHaven()
        self.addCleanup(self.polyhaven.close)
        self.cache = self.world.folder / "asset cache"
        self.env = {"BLENDER_MCPD_ASSETS_POLYHAVEN_URL": self.polyhaven.url, "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(self.cache)}

    def import_(self, client: Client, **arguments: Json) -> Json:
        return client.do("import_asset", provider="polyhaven", id="red_bricks", objects=["Cube"], **arguments)

    def test_a_scene_outlives_the_cache(self) -> None:
        client = self.daemon(**self.env)
        told = self.import_(client)
        self.assertEqual(told["imported"]["packed"]["images"], 3)
        path = str(self.scenes / "wall.blend")
        client.do("manage_file", action="save_as", path=path)
        shutil.rmtree(self.cache)
        client.do("manage_file", action="open", path=path)
        self.assertEqual(client.run(PACKED), [1, 1, 1])
        self.assertTrue(all(client.run("result = [i.size[0] for i in D.images if i.source == 'FILE']")))

    def test_who_wants_links_gets_them(self) -> None:
        client = self.daemon(**self.env)
        self.assertNotIn("packed", self.import_(client, pack=False)["imported"])
        self.assertEqual(client.run(PACKED), [0, 0, 0])

    def test_the_setting(self) -> None:
        client = self.daemon(**self.env, BLENDER_MCPD_ASSETS_PACK="false")
        self.import_(client)
        self.assertEqual(client.run(PACKED), [0, 0, 0])
        self.import_(client, pack=True)
        self.assertEqual(client.run(PACKED), [1, 1, 1])


class LibraryTest(AssetFilesTestCase):
    def test_from_the_search_to_the_credits(self) -> None:
        client = self.daemon(BLENDER_MCPD_ASSETS_FOLDERS=str(self.library()))
        self.assertEqual([one["kind"] for one in client.do("search_assets", provider="any", query="furniture")["assets"]
                          if one["provider"] == "local"], ["model"])
        self.assertEqual(self.world.blenders(), set())
        found = {one["name"]: one for one in client.do("search_assets", provider="blender")["assets"]}
        self.assertEqual({name: (one["type"], one["kind"], one["library"]) for name, one in found.items()},
                         {"Stool": ("Object", "model", "my library"), "Oak": ("Material", "texture", "my library")})
        stool = {"provider": "blender", "id": found["Stool"]["id"]}
        picture = client.call("get_asset_preview", stool)
        self.assertEqual([one["mimeType"] for one in picture["content"] if one["type"] == "image"], ["image/png"], error_text(picture))
        told = client.do("import_asset", **stool, location=[0, 0, 3], target_size=4)
        self.assertEqual(told["imported"]["root"], "Stool")
        client.do("import_asset", provider="blender", id=found["Oak"]["id"], objects=["Cube"])
        self.assertEqual(client.run("result = D.objects['Cube'].active_material.name"), "Oak")
        origin = client.run("result = D.objects['Stool']['blender_mcpd_asset'].to_dict()")
        self.assertEqual((origin["provider"], origin["authors"], origin["library"]), ("blender", ["Ada Example"], "my library"))
        client.do("history", action="undo", steps=2)
        self.assertEqual(client.run("result = 'Stool' in D.objects"), False)

    def test_what_the_open_file_has_marked(self) -> None:
        client = self.daemon()
        client.run("D.objects['Cube'].asset_mark()")
        (found,) = client.do("search_assets", provider="blender")["assets"]
        self.assertEqual((found["name"], found["library"]), ("Cube", "Current File"))
        self.assertIn("is in the open file already", client.refuse("import_asset", provider="blender", id=found["id"]))

    def test_a_library_that_the_sandbox_hides(self) -> None:
        """It is told what to do, and that helps."""
        skip_where_a_script_starts_blender()
        folder = self.library()
        add = f"bpy.ops.preferences.asset_library_add(directory={str(folder)!r})"
        client = self.daemon(BLENDER_MCPD_BLENDER_SANDBOX="require")
        client.run(add)
        hidden = client.do("search_assets", provider="blender")
        self.assertEqual(hidden["assets"], [])
        (failure,) = hidden["failures"]
        self.assertIn(str(folder), failure["error"])
        self.assertIn("assets.folders", failure["error"])
        client.close()
        client = self.daemon(BLENDER_MCPD_BLENDER_SANDBOX="require", BLENDER_MCPD_ASSETS_FOLDERS=str(folder))
        client.run(add)
        found = client.do("search_assets", provider="blender")
        self.assertEqual((len(found["assets"]), found.get("failures")), (2, None))
        client.do("import_asset", provider="blender", id=found["assets"][0]["id"])


class SandboxTest(AssetFilesTestCase):
    def test_a_model_that_needs_what_is_outside(self) -> None:
        skip_where_a_script_starts_blender()
        own, outside = self.world.folder / "my assets", self.world.folder / "elsewhere"
        own.mkdir()
        outside.mkdir()
        makers.write_glb(outside / "crate.glb", (1, 1, 1))
        (own / "crate.glb").symlink_to(outside / "crate.glb")
        env = {"BLENDER_MCPD_BLENDER_SANDBOX": "require"}
        client = self.daemon(**env, BLENDER_MCPD_ASSETS_FOLDERS=str(own))
        self.assertEqual(client.do("search_assets", provider="local")["assets"], [])
        self.assertRegex(client.refuse("execute_blender_code", code=f"open({str(outside / 'crate.glb')!r})"),
                         "PermissionError|FileNotFoundError")
        client.close()
        client = self.daemon(**env, BLENDER_MCPD_ASSETS_FOLDERS=str(outside))
        (found,) = client.do("search_assets", provider="local")["assets"]
        told = client.do("import_asset", provider="local", id=found["id"])
        self.assertEqual(told["imported"]["format"], "gltf")

    def test_a_format_that_this_blender_is_built_without(self) -> None:
        own = self.world.folder / "my assets"
        own.mkdir()
        (own / "plate.usda").write_text('#usda 1.0\ndef Xform "Plate" {}\n')
        client = self.daemon(BLENDER_MCPD_ASSETS_FOLDERS=str(own))
        if client.run("result = bpy.app.build_options.usd"):
            self.skipTest("this one has it")
        (found,) = client.do("search_assets", provider="local")["assets"]
        refused = client.refuse("import_asset", provider="local", id=found["id"])
        self.assertIn("is built without usd", refused)
        self.assertIn("What it can import: ", refused)
