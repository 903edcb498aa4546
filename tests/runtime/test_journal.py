"""What is remembered about commands: duplicates, outcomes, lost connections."""

from __future__ import annotations

import unittest
import uuid

from harness import BlenderTestCase

COUNT = "D.scenes[0]['n'] = D.scenes[0].get('n', 0) + 1\nresult = D.scenes[0]['n']"


class JournalTest(BlenderTestCase):
    def count(self) -> int:
        return self.client.run("result = D.scenes[0].get('n', 0)")

    def test_outcomes(self) -> None:
        self.assertEqual(self.client.call("outcome", uuid="nobody"), {"state": "never_seen"})
        reply = self.client.request("execute_blender_code", {"code": COUNT}, uuid="applied")
        outcome = self.client.call("outcome", uuid="applied")
        self.assertEqual(outcome["state"], "applied")
        self.assertEqual({"id": reply["id"], **outcome["reply"]}, reply)
        reply = self.client.request("execute_blender_code", {"code": "1/0"}, uuid="failed")
        outcome = self.client.call("outcome", uuid="failed")
        self.assertEqual(outcome["state"], "failed")
        self.assertEqual({"id": reply["id"], **outcome["reply"]}, reply)

    def test_a_known_uuid_is_answered_and_not_run_again(self) -> None:
        first = self.client.request("execute_blender_code", {"code": COUNT}, uuid="once")
        other = self.connect()
        again = other.request("execute_blender_code", {"code": COUNT}, uuid="once")
        self.assertEqual({**again, "id": first["id"]}, first)
        self.assertEqual(self.count(), 1)

    def test_a_duplicate_of_a_running_command_gets_the_same_reply(self) -> None:
        gate, request_uuid, other = self.gate(), str(uuid.uuid4()), self.connect()
        args = {"code": gate.code + "\n" + COUNT}
        first = self.client.start("execute_blender_code", args, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        second = other.start("execute_blender_code", args, uuid=request_uuid)
        other.call("ping")  # answered after the duplicate was taken in
        gate.open()
        self.assertEqual(self.client.reply(first)[0]["result"]["result"], 1)
        self.assertEqual(other.reply(second)[0]["result"]["result"], 1)
        self.assertEqual(self.count(), 1)

    def test_a_command_outlives_its_connection(self) -> None:
        gate, request_uuid, other = self.gate(), str(uuid.uuid4()), self.connect()
        other.start("execute_blender_code", {"code": gate.code + "\n" + COUNT}, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        other.close()
        gate.open()
        self.wait_for_state("applied", request_uuid)
        self.assertEqual(self.client.call("outcome", uuid=request_uuid)["reply"]["result"]["result"], 1)
        self.assertEqual(self.count(), 1)

    def test_a_queued_command_of_a_closed_connection_is_dropped(self) -> None:
        gate, running, queued, other = self.gate(), str(uuid.uuid4()), str(uuid.uuid4()), self.connect()
        request_id = self.client.start("execute_blender_code", {"code": gate.code}, uuid=running)
        self.wait_for_state("running", running)
        other.start("execute_blender_code", {"code": COUNT}, uuid=queued)
        self.wait_for_state("queued", queued)
        other.close()
        self.wait_for_state("failed", queued)
        gate.open()
        self.assertTrue(self.client.reply(request_id)[0]["ok"])
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.client.call("outcome", uuid=queued)["reply"]["error"]["kind"], "not_started")

    def test_a_queued_command_stays_while_somebody_waits_for_it(self) -> None:
        gate, running, queued, other = self.gate(), str(uuid.uuid4()), str(uuid.uuid4()), self.connect()
        self.client.start("execute_blender_code", {"code": gate.code}, uuid=running)
        self.wait_for_state("running", running)
        other.start("execute_blender_code", {"code": COUNT}, uuid=queued)
        self.wait_for_state("queued", queued)
        mine = self.client.start("execute_blender_code", {"code": COUNT}, uuid=queued)
        self.client.call("ping")
        other.close()
        gate.open()
        self.assertEqual(self.client.reply(mine)[0]["result"]["result"], 1)

    def test_large_results_are_not_kept(self) -> None:
        reply = self.client.request("execute_blender_code", {"code": "result = 'x' * 300_000"}, uuid="large")
        self.assertEqual(len(reply["result"]["result"]), 300_000)
        outcome = self.client.call("outcome", uuid="large")
        self.assertEqual((outcome["state"], outcome["result_dropped"]), ("applied", True))
        self.assertIsNone(outcome["reply"]["result"])
        again = self.client.request("execute_blender_code", {"code": "pass"}, uuid="large")
        self.assertEqual((again["ok"], again["result"], again["result_dropped"]), (True, None, True))

    def test_images_are_not_kept(self) -> None:
        args = {"engine": "workbench", "resolution": [16, 16]}
        reply, blob = self.client.reply(self.client.start("render", args, uuid="image"))
        self.assertEqual(len(blob), reply["result"]["image"]["bytes"])
        outcome = self.client.call("outcome", uuid="image")
        self.assertTrue(outcome["blob_dropped"])
        self.assertEqual(outcome["reply"]["result"], reply["result"])
        again, blob = self.client.reply(self.client.start("render", args, uuid="image"))
        self.assertEqual((again["blob_dropped"], blob), (True, b""))

    def test_a_thousand_commands_are_remembered(self) -> None:
        self.client.request("get_scene_info", uuid="first")
        for index in range(999):
            self.client.request("no_such_op", uuid=f"filler {index}")
        self.assertEqual(self.client.call("outcome", uuid="first")["state"], "applied")
        self.client.request("no_such_op", uuid="one more")
        self.assertEqual(self.client.call("outcome", uuid="first", age_ms=60_000)["state"], "forgotten")

    def test_a_young_command_cannot_have_been_forgotten(self) -> None:
        for index in range(1001):
            self.client.request("no_such_op", uuid=f"young {index}")
        self.assertEqual(self.client.call("outcome", uuid="young 0", age_ms=60_000)["state"], "forgotten")
        self.assertEqual(self.client.call("outcome", uuid="younger", age_ms=0)["state"], "never_seen")

    def test_what_was_given_up_before_it_came_is_not_run(self) -> None:
        other = self.connect()
        self.assertEqual(other.call("outcome", uuid="late", age_ms=5), {"state": "never_seen"})
        reply = self.client.request("execute_blender_code", {"code": COUNT}, uuid="late")
        self.assertEqual((reply["ok"], reply["error"]["kind"]), (False, "not_started"))
        self.assertEqual(self.count(), 0)
        self.assertEqual(other.call("outcome", uuid="late")["state"], "failed")

    def test_all_kept_results_together_are_bounded(self) -> None:
        for index in range(140):
            self.client.request("execute_blender_code", {"code": "result = 'x' * 250_000"}, uuid=f"part {index}")
        self.assertTrue(self.client.call("outcome", uuid="part 0")["result_dropped"])
        self.assertNotIn("result_dropped", self.client.call("outcome", uuid="part 139"))


if __name__ == "__main__":
    unittest.main()
