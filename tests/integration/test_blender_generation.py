"""Models that services make (servers on this machine): ordered once, waited for, imported, taken back."""

from __future__ import annotations

import base64
import json

from asset_servers import makers
from client import DaemonTestCase, Json, error_text
from generation_servers import Fal, Hunyuan, Rodin
from world import wait_until

RODIN_KEY, FAL_KEY = "rodin-key-nobody-may-see", "fal-key-nobody-may-see"


class GenerationTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.rodin, self.fal, self.hunyuan = Rodin(), Fal(), Hunyuan()
        for service in (self.rodin, self.fal, self.hunyuan):
            self.addCleanup(service.close)
        self.scenes = self.world.folder / "scenes"
        self.scenes.mkdir()
        self.picture = self.scenes / "chair.png"
        self.picture.write_bytes(makers.flat((200, 30, 30)))
        key = self.world.folder / "rodin key"
        key.write_text(RODIN_KEY + "\n")
        key.chmod(0o600)
        self.client = self.start("--log-level", "debug", env={
            "BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(self.world.folder / "cache"),
            "BLENDER_MCPD_FILES_ROOTS": str(self.scenes), "BLENDER_MCPD_GENERATION_RODIN_URL": self.rodin.url,
            "BLENDER_MCPD_GENERATION_FAL_URL": self.fal.url, "BLENDER_MCPD_GENERATION_HUNYUAN_URL": self.hunyuan.url,
            "BLENDER_MCPD_GENERATION_RODIN_KEY_FILE": str(key), "BLENDER_MCPD_GENERATION_FAL_KEY": FAL_KEY})

    def tearDown(self) -> None:
        for key in (RODIN_KEY, FAL_KEY):
            self.assertNotIn(key, self.client.log())
        super().tearDown()

    def start_task(self, **arguments: Json) -> str:
        result = self.client.result("tools/call", {"name": "generate_model", "task": {}, "arguments": arguments})
        return result["task"]["taskId"]

    def message(self, task: str) -> str:
        return self.client.result("tasks/get", {"taskId": task}).get("statusMessage", "")

    def test_words_become_a_model_as_a_task(self) -> None:
        self.rodin.looks_until_done = 1
        task = self.start_task(prompt="a red chair", target_size=3, location=[0, 0, 1])
        wait_until(lambda: "1 of 2 parts" in self.message(task), "no progress")
        result = self.client.result("tasks/result", {"taskId": task})
        self.assertFalse(result.get("isError"), error_text(result))
        told = result["structuredContent"]
        self.assertEqual(told["job"], "rodin:task-1:sub.key-1")
        self.assertTrue(told["changes"]["added"])
        origin = self.client.run("result = next(o['blender_mcpd_asset'].to_dict() for o in D.objects "
                                 "if 'blender_mcpd_asset' in o)")
        self.assertEqual([origin["provider"], origin["id"], origin["prompt"]], ["rodin", "task-1", "a red chair"])
        self.assertAlmostEqual(self.client.run("result = max(max(o.dimensions) for o in D.objects "
                                               "if 'blender_mcpd_asset' in o and o.type == 'MESH')"), 3, places=3)
        self.assertEqual(self.rodin.paths().count("POST /api/v2/rodin"), 1)
        keys = {path.partition("?")[0]: key for _, path, key, _ in self.rodin.asked}
        self.assertEqual(keys, {"/api/v2/rodin": f"Bearer {RODIN_KEY}", "/api/v2/status": f"Bearer {RODIN_KEY}",
                                "/api/v2/download": f"Bearer {RODIN_KEY}", "/files/m.glb": ""})

    def test_an_image_becomes_a_model_with_progress(self) -> None:
        result = self.client.call("generate_model", {
            "service": "fal", "images": [{"path": str(self.picture)}], "name": "Chair"}, token="t")
        self.assertFalse(result.get("isError"), error_text(result))
        order = json.loads(self.fal.asked[0][3])
        self.assertEqual(order["input_image_urls"],
                         ["data:image/png;base64," + base64.b64encode(self.picture.read_bytes()).decode()])
        self.assertEqual(self.fal.asked[0][2], f"Key {FAL_KEY}")
        messages = [step["message"] for step in self.client.progress("t")]
        self.assertIn("Ordered as fal:request-1", messages)
        self.assertIn("works", messages)

    def test_a_server_of_ones_own_needs_no_key(self) -> None:
        told = self.client.do("generate_model", service="hunyuan", images=[
            {"data": base64.b64encode(self.picture.read_bytes()).decode()}])
        self.assertTrue(told["changes"]["added"])
        self.assertEqual({key for _, _, key, _ in self.hunyuan.asked}, {""})

    def test_a_cancelled_task_takes_the_order_back(self) -> None:
        self.fal.looks_until_done = 10**6
        task = self.start_task(service="fal", prompt="a red chair")
        wait_until(lambda: self.message(task) == "works", "no progress")
        self.assertEqual(self.client.result("tasks/cancel", {"taskId": task})["status"], "cancelled")
        wait_until(lambda: "taken back from fal" in self.message(task), "it was not said")
        self.assertEqual(self.fal.paths()[-1], "PUT /fal-ai/hyper3d/requests/request-1/cancel")

    def test_what_goes_on_elsewhere_is_fetched_later(self) -> None:
        self.rodin.looks_until_done = 10**6
        task = self.start_task(prompt="a red chair")
        wait_until(lambda: "1 of 2 parts" in self.message(task), "no progress")
        self.client.result("tasks/cancel", {"taskId": task})
        wait_until(lambda: "\"job\": \"rodin:task-1:sub.key-1\"" in self.message(task), "the job was not told")
        self.rodin.looks_until_done = 0
        told = self.client.do("generate_model", job="rodin:task-1:sub.key-1", name="Chair")
        self.assertTrue(told["changes"]["added"])
        self.assertEqual(self.rodin.paths().count("POST /api/v2/rodin"), 1)

    def test_refusals_say_what_to_do_and_no_key(self) -> None:
        self.rodin.refuse = 201, {"error": "API_INSUFFICIENT_FUNDS", "message": f"{RODIN_KEY} has no funds"}
        text = self.client.refuse("generate_model", prompt="a red chair")
        self.assertIn("no credit left", text)
        self.assertNotIn(RODIN_KEY, text)
        self.rodin.refuse = 401, {"error": "UNAUTHORIZED"}
        self.assertIn("generation.rodin_key_file", self.client.refuse("generate_model", prompt="a red chair"))

    def test_files_elsewhere_are_never_sent(self) -> None:
        for path in ("/etc/passwd", str(self.world.folder / "rodin key"), "http://127.0.0.1/x.png"):
            self.assertIn("images[0].path", self.client.refuse("generate_model", images=[{"path": path}]))
        self.assertEqual(self.rodin.asked, [])


class NothingSetUpTest(DaemonTestCase):
    def test_what_is_missing_is_told(self) -> None:
        client = self.start(env={"BLENDER_MCPD_TOOLS_SET": "full"})
        text = client.refuse("generate_model", prompt="a red chair")
        for setting in ("generation.rodin_key_file", "generation.fal_key_file", "generation.hunyuan_url"):
            self.assertIn(setting, text)
        self.assertEqual(self.world.blenders(), set())
