"""Assets of providers that want a key: found, looked at, imported; and what is told of the key, which is nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import unittest

from client import Client, DaemonTestCase, Json, error_text
from keyed_asset_servers import PolyPizza, Sketchfab
from world import DAEMON


class KeyedAssetsTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sketchfab, self.polypizza = Sketchfab(), PolyPizza()
        self.addCleanup(self.sketchfab.close)
        self.addCleanup(self.polypizza.close)
        self.token_file = self.world.folder / "sketchfab token"
        self.token_file.write_text(Sketchfab.token + "\n")
        self.token_file.chmod(0o600)
        scenes = self.world.folder / "scenes"
        scenes.mkdir()
        self.env = {
            "BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_LOG_LEVEL": "trace", "BLENDER_MCPD_FILES_ROOTS": str(scenes),
            "BLENDER_MCPD_ASSETS_PROVIDERS": "sketchfab,polypizza,local", "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(self.world.folder / "assets"),
            "BLENDER_MCPD_ASSETS_SKETCHFAB_URL": self.sketchfab.url, "BLENDER_MCPD_ASSETS_POLYPIZZA_URL": self.polypizza.url,
            "BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN_FILE": str(self.token_file), "BLENDER_MCPD_ASSETS_POLYPIZZA_KEY": PolyPizza.key}

    def assert_secret(self, *texts: str) -> None:
        for text in texts:
            self.assertNotIn(Sketchfab.token, text)
            self.assertNotIn(PolyPizza.key, text)

    def names(self, client: Client, **arguments: Json) -> list[str]:
        return [f"{one['provider']}:{one['name']}" for one in client.do("search_assets", **arguments)["assets"]]

    def test_models_of_both_come_with_licence_and_author(self) -> None:
        client = self.start(env=self.env)
        self.assertEqual(self.names(client, query="tree"), ["sketchfab:Old Chair", "polypizza:Tree", "sketchfab:Table"])
        self.assertEqual(self.names(client, query="chair", license="cc0"), [])
        first = client.do("search_assets", provider="sketchfab", limit=1)
        rest = client.do("search_assets", provider="sketchfab", cursor=first["cursor"])
        self.assertEqual([one["name"] for one in first["assets"] + rest["assets"]], ["Old Chair", "Table"])
        result = client.call("get_asset_preview", {"provider": "sketchfab", "id": Sketchfab.chair})
        self.assertEqual([one["mimeType"] for one in result["content"] if one["type"] == "image"], ["image/png"])
        self.assertEqual(self.world.blenders(), set())

        told = client.do("import_asset", provider="sketchfab", id=Sketchfab.chair, target_size=2)
        self.assertEqual([told["format"], told["asset"]["license"], told["asset"]["faces"]], ["glb", "CC-BY-4.0", 12])
        told = client.do("import_asset", provider="sketchfab", id=Sketchfab.table)
        self.assertEqual([told["format"], told["asset"]["license"]], ["gltf", "CC-BY-NC-4.0"])
        told = client.do("import_asset", provider="polypizza", id="tree-1", location=[0, 3, 0])
        self.assertEqual(told["asset"]["attribution"], "Tree by Bob [CC-BY] via Poly Pizza")
        origins = client.run("result = sorted((o['blender_mcpd_asset'].to_dict() for o in D.objects if 'blender_mcpd_asset' in o),"
                             " key=lambda origin: origin['title'])")
        by_title = {origin["title"]: origin for origin in origins}
        self.assertEqual({title: one["license"] for title, one in by_title.items()},
                         {"Old Chair": "CC-BY-4.0", "Table": "CC-BY-NC-4.0", "Tree": "CC-BY-3.0"})
        self.assertEqual([by_title["Old Chair"]["authors"], by_title["Tree"]["authors"]], [["Ada Example"], ["Bob"]])
        self.assertEqual(by_title["Tree"]["credit_line"], "Tree by Bob [CC-BY] via Poly Pizza")
        self.assertEqual([self.sketchfab.leaks, self.polypizza.leaks], [[], []])
        self.assert_secret(client.log(), str(client.waiting()), str(told), str(origins))

    def test_a_key_that_is_wrong_is_told_of_but_not_told(self) -> None:
        self.token_file.write_text("s0me-other-t0ken\n")
        self.env["BLENDER_MCPD_ASSETS_POLYPIZZA_KEY"] = "s0me-other-k3y"
        client = self.start(env=self.env)
        found = client.call("search_assets", {"query": "tree"})
        text = error_text(found)
        self.assertIn("HTTP 401", text)
        self.assertIn("assets.sketchfab_token_file", text)
        self.assertIn("polypizza", client.refuse("import_asset", provider="polypizza", id="tree-1").lower().replace(" ", ""))
        for secret in ("s0me-other-t0ken", "s0me-other-k3y"):
            self.assertNotIn(secret, str(found) + client.log())

    def test_without_keys_only_who_names_a_provider_hears_of_it(self) -> None:
        del self.env["BLENDER_MCPD_ASSETS_POLYPIZZA_KEY"], self.env["BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN_FILE"]
        client = self.start(env=self.env)
        found = client.do("search_assets", query="tree")
        self.assertEqual([found["assets"], found.get("failures")], [[], None])
        refused = client.refuse("search_assets", query="tree", provider="polypizza")
        self.assertIn("the key of Poly Pizza is missing", refused)
        self.assertIn("BLENDER_MCPD_ASSETS_POLYPIZZA_KEY", refused)
        self.assertIn("the token of Sketchfab is missing", client.refuse("import_asset", provider="sketchfab", id=Sketchfab.chair))
        self.assertEqual([self.sketchfab.targets, self.polypizza.targets, self.world.blenders()], [[], [], set()])

    def test_a_key_file_that_others_may_read_is_refused_when_it_is_needed(self) -> None:
        self.token_file.chmod(0o644)
        client = self.start(env=self.env)
        self.assertIn("chmod 600", client.refuse("search_assets", query="chair", provider="sketchfab"))
        self.assertEqual(self.sketchfab.targets, [])
        self.token_file.chmod(0o600)
        self.assertEqual(self.names(client, query="chair", provider="sketchfab"), ["sketchfab:Old Chair", "sketchfab:Table"])
        self.assert_secret(client.log())

    def test_the_configuration_shows_the_file_and_no_key(self) -> None:
        shown = subprocess.run([DAEMON, "config", "show"], env={**self.world.environment(), **self.env},
                               capture_output=True, text=True, timeout=60, check=True)
        self.assertIn(str(self.token_file), shown.stdout)
        self.assert_secret(shown.stdout, shown.stderr)


def own_hosts_work() -> bool:
    """Whether a process here may have an /etc/hosts of its own."""
    return shutil.which("bwrap") is not None and \
        subprocess.run(["bwrap", "--dev-bind", "/", "/", "true"], capture_output=True, check=False).returncode == 0


class NamesTest(DaemonTestCase):
    @unittest.skipUnless(own_hosts_work(), "needs bwrap, and the right to use it")
    def test_a_public_name_that_leads_to_this_machine_is_not_connected_to(self) -> None:
        hosts = self.world.folder / "hosts"
        hosts.write_text("127.0.0.1 localhost assets.example.org\n10.0.0.1 private.example.org\n")
        try:
            server = socket.create_server(("127.0.0.1", 443))
        except OSError as error:
            self.skipTest(f"cannot listen where it would connect: {error}")
        with server:
            server.settimeout(0)
            for name, address in (("assets", "127.0.0.1"), ("private", "10.0.0.1")):
                ended = subprocess.run(
                    ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(hosts), "/etc/hosts", DAEMON, "call", "search_assets",
                     "--arg", "provider=polyhaven"], capture_output=True, text=True, timeout=60, check=False,
                    env=self.world.environment(BLENDER_MCPD_TOOLS_SET="full",
                                               BLENDER_MCPD_ASSETS_POLYHAVEN_URL=f"https://{name}.example.org"))
                self.assertIn(f"its host has the address {address}, which is not on the public Internet", ended.stdout + ended.stderr)
            with self.assertRaises(BlockingIOError):
                server.accept()


if __name__ == "__main__":
    unittest.main()
