"""Servers that misbehave, daemons that end in the middle, and two that share a cache: Blender sees whole assets or none, and
what has come is not fetched again."""

from __future__ import annotations

import resource
import signal
import threading
from pathlib import Path

from asset_servers import AmbientCg, PolyHaven, makers, packed
from client import Client, DaemonTestCase, Json, SharedDaemonTestCase
from world import World, wait_until

MIB = 1 << 20
# A picture with so much behind it that half of it is more than what waits in sockets.
LARGE = makers.flat((170, 60, 40)) + bytes(4 * MIB)
HALF = len(LARGE) // 2
# Less than what a daemon waits for a silent server.
PROMPTLY_S = 15


def settings(cache: Path, polyhaven: PolyHaven, **more: str) -> dict[str, str]:
    return {"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(cache),
            "BLENDER_MCPD_ASSETS_POLYHAVEN_URL": polyhaven.url, **more}


def add_texture(server: PolyHaven, content: bytes = LARGE, **wrong: Json) -> tuple[Json, str]:
    """Of one map: what to ask for, and where its file is. `wrong` is what the site says of that file."""
    name = f"texture_{len(server.lists['textures'])}"
    path = f"/dl/{name}.png"
    server.add(name, 1, name, [], {"Diffuse": {"1k": {"png": {**server.put(path, content), **wrong}}}})
    return {"provider": "polyhaven", "id": name}, path


def ready(cache: Path) -> set[str]:
    """What is in the store, as far as daemons see it."""
    return {folder.name for folder in cache.glob("ready/*")}


class AssetFaultsTest(SharedDaemonTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.server = PolyHaven()
        cls.addClassCleanup(cls.server.close)
        cls.cache = cls.world.folder / "asset cache"
        cls.client = Client(cls.world, env=settings(cls.cache, cls.server, BLENDER_MCPD_ASSETS_INACTIVITY_TIMEOUT_S="0.5"))
        cls.addClassCleanup(cls.client.close)
        cls.client.initialize()

    def setUp(self) -> None:
        pass  # the scene does not matter

    def check_works(self, asked: Json) -> None:
        told = self.client.do("import_asset", **asked)
        self.assertEqual([file["role"] for file in told["files"]], ["color"])

    def refused(self, asked: Json) -> str:
        before = ready(self.cache)
        text = self.client.refuse("import_asset", **asked)
        self.assertEqual(ready(self.cache), before)
        return text

    def test_a_server_that_asks_to_come_back(self) -> None:
        asked, path = add_texture(self.server)
        self.server.refusals[path] = [(429, {"Retry-After": "1"})]
        self.check_works(asked)
        self.assertEqual(self.server.targets.count(path), 2)

    def test_a_server_that_falls_silent(self) -> None:
        asked, path = add_texture(self.server)
        hold = self.server.holds[path] = threading.Event()
        text = self.refused(asked)
        self.assertIn("within 0.5 s", text)
        self.assertIn("what has come is kept", text)
        del self.server.holds[path]
        hold.set()
        self.check_works(asked)
        self.assertEqual(set(self.server.begins[path][1:]), {HALF})

    def test_a_server_that_hangs_up_once(self) -> None:
        asked, path = add_texture(self.server)
        self.server.cuts[path] = 1
        self.check_works(asked)
        self.assertEqual(self.server.begins[path], [0, HALF])

    def test_a_file_of_another_size(self) -> None:
        asked, _ = add_texture(self.server, size=len(LARGE) + 1)
        self.assertIn(f"{len(LARGE)} bytes in place of {len(LARGE) + 1}", self.refused(asked))
        asked, _ = add_texture(self.server, size=len(LARGE) - 1)
        self.assertIn(f"larger than {len(LARGE) - 1} bytes", self.refused(asked))

    def test_a_page_in_place_of_a_picture(self) -> None:
        asked, _ = add_texture(self.server, b"<!DOCTYPE html><title>Sorry</title>")
        self.assertIn("is no .png file", self.refused(asked))

    def test_a_redirect_to_somebody_else(self) -> None:
        asked, path = add_texture(self.server)
        self.server.redirects[path] = "https://files.example.org/texture.png"
        self.assertIn("files.example.org", self.refused(asked))
        self.assertNotIn(path, self.server.begins)


class AssetRestartTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server = PolyHaven()
        self.addCleanup(self.server.close)
        self.cache = self.world.folder / "asset cache"

    def test_a_download_goes_on_after_daemons_were_killed_and_ended(self) -> None:
        asked, path = add_texture(self.server)
        hold = self.server.holds[path] = threading.Event()
        killed = self.start(env=settings(self.cache, self.server))
        killed.start_call("import_asset", asked)
        self.wait_for_half()
        killed.process.kill()
        killed.wait()
        ended = self.start(env=settings(self.cache, self.server))
        ended.start_call("import_asset", asked)
        wait_until(lambda: self.server.begins[path] == [0, HALF], "it did not go on")
        ended.process.terminate()
        self.assertEqual(ended.wait(PROMPTLY_S), 0)
        self.wait_for_half()
        self.assertEqual((ready(self.cache), self.world.blenders()), (set(), set()))
        del self.server.holds[path]
        hold.set()
        self.start(env=settings(self.cache, self.server)).do("import_asset", **asked)
        self.assertEqual(self.server.begins[path], [0, HALF, HALF])
        (whole,) = self.cache.glob("ready/*/*.png")
        self.assertEqual(whole.read_bytes(), LARGE)

    def wait_for_half(self) -> None:
        wait_until(lambda: [part.stat().st_size for part in self.cache.glob("partial/*/*.part")] == [HALF], "half did not come")

    def test_an_archive_is_unpacked_anew_after_the_daemon_died_at_it(self) -> None:
        server = AmbientCg()
        self.addCleanup(server.close)
        server.add("Slate001", "Material", "Slate 001", [], {"1K-PNG": ("Slate001_1K-PNG.zip", packed({
            "Slate001_1K-PNG_Color.png": makers.flat(40), "Slate001_1K-PNG_Roughness.png": LARGE}))})
        env = settings(self.cache, self.server, BLENDER_MCPD_ASSETS_AMBIENTCG_URL=server.url)
        daemon = self.start(env=env)
        # The system ends it when a file becomes larger: the archive does not, the second one in it does.
        for limit, value in ((resource.RLIMIT_FSIZE, MIB), (resource.RLIMIT_CORE, 0)):
            resource.prlimit(daemon.process.pid, limit, (value, value))
        daemon.start_call("import_asset", {"provider": "ambientcg", "id": "Slate001"})
        self.assertEqual(daemon.wait(), -signal.SIGXFSZ)
        self.assertEqual({file.name: file.stat().st_size for file in self.cache.glob("partial/*/unpacked/*")},
                         {"Slate001_1K-PNG_Color.png": len(makers.flat(40)), "Slate001_1K-PNG_Roughness.png": MIB})
        self.assertEqual((ready(self.cache), self.world.blenders()), (set(), set()))
        told = self.start(env=env).do("import_asset", provider="ambientcg", id="Slate001")
        self.assertEqual(sorted(file["role"] for file in told["files"]), ["color", "roughness"])
        self.assertEqual(server.begins["/cdn/Slate001_1K-PNG.zip"], [0])
        self.assertEqual(list(self.cache.glob("partial/*")), [])

    def test_what_an_import_uses_stays_while_another_daemon_makes_room(self) -> None:
        scenes = self.world.folder / "scenes"  # what a Blender in a sandbox may use
        scenes.mkdir()
        client = self.start(env=settings(self.cache, self.server, BLENDER_MCPD_FILES_ROOTS=str(scenes)))
        in_use, _ = add_texture(self.server)
        client.do("import_asset", **in_use)
        (in_use_key,) = ready(self.cache)
        client.do("import_asset", provider="polyhaven", id="quiet_sky")
        script = client.start_call("execute_blender_code", {"code": f"""
import os, time
open({str(scenes / "begun")!r}, 'w').close()
while not os.path.exists({str(scenes / "go on")!r}):
    time.sleep(0.01)"""})
        wait_until((scenes / "begun").exists, "the script did not begin")
        importing = client.start_call("import_asset", in_use)
        number = (self.cache / "ready" / in_use_key).stat().st_ino
        wait_until(lambda: f":{number} " in Path("/proc/locks").read_text(), "the import does not hold its files")
        other = self.start(env=settings(self.cache, self.server, BLENDER_MCPD_ASSETS_CACHE_BYTES="0"))
        page, _ = add_texture(self.server, b"<!DOCTYPE html>")  # makes room, and then needs no Blender
        other.refuse("import_asset", **page)
        self.assertEqual(ready(self.cache), {in_use_key})
        (scenes / "go on").touch()
        client.finish_call("execute_blender_code", script)
        result = client.finish_call("import_asset", importing)
        self.assertFalse(result.get("isError"), result)
