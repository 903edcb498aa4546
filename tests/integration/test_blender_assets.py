"""Assets: found at providers (servers on this machine) and in the user's folders, fetched and checked."""

from __future__ import annotations

import threading

from asset_servers import AmbientCg, PolyHaven, makers
from client import DaemonTestCase, Json, error_text
from world import wait_until


class AssetsTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.polyhaven, self.ambientcg = PolyHaven(), AmbientCg()
        self.addCleanup(self.polyhaven.close)
        self.addCleanup(self.ambientcg.close)
        self.own = self.world.folder / "my assets"
        self.own.mkdir()
        makers.write_glb(self.own / "stool.glb", (1, 1, 2))
        self.cache = self.world.folder / "asset cache"
        scenes = self.world.folder / "scenes"  # what a Blender in a sandbox may use besides
        scenes.mkdir()
        self.client = self.start(env={
            "BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_ASSETS_POLYHAVEN_URL": self.polyhaven.url,
            "BLENDER_MCPD_ASSETS_AMBIENTCG_URL": self.ambientcg.url, "BLENDER_MCPD_ASSETS_FOLDERS": str(self.own),
            "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(self.cache), "BLENDER_MCPD_FILES_ROOTS": str(scenes)})

    def search(self, **arguments: Json) -> list[str]:
        found = self.client.do("search_assets", **arguments)
        return [f"{one['provider']}:{one['name']}" for one in found["assets"]]

    def test_a_search_asks_everybody_and_starts_no_blender(self) -> None:
        self.assertEqual(self.search(query="wall", kind="texture"),
                         ["polyhaven:Old Wall", "ambientcg:Planks 012", "polyhaven:Red Bricks"])
        self.assertEqual(self.search(query="brikcs"), ["polyhaven:Red Bricks"])  # ambientCG's own search forgives nothing
        self.assertEqual(self.search(query="stool"), ["polyhaven:Garden Stool", "local:stool"])
        self.assertEqual(self.world.blenders(), set())

    def test_a_picture_comes_by_value(self) -> None:
        result = self.client.call("get_asset_preview", {"provider": "polyhaven", "id": "red_bricks"})
        self.assertEqual([one["mimeType"] for one in result["content"] if one["type"] == "image"], ["image/png"])

    def test_a_texture_becomes_a_material_with_its_origin(self) -> None:
        result = self.client.call("import_asset", {"provider": "polyhaven", "id": "red_bricks", "objects": ["Cube"]}, token="t")
        self.assertFalse(result.get("isError"), error_text(result))
        told = result["structuredContent"]
        self.assertEqual([file["role"] for file in told["files"]], ["color", "normal_gl", "roughness"])
        self.assertEqual(told["asset"]["license"], "CC0-1.0")
        self.assertEqual(self.client.run("result = D.objects['Cube'].active_material.name"), "Red Bricks")
        origin = self.client.run("result = D.materials['Red Bricks']['blender_mcpd_asset'].to_dict()")
        self.assertEqual([origin["authors"], origin["license"]], [["Ada Example"], "CC0-1.0"])
        self.assertTrue(self.client.progress("t"))
        asked = len(self.polyhaven.targets)
        self.client.do("import_asset", provider="polyhaven", id="red_bricks")
        self.assertFalse([one for one in self.polyhaven.targets[asked:] if one.startswith("/dl/")])

    def test_a_cancelled_download_goes_on_where_it_was(self) -> None:
        path = "/dl/red_bricks_color_1k.png"
        whole = self.polyhaven.files[path]
        hold = self.polyhaven.holds[path] = threading.Event()
        arguments = {"provider": "polyhaven", "id": "red_bricks"}
        call = self.client.start_call("import_asset", arguments, token="t")
        wait_until(lambda: any(part.stat().st_size for part in self.cache.rglob("*color*.part")), "nothing came")
        self.client.notify("notifications/cancelled", {"requestId": call})
        wait_until(lambda: not list((self.cache / "ready").iterdir()), "it is there")
        hold.set()
        del self.polyhaven.holds[path]
        self.client.do("import_asset", **arguments)
        (ready,) = self.cache.rglob("*color*.png")
        self.assertEqual(ready.read_bytes(), whole)

    def test_what_is_damaged_never_reaches_blender(self) -> None:
        path = "/dl/red_bricks_color_1k.png"
        self.polyhaven.files[path] = self.polyhaven.files[path][:-1] + b"x"
        self.assertIn("damaged", self.client.refuse("import_asset", provider="polyhaven", id="red_bricks"))
        self.assertEqual(self.world.blenders(), set())

    def test_a_provider_that_is_gone_does_not_hide_the_others(self) -> None:
        self.ambientcg.close()
        found = self.client.do("search_assets", query="bricks", kind="texture")
        self.assertEqual([one["name"] for one in found["assets"]], ["Red Bricks"])
        self.assertEqual([one["provider"] for one in found["failures"]], ["ambientcg"])
