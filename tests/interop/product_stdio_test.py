"""Every SDK client with the daemon over stdio."""

from __future__ import annotations

from sdk_cases import ENDLESS, SdkCases
from sdk_clients import every_client
from session import CallFailed
from stage import tampered_command
from transports import Stdio


class Cases(Stdio, SdkCases):
    def test_the_client_checks_output_schemas(self) -> None:
        with self.running_session(tampered_command()) as session:
            session.list_tools()
            with self.assertRaisesRegex(CallFailed, "(?i)structured content"):
                session.call("get_blender_status")

    def test_closing_in_the_middle_of_a_call(self) -> None:
        with self.running_session() as session:
            session.start_call("execute_blender_code", ENDLESS)
            self.wait_for_state("busy", session)


globals().update(every_client(__name__, Cases))
