"""Every SDK client with the fixtures over Streamable HTTP."""

from __future__ import annotations

from fixture_cases import FixtureCases
from sdk_clients import every_client
from stage import FIXTURES
from transports import Http


def setUpModule() -> None:
    Http.serve([FIXTURES], with_token=False)


class Cases(Http, FixtureCases):
    def test_a_task_outlives_its_client(self) -> None:
        with self.running_session(tasks=True) as session:
            task = session.start_task("slow_compute", {"seconds": 1, "label": "meanwhile"})
            session.kill()
        result = self.task_session().task_result(task)
        self.assertEqual(result["content"][0]["text"], "Computed meanwhile")


globals().update(every_client(__name__, Cases))
