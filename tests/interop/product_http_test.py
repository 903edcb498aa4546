"""Every SDK client with the daemon over Streamable HTTP, one after the other with the same Blender."""

from __future__ import annotations

from expectations import check_png
from sdk_cases import ENDLESS, SdkCases
from sdk_clients import every_client
from stage import product_command
from transports import Http


def setUpModule() -> None:
    Http.serve(product_command(), with_token=True)


class Cases(Http, SdkCases):
    def test_closing_in_the_middle_of_a_call(self) -> None:
        with self.running_session() as session:
            session.start_call("execute_blender_code", ENDLESS)
            self.wait_for_state("busy", session)
        self.wait_for_state("ready")

    def test_a_task_outlives_its_client(self) -> None:
        with self.running_session(tasks=True) as session:
            task = session.start_task("render", {"engine": "cycles", "samples": 16, "resolution": [160, 120]})
            session.kill()
        check_png(self, self.task_session().task_result(task), 160, 120)


globals().update(every_client(__name__, Cases))
