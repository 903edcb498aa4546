"""Every SDK client with the fixtures over stdio."""

from __future__ import annotations

from fixture_cases import FixtureCases
from sdk_clients import every_client
from stage import FIXTURES
from transports import Stdio


class Cases(Stdio, FixtureCases):
    @classmethod
    def command(cls) -> list[str]:
        return [FIXTURES, "stdio"]


globals().update(every_client(__name__, Cases))
