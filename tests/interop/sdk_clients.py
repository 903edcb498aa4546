"""The clients made with the official SDKs: how each is started, and what it speaks. Mixed into TestCases."""

from __future__ import annotations

import shutil
import unittest

import installed
import versions
from stage import HERE, Stage


class TypeScript:
    program_name: str
    arguments: list[str] = []

    @classmethod
    def program(cls, stage: Stage) -> list[str]:
        # Node resolves an import from where the program lies, so the program goes beside the packages.
        node, modules = installed.node_packages()
        folder = stage.folder / "client"
        shutil.copytree(HERE / "clients", folder)
        (folder / "node_modules").symlink_to(modules)
        return [str(node), str(folder / cls.program_name), *cls.arguments]


class TypeScriptV1(TypeScript):
    """What most clients are made with today. It knows no modern era."""

    program_name = "typescript_v1.mjs"
    protocol = versions.LEGACY


class TypeScriptV2Legacy(TypeScript):
    """What the SDK does by itself."""

    program_name = "typescript_v2.mjs"
    arguments = ["legacy"]
    protocol = versions.LEGACY


class TypeScriptV2Auto(TypeScript):
    """Asks with server/discover first. Over stdio it asks another server, ends that one at once, and goes on with a second."""

    program_name = "typescript_v2.mjs"
    arguments = ["auto"]
    protocol = versions.MODERN


class Python:
    mode: str

    @classmethod
    def program(cls, stage: Stage) -> list[str]:
        return [str(installed.python_with_mcp()), str(HERE / "clients" / "python_sdk.py"), cls.mode]


class PythonLegacy(Python):
    mode = "legacy"
    protocol = versions.LEGACY


class PythonAuto(Python):
    """What the SDK does by itself: it asks with server/discover first."""

    mode = "auto"
    protocol = versions.MODERN
    # It declares the extension with every request of a session, which makes a task of every call that may be one.
    tasks_apart = True


CLIENTS = (PythonLegacy, PythonAuto, TypeScriptV1, TypeScriptV2Legacy, TypeScriptV2Auto)


def every_client(module: str, *bases: type) -> dict[str, type]:
    """A TestCase of the module for each client."""
    return {client.__name__: type(client.__name__, (client, *bases, unittest.TestCase), {"__module__": module})
            for client in CLIENTS}
