"""Whether a command line could be run, as far as that can be told without running it: its program, subcommands, options, presets."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "integration"))

from tables import PROGRAMS
from world import DAEMON, PATIENCE_S, REPOSITORY

OF_THE_DAEMON = re.compile(r"(?:\S+/)?blender-mcpd$")
OF_THE_PROJECT = re.compile(r"(?:\./)?scripts/[\w-]+$")
_VARIABLE = re.compile(r"[A-Z_]+=")
_SEPARATORS = {"&&", "||", ";", "|", "&"}


def is_command(text: str) -> bool:
    """By its first word, or the one after variables."""
    first = next((word for word in text.split() if not _VARIABLE.match(word)), "")
    return first in PROGRAMS or bool(OF_THE_DAEMON.match(first) or OF_THE_PROJECT.match(first))


def faults(command: str) -> list[str]:
    """What is wrong with it; it may hold several, in a row."""
    found: list[str] = []
    words: list[str] = []
    for word in [*_words(command), ";"]:
        if word not in _SEPARATORS:
            words.append(word)
            continue
        while words and (words[0] == "sudo" or _VARIABLE.match(words[0])):
            words.pop(0)
        if words:
            found += _faults_of_one(words)
        words = []
    return found


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";|&")
    lexer.whitespace_split = True
    return list(lexer)


def _faults_of_one(words: list[str]) -> list[str]:
    if OF_THE_DAEMON.match(words[0]):
        return _faults_of_the_daemon(words[1:])
    if OF_THE_PROJECT.match(words[0]):
        return _faults_of_a_script(words[0].removeprefix("./"), words[1:])
    if words[0] == "/usr/bin/python3":
        return _faults_of_a_script(words[1], words[2:])
    if words[0] == "cmake":
        return [f"there is no preset {words[at + 1]}" for at, word in enumerate(words) if word == "--preset" and words[at + 1] not in _presets()]
    return [] if words[0] in PROGRAMS else [f"what is {words[0]}? See tests/docs/tables.py"]


def _faults_of_the_daemon(words: list[str]) -> list[str]:
    commands, options, positionals = _usage(())
    path: tuple[str, ...] = ()
    known = dict(options)  # options of the commands above are taken as well
    takes_any = False
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, _, value = word.partition("=")
        if word in ("…", "..."):
            return []
        if name.startswith("-"):
            if name not in known:
                return [f"blender-mcpd {' '.join(path)}: there is no option {name}"]
            if known[name] and not value and rest and not (name == "--attach" and rest[0].startswith("-")):
                rest.pop(0)
        elif word in commands:
            path = (*path, word)
            commands, options, positionals = _usage(path)
            known |= options
            takes_any = False
        elif positionals or takes_any:
            positional = positionals.pop(0) if positionals else ""
            takes_any = takes_any or "..." in positional
        else:
            return [f"blender-mcpd {' '.join(path)}: there is no command {word}"]
    return []


@functools.lru_cache(maxsize=None)
def _help(path: tuple[str, ...]) -> str:
    done = subprocess.run([DAEMON, *path, "--help"], text=True, capture_output=True, timeout=PATIENCE_S, check=True)
    return done.stdout


def _usage(path: tuple[str, ...]) -> tuple[set[str], dict[str, bool], list[str]]:
    """Its subcommands, its options and whether they take a value, and what it takes besides."""
    section = ""
    commands: set[str] = set()
    options: dict[str, bool] = {}
    positionals: list[str] = []
    for line in _help(path).splitlines():
        if re.match(r"\w+:$", line):
            section = line
        elif section == "Subcommands:" and (entry := re.match(r"  (\S+)", line)):
            commands.add(entry[1])
        elif section == "Positionals:" and (entry := re.match(r"  (\S.*?)(?:  |$)", line)):
            positionals.append(entry[1])
        elif section == "Options:" and (entry := re.match(r"  (-\S+)(?: (\S.*?))?(?:  |$)", line)):
            options |= {name: bool(entry[2]) for name in entry[1].split(",")}
    return commands, options, positionals


def _faults_of_a_script(script: str, words: list[str]) -> list[str]:
    file = REPOSITORY / script
    if not os.access(file, os.X_OK) and file.suffix != ".py" or not file.is_file():
        return [f"there is no {script}"]
    if script == "scripts/demo":
        return _faults_of_the_daemon(["demo", *words])
    options = {word.partition("=")[0] for word in words if word.startswith("-")}
    known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", _usage_of_a_script(script))) if options else set()
    return [f"{script}: there is no option {option}" for option in sorted(options - known)]


@functools.lru_cache(maxsize=None)
def _usage_of_a_script(script: str) -> str:
    """Only of those that say how they are used: others would take the question for an argument."""
    if not re.search("usage|argparse", (REPOSITORY / script).read_text("utf-8")):
        return ""
    python = ["/usr/bin/python3"] if script.endswith(".py") else []
    done = subprocess.run([*python, REPOSITORY / script, "--help"], text=True, capture_output=True, timeout=PATIENCE_S, check=True)
    return done.stdout


@functools.lru_cache(maxsize=None)
def _presets() -> set[str]:
    presets = json.loads((REPOSITORY / "CMakePresets.json").read_text("utf-8"))
    return {entry["name"] for entry in presets["configurePresets"]}
