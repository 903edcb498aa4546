"""Version 2 of the official TypeScript SDK."""

from __future__ import annotations

import unittest

import typescript_sdk
import versions
from sdk_cases import SdkCases
from stage import Stage


class TypeScriptV2(SdkCases):
    mode: str

    @classmethod
    def program(cls, stage: Stage) -> list[str]:
        return [*typescript_sdk.program(stage, "typescript_v2.mjs"), cls.mode]


class TypeScriptV2Legacy(TypeScriptV2, unittest.TestCase):
    """What the SDK does by itself."""

    mode = "legacy"
    protocol = versions.LEGACY


class TypeScriptV2Auto(TypeScriptV2, unittest.TestCase):
    """It asks a second daemon with server/discover, ends that one at once, and goes on with another."""

    mode = "auto"
    protocol = versions.MODERN
