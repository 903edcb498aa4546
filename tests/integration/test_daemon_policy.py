"""`policy`: what the script policy says about files, without a Blender."""

from __future__ import annotations

import hashlib
import json
import subprocess

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S

DANGER = "import os\nos . system('x')\n"
CAUTION = "bpy.ops.wm.save_mainfile()\n"
CLEAN = "import bpy\nbpy.ops.mesh.primitive_cube_add()\n"


class PolicyTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        for name, text in (("danger.py", DANGER), ("caution.py", CAUTION), ("clean.py", CLEAN)):
            (self.world.folder / name).write_text(text)

    def policy(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, "policy", *arguments], env=self.world.environment(), cwd=self.world.folder, text=True,
                              input=text, capture_output=True, timeout=PATIENCE_S, check=False)

    def check_json(self, *arguments: str, text: str = "") -> tuple[int, list[dict]]:
        done = self.policy("check", "--json", *arguments, text=text)
        self.assertEqual(done.stderr, "")
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def test_one_line_of_json_per_file(self) -> None:
        code, lines = self.check_json("--policy", "block", "clean.py", "danger.py", "caution.py")
        self.assertEqual(code, 1)
        self.assertEqual([(line["file"], line["action"]) for line in lines],
                         [("clean.py", "allow"), ("danger.py", "block"), ("caution.py", "warn")])
        self.assertEqual(lines[0]["findings"], [])
        self.assertEqual(lines[1]["sha256"], hashlib.sha256(DANGER.encode()).hexdigest())
        self.assertEqual(lines[1]["allowed_by"], "")
        [finding] = lines[1]["findings"]
        self.assertEqual({key: finding[key] for key in ("rule", "severity", "action", "line", "column")},
                         {"rule": "process.run", "severity": "danger", "action": "block", "line": 2, "column": 1})
        self.assertIn("os.system", finding["message"])

    def test_exit_codes_follow_the_policy(self) -> None:
        for policy, file, code in [("off", "danger.py", 0), ("warn", "danger.py", 0), ("ask", "danger.py", 1),
                                   ("block", "danger.py", 1), ("block", "caution.py", 0), ("block", "clean.py", 0)]:
            with self.subTest(policy=policy, file=file):
                self.assertEqual(self.check_json("--policy", policy, file)[0], code)
        self.assertEqual(self.check_json("danger.py")[0], 0)

    def test_text_for_people(self) -> None:
        done = self.policy("check", "--policy", "block", "danger.py", "clean.py")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        for part in ("danger.py", "line 2, column 1", "process.run", "os.system", "allow_sha256",
                     hashlib.sha256(DANGER.encode()).hexdigest(), "clean.py: nothing found"):
            self.assertIn(part, done.stdout)

    def test_standard_input(self) -> None:
        code, [line] = self.check_json("--policy", "ask", "-", text=DANGER)
        self.assertEqual((code, line["file"], line["action"]), (1, "-", "ask"))

    def test_only_these_modules(self) -> None:
        code, [line] = self.check_json("--policy", "block", "--allow-modules", "bpy,math", "-", text="import bpy.props, json\n")
        self.assertEqual((code, [finding["rule"] for finding in line["findings"]]), (1, ["import.not_allowed"]))
        self.assertIn("json", line["findings"][0]["message"])

    def test_trusted_folders(self) -> None:
        trusted = self.world.folder / "trusted"
        trusted.mkdir()
        (trusted / "same.py").write_text(DANGER)
        code, [line] = self.check_json("--policy", "block", "--trust", str(trusted), "--trust", "/no/such/folder", "danger.py")
        self.assertEqual((code, line["action"], line["allowed_by"]), (0, "allow", "trusted file"))

    def test_what_cannot_be_scanned(self) -> None:
        (self.world.folder / "bad.py").write_bytes(b"x = '\xff'\n")
        code, [line] = self.check_json("--policy", "block", "bad.py")
        self.assertEqual((code, [finding["rule"] for finding in line["findings"]]), (1, ["script.unscannable"]))

    def test_rules(self) -> None:
        done = self.policy("rules")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rules = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
        for rule in ("process.run", "code.dynamic", "file.write", "blender.run", "script.unscannable"):
            self.assertEqual(rules[rule], "danger")
        self.assertEqual(rules["blender.file"], "caution")

    def test_wrong_usage(self) -> None:
        for arguments in [(), ("check",), ("check", "--policy", "maybe", "clean.py"), ("check", "no-such-file.py"),
                          ("check", "."), ("check", "--allow-modules", "a-b", "clean.py"), ("rules", "more")]:
            with self.subTest(arguments):
                done = self.policy(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr)
