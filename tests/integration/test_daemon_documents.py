"""The completions, the manual and the list of tools, which packages are made with: they know what `--help` knows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import unittest

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S


class DocumentsTest(DaemonTestCase):
    def run_daemon(self, *arguments: str) -> str:
        return subprocess.run([DAEMON, *arguments], env=self.world.environment(), text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE_S, check=True).stdout

    def places(self) -> dict[str, set[str]]:
        """The words of each command, by its path, as `--help` tells them."""
        found: dict[str, set[str]] = {}
        waiting = [""]
        while waiting:
            path = waiting.pop()
            usage = self.run_daemon(*path.split(), "--help")
            options = set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", usage, re.MULTILINE))
            commands = set(re.findall(r"^  ([a-z]+)\b", usage.partition("Subcommands:")[2], re.MULTILINE))
            found[path] = options | commands
            waiting += [f"{path} {command}".strip() for command in commands]
        self.assertIn("service install", found)
        return found

    def test_bash(self) -> None:
        script = self.run_daemon("completion", "bash")
        for path, words in self.places().items():
            with self.subTest(path):
                line = ["blender-mcpd", *path.split(), ""]
                program = script + f'\nCOMP_WORDS=({" ".join(map(repr, line))}) COMP_CWORD={len(line) - 1}\n' \
                    '_blender_mcpd\nprintf "%s\\n" "${COMPREPLY[@]}"'
                done = subprocess.run(["bash", "-euc", program], capture_output=True, text=True, timeout=PATIENCE_S, check=True)
                self.assertLessEqual(words, set(done.stdout.split()))

    def test_zsh_and_fish(self) -> None:
        places = self.places()
        for shell in ("zsh", "fish"):
            script = self.run_daemon("completion", shell)
            with self.subTest(shell):
                for path, words in places.items():
                    self.assertIn(path, script)
                    for word in words - {"--help"}:
                        self.assertIn(word if shell == "zsh" or not word.startswith("-") else f" -l {word[2:]} ", script)
                program = f"/usr/bin/{shell}"
                if not os.path.exists(program):
                    self.skipTest(f"{shell} is not installed")
                subprocess.run([program, "-n", "/dev/stdin"], input=script, text=True, timeout=PATIENCE_S, check=True)

    def test_the_manual(self) -> None:
        commands = self.run_daemon("manual", "commands").replace("\\", "")
        for path, words in self.places().items():
            for word in words:
                self.assertIn(f"{word}" if word.startswith("-") else f"{path} {word}".strip(), commands)
        settings = self.run_daemon("manual", "settings").replace("\\", "")
        shown = self.run_daemon("config", "show")
        names = re.findall(r"^(\w+) =", shown, re.MULTILINE)
        self.assertGreater(len(names), 60)
        for name in names:
            self.assertIn(f"*{name}* = ", settings)

    def test_the_tools_for_programs(self) -> None:
        tools = json.loads(self.run_daemon("tools", "--json"))
        self.assertIn("render", [tool["name"] for tool in tools])
        self.assertTrue(all(tool["title"] and tool["description"] for tool in tools))


if __name__ == "__main__":
    unittest.main()
