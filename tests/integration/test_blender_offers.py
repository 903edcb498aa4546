"""Resources, prompts and completion, on a real scene."""

from __future__ import annotations

import base64
import json
import unittest
from typing import Any

import png
from client import Client, DaemonTestCase, Json, SharedDaemonTestCase

ENVELOPE: Json = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                  "io.modelcontextprotocol/clientCapabilities": {}}
SCENE = "blender://default/scene"
OBJECT = "blender://{instance}/object/{name}"


def contents(client: Client, uri: str) -> Json:
    read = client.result("resources/read", {"uri": uri})["contents"]
    assert len(read) == 1 and read[0]["uri"] == uri, read
    return read[0]


def read_json(client: Client, uri: str) -> Any:
    return json.loads(contents(client, uri)["text"])


def complete(client: Client, ref: Json, argument: str, value: str, **known: str) -> list[str]:
    result = client.result("completion/complete", {
        "ref": ref, "argument": {"name": argument, "value": value}, "context": {"arguments": known}})
    return result["completion"]["values"]


def updated(client: Client, uri: str) -> Json:
    return client.take(lambda message: message.get("method") == "notifications/resources/updated"
                       and message["params"]["uri"] == uri, f"update of {uri}")


class ResourcesTest(SharedDaemonTestCase):
    def test_lists(self) -> None:
        uris = {item["uri"]: item for item in self.client.result("resources/list")["resources"]}
        self.assertLessEqual({SCENE, "blender://status", "blender://config", "blender://default/log"}, set(uris))
        templates = {item["uriTemplate"] for item in self.client.result("resources/templates/list")["resourceTemplates"]}
        self.assertEqual(templates, {OBJECT, *("blender://{instance}/" + rest for rest in
                                               ("scene", "credits", "log", "collection/{name}", "render/{id}"))})

    def test_the_scene(self) -> None:
        scene = read_json(self.client, SCENE)
        self.assertEqual([item["name"] for item in scene["objects"]], ["Camera", "Cube", "Light"])
        self.assertEqual(scene, self.client.do("get_scene_info", detail="objects", limit=200))

    def test_status_settings_and_output(self) -> None:
        self.assertEqual(read_json(self.client, "blender://status")["state"], "ready")
        config = contents(self.client, "blender://config")
        self.assertEqual(config["mimeType"], "application/toml")
        self.assertIn(f"port = {self.world.port}\n", config["text"])
        self.client.run("import os; os.write(1, b'said by Blender\\n')")
        self.assertIn("said by Blender\n", contents(self.client, "blender://default/log")["text"])

    def test_an_object_and_a_collection_of_any_name(self) -> None:
        self.client.do("update_objects", items=[{"name": "Cube", "rename": "Äpfel/1 (100%)", "collection": "Props"}])
        told = read_json(self.client, "blender://default/object/%C3%84pfel%2F1%20(100%25)")["objects"][0]
        self.assertEqual(told["name"], "Äpfel/1 (100%)")
        self.assertEqual(told["mesh"]["polygons"], 6)
        self.assertIn("Äpfel/1 (100%)", read_json(self.client, "blender://default/collection/Props")["objects"])

    def test_what_is_not_there(self) -> None:
        for uri in ("blender://default/object/Cub", "blender://default/collection/Nowhere",
                    "blender://other/object/Cube", "blender://default/render/1", "blender://nowhere"):
            with self.subTest(uri):
                error = self.client.request("resources/read", {"uri": uri})["error"]
                self.assertEqual((error["code"], error["data"]), (-32002, {"uri": uri}))
                modern = self.client.request("resources/read", {"uri": uri, "_meta": ENVELOPE})["error"]
                self.assertEqual((modern["code"], modern["data"]), (-32602, {"uri": uri}))

    def test_a_render_stays(self) -> None:
        result = self.client.call("render", {"engine": "workbench", "resolution": [64, 32]})
        link = next(block for block in result["content"] if block["type"] == "resource_link")
        image = next(block for block in result["content"] if block["type"] == "image")
        self.client.take(lambda message: message.get("method") == "notifications/resources/list_changed")
        self.assertIn(link["uri"], [item["uri"] for item in self.client.result("resources/list")["resources"]])
        kept = contents(self.client, link["uri"])
        self.assertEqual((kept["blob"], kept["mimeType"]), (image["data"], "image/png"))
        self.assertEqual(png.read(base64.b64decode(kept["blob"]))[:2], (64, 32))
        ids = complete(self.client, {"type": "ref/resource", "uri": "blender://{instance}/render/{id}"}, "id", "")
        self.assertEqual(ids[0], link["uri"].rpartition("/")[2])

    def test_a_modern_read_says_how_long_it_is_good(self) -> None:
        result = self.client.result("resources/read", {"uri": SCENE, "_meta": ENVELOPE})
        self.assertEqual(result["resultType"], "complete")
        self.assertIn("ttlMs", result)
        self.assertEqual(json.loads(result["contents"][0]["text"])["scene"], "Scene")


class CompletionTest(SharedDaemonTestCase):
    def test_names_of_the_scene(self) -> None:
        self.client.do("create_objects", items=[{"kind": "cube", "name": name}
                                                for name in ("Old cube", "cubicle", "Straße")])
        ref = {"type": "ref/resource", "uri": OBJECT}
        self.assertEqual(complete(self.client, ref, "name", "CUB", instance="default"), ["Cube", "cubicle", "Old cube"])
        self.assertEqual(complete(self.client, ref, "name", "ß"), ["Straße"])
        self.assertEqual(complete(self.client, ref, "name", "nobody"), [])
        self.assertEqual(complete(self.client, ref, "instance", ""), ["default", "main"])
        collections = {"type": "ref/resource", "uri": "blender://{instance}/collection/{name}"}
        self.assertEqual(complete(self.client, collections, "name", ""), ["Collection", "Scene Collection"])

    def test_arguments_of_prompts(self) -> None:
        cases = {("product_shot", "object"): ["Cube"], ("light_scene", "subject"): ["Camera", "Cube", "Light"],
                 ("fix_materials", "material"): ["Material"], ("product_shot", "engine"): ["cycles", "eevee", "workbench"]}
        for (prompt, argument), expected in cases.items():
            with self.subTest(prompt, argument=argument):
                found = complete(self.client, {"type": "ref/prompt", "name": prompt}, argument, "")
                self.assertEqual([name for name in found if name in expected], expected)

    def test_a_hundred_of_many(self) -> None:
        self.client.do("create_objects", items=[{"kind": "empty", "name": f"E{index:03}"} for index in range(150)])
        result = self.client.result("completion/complete", {
            "ref": {"type": "ref/resource", "uri": OBJECT}, "argument": {"name": "name", "value": "E"}})["completion"]
        self.assertEqual((len(result["values"]), result["total"], result["hasMore"]), (100, 152, True))
        self.assertEqual(result["values"][:2], ["E000", "E001"])


class PromptsTest(SharedDaemonTestCase):
    def test_every_prompt(self) -> None:
        prompts = self.client.result("prompts/list")["prompts"]
        self.assertEqual(len(prompts), 7)
        for prompt in prompts:
            needed = {item["name"]: "Cube" for item in prompt["arguments"] if item["required"]}
            for envelope in ({}, {"_meta": ENVELOPE}):
                with self.subTest(prompt["name"], era=len(envelope)):
                    got = self.client.result("prompts/get", {"name": prompt["name"], "arguments": needed, **envelope})
                    self.assertEqual(got["messages"][0]["content"]["type"], "text")
                    for value in needed.values():
                        self.assertIn(value, got["messages"][0]["content"]["text"])

    def test_the_review_has_the_scene_with_it(self) -> None:
        messages = self.client.result("prompts/get", {"name": "review_scene"})["messages"]
        resource = messages[1]["content"]["resource"]
        self.assertEqual(resource["uri"], SCENE)
        self.assertEqual(json.loads(resource["text"])["object_count"], 3)

    def test_a_required_argument(self) -> None:
        error = self.client.request("prompts/get", {"name": "animate_object"})["error"]
        self.assertEqual(error["code"], -32602)
        self.assertIn("arguments.object", error["message"])


class SubscriptionTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        self.subscribed: list[str] = []
        self.addCleanup(self.leave)

    def leave(self) -> None:
        for uri in self.subscribed:
            self.client.result("resources/unsubscribe", {"uri": uri})

    def subscribe(self, *uris: str) -> None:
        for uri in uris:
            self.assertEqual(self.client.result("resources/subscribe", {"uri": uri}), {})
            self.subscribed.append(uri)

    def make(self, name: str) -> None:
        self.client.do("create_objects", items=[{"kind": "empty", "name": name}])

    def wait_for_silence(self) -> None:
        """Updates come in the order of the edits: after that of the last one nothing is left of earlier ones."""
        mark = f"Mark of {self._testMethodName}"
        uri = f"blender://default/object/{mark.replace(' ', '%20')}"
        self.subscribe(uri)
        self.make(mark)
        updated(self.client, uri)
        self.updates()

    def updates(self) -> set[str]:
        """Takes what has been told and not been waited for."""
        told = [message for message in self.client.waiting() if message.get("method") == "notifications/resources/updated"]
        for message in told:
            self.client.take(lambda other, message=message: other is message)
        return {message["params"]["uri"] for message in told}

    def move(self, name: str, x: float) -> None:
        self.client.do("update_objects", items=[{"name": name, "location": [x, 0, 0]}])

    def test_an_edit_is_told_and_what_it_left_alone_is_not(self) -> None:
        self.make("Left alone")
        self.subscribe(SCENE, "blender://status", "blender://default/object/Cube", "blender://default/object/Left%20alone")
        self.wait_for_silence()
        self.move("Cube", 3)
        updated(self.client, "blender://default/object/Cube")
        self.assertEqual(self.updates(), {SCENE, "blender://status"})
        told = read_json(self.client, "blender://default/object/Cube")["objects"][0]
        self.assertEqual(told["location"], [3, 0, 0])

    def test_another_file_may_change_any_object(self) -> None:
        self.subscribe("blender://default/object/Light", "blender://default/collection/Collection")
        self.wait_for_silence()
        self.client.do("manage_file", action="new", discard_changes=True)
        updated(self.client, "blender://default/collection/Collection")
        updated(self.client, "blender://default/object/Light")

    def test_any_spelling_of_a_name(self) -> None:
        self.make("One (1)")
        self.subscribe("blender://default/object/One%20(1)")
        self.wait_for_silence()
        self.move("One (1)", 1)
        updated(self.client, "blender://default/object/One%20(1)")

    def test_nothing_is_told_after_unsubscribing(self) -> None:
        self.subscribe(SCENE)
        self.wait_for_silence()
        self.client.result("resources/unsubscribe", {"uri": self.subscribed.pop(0)})
        self.make("Last")
        self.subscribe("blender://default/object/Last")
        self.move("Last", 1)
        updated(self.client, "blender://default/object/Last")
        self.assertNotIn(SCENE, self.updates())


class ModernTest(DaemonTestCase):
    def test_a_client_without_a_session_listens(self) -> None:
        client = self.start(version=None)

        def call(tool: str, arguments: Json) -> Json:
            result = client.result("tools/call", {"name": tool, "arguments": arguments, "_meta": ENVELOPE})
            self.assertNotIn("isError", result)
            return result

        listen = client.start("subscriptions/listen", {
            "notifications": {"resourceSubscriptions": [SCENE], "resourcesListChanged": True}, "_meta": ENVELOPE})
        acknowledged = client.take(
            lambda message: message.get("method") == "notifications/subscriptions/acknowledged")
        self.assertEqual(acknowledged["params"]["notifications"],
                         {"resourceSubscriptions": [SCENE], "resourcesListChanged": True})
        call("get_scene_info", {})
        call("update_objects", {"items": [{"name": "Light", "location": [1, 2, 3]}]})
        call("render", {"engine": "workbench", "resolution": [32, 32]})
        listed = client.take(lambda message: message.get("method") == "notifications/resources/list_changed")
        for told in (updated(client, SCENE), listed):
            self.assertEqual(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], listen)


class WithoutBlenderTest(DaemonTestCase):
    def test_what_needs_no_blender_starts_none(self) -> None:
        client = self.start()
        ref = {"type": "ref/resource", "uri": OBJECT}
        self.assertEqual(complete(client, ref, "name", ""), [])
        self.assertEqual(read_json(client, "blender://status")["state"], "not_running")
        self.assertEqual(contents(client, "blender://default/log")["text"], "")
        self.assertEqual(len(client.result("prompts/get", {"name": "review_scene"})["messages"]), 1)
        self.assertEqual(self.world.blenders(), set())

    def test_a_scene_that_cannot_be_had(self) -> None:
        client = self.start("--launch", "never")
        error = client.request("resources/read", {"uri": SCENE})["error"]
        self.assertEqual(error["code"], -32603)
        self.assertEqual(error["data"]["blender-mcpd/error"]["code"], "unavailable")

    def test_a_subscriber_hears_of_a_blender_that_starts(self) -> None:
        client = self.start()
        self.assertEqual(client.result("resources/subscribe", {"uri": SCENE}), {})
        client.run("result = 1")
        client.do("create_objects", items=[{"kind": "cube"}])
        updated(client, SCENE)


if __name__ == "__main__":
    unittest.main()
