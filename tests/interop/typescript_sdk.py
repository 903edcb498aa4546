"""How the programs made with the TypeScript SDKs are started."""

from __future__ import annotations

import shutil

import installed
from stage import HERE, Stage


def program(stage: Stage, name: str) -> list[str]:
    """Node resolves an import from where the program lies, so the program goes beside the packages."""
    node, modules = installed.node_packages()
    folder = stage.folder / "client"
    shutil.copytree(HERE / "clients", folder)
    (folder / "node_modules").symlink_to(modules)
    return [str(node), str(folder / name)]
