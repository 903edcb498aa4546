"""Version 1 of the official TypeScript SDK, which most clients are made with today. It knows no modern era."""

from __future__ import annotations

import unittest

import typescript_sdk
import versions
from sdk_cases import SdkCases
from stage import Stage


class TypeScriptV1(SdkCases, unittest.TestCase):
    protocol = versions.LEGACY

    @classmethod
    def program(cls, stage: Stage) -> list[str]:
        return typescript_sdk.program(stage, "typescript_v1.mjs")
