"""Cases against the fixtures of the conformance suite, which need no Blender."""

from __future__ import annotations

import json
import re
from typing import Any

from client_case import ClientCase
from session import CallFailed
from stage import FIXTURES

UPDATED = "notifications/resources/updated"
TOOLS_CHANGED = "notifications/tools/list_changed"
WATCHED = "test://watched-resource"
# Longer than any test; only its cancellation ends it.
ENDLESS = {"seconds": 86_400}


def text(result: dict[str, Any]) -> str:
    return "\n".join(block["text"] for block in result["content"])


class FixtureCases(ClientCase):
    @classmethod
    def command(cls) -> list[str]:
        return [FIXTURES]

    def test_connection(self) -> None:
        self.assertEqual(self.session.connection["protocol"], self.protocol)
        self.assertEqual(self.session.connection["server"]["name"], "blender-mcpd-conformance")

    def test_list(self) -> None:
        self.assertEqual(self.tools[0]["name"], "test_simple_text")

    def test_call(self) -> None:
        self.assertEqual(text(self.session.call("test_simple_text")), "This is a simple text response for testing.")

    def test_progress(self) -> None:
        call = self.session.start_call("test_tool_with_progress", {})
        self.assertEqual(text(call.result()), "Done")
        self.assertEqual([(step["progress"], step["total"]) for step in call.progress], [(0, 100), (50, 100), (100, 100)])

    def test_cancel(self) -> None:
        call = self.session.start_call("slow_compute", ENDLESS)
        self.session.call("test_simple_text")
        self.session.cancel(call)
        with self.assertRaisesRegex(CallFailed, "(?i)cancel"):
            call.result()
        self.session.call("test_simple_text")

    def test_a_question_and_its_answers(self) -> None:
        form = {"username": "ada", "email": "ada@example.com"}
        for action, content in (("accept", form), ("decline", {}), ("cancel", {})):
            with self.subTest(action):
                self.session.answer_with(action, **form)
                told = text(self.session.call("test_elicitation", {"message": f"Who will {action}?"}))
                self.assertEqual(self.question(), f"Who will {action}?")
                found = re.fullmatch(r"User response: action=(\w+), content=(.*)", told)
                self.assertEqual((found[1], json.loads(found[2])), (action, content))

    def test_subscriptions(self) -> None:
        self.session.subscribe(WATCHED)
        self.session.call("test_trigger_resource_update", {"uri": WATCHED})
        self.session.wait_for_notification(UPDATED, lambda params: params["uri"] == WATCHED)
        self.session.call("test_trigger_tool_change")
        self.session.wait_for_notification(TOOLS_CHANGED)

        self.session.unsubscribe()
        self.session.call("test_trigger_resource_update", {"uri": WATCHED})
        self.session.subscribe()
        self.session.call("test_trigger_tool_change")
        heard = self.session.wait_for_notification(TOOLS_CHANGED)
        self.assertNotIn(UPDATED, heard)
        self.session.unsubscribe()

    def test_a_task(self) -> None:
        session = self.task_session()
        task = session.start_task("slow_compute", {"seconds": 0.5, "label": "the answer"})
        self.assertIn(session.task_status(task), ("working", "completed"))
        self.assertEqual(text(session.task_result(task)), "Computed the answer")
        self.assertEqual(session.task_status(task), "completed")

    def test_a_cancelled_task(self) -> None:
        session = self.task_session()
        task = session.start_task("slow_compute", ENDLESS)
        self.assertEqual(session.task_status(task), "working")
        session.cancel_task(task)
        self.assertEqual(session.task_status(task), "cancelled")
        with self.assertRaisesRegex(CallFailed, "(?i)cancel"):
            session.task_result(task)

    def test_an_unknown_task(self) -> None:
        with self.assertRaisesRegex(CallFailed, "(?i)unknown task"):
            self.task_session().task_status("0123456789abcdef0123456789abcdef")
