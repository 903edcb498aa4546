"""The pinned clients, installed once into the user's cache."""

from __future__ import annotations

from pathlib import Path

import pinned_packages
import versions

CACHE = pinned_packages.CACHE / "interop"


def python_with_mcp() -> Path:
    """A Python that can import the Python SDK."""
    return pinned_packages.python(CACHE, versions.PYTHON)


def node_packages() -> tuple[Path, Path]:
    """Node, and the node_modules folder with the TypeScript SDKs and the Inspector."""
    return pinned_packages.node(CACHE, versions.NPM)
