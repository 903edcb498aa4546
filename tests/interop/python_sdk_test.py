"""The official Python SDK."""

from __future__ import annotations

import unittest

import installed
import versions
from sdk_cases import SdkCases
from stage import HERE, Stage


class PythonSdk(SdkCases):
    mode: str

    @classmethod
    def program(cls, stage: Stage) -> list[str]:
        return [str(installed.python_with_mcp()), str(HERE / "clients" / "python_sdk.py"), cls.mode]


class PythonSdkLegacy(PythonSdk, unittest.TestCase):
    mode = "legacy"
    protocol = versions.LEGACY


class PythonSdkAuto(PythonSdk, unittest.TestCase):
    """What the SDK does by itself: it asks with server/discover first."""

    mode = "auto"
    protocol = versions.MODERN
