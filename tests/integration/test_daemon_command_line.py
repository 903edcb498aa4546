"""The command line, without a Blender."""

from __future__ import annotations

import subprocess

from client import DaemonTestCase
from world import DAEMON, PATIENCE_S


class CommandLineTest(DaemonTestCase):
    def run_daemon(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DAEMON, *arguments], env=self.world.environment(**env), cwd=self.world.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)

    def offline(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.run_daemon("--blender-port", str(self.world.port), "--launch", "never", *arguments, **env)

    def test_version(self) -> None:
        done = self.run_daemon("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^blender-mcpd \d+\.\d+\.\d+\S*\n$")

    def test_help(self) -> None:
        for arguments in [("--help",), ("-h",), ("call", "--help"), ("serve", "--help"), ("demo", "--help"), ("config", "show", "--help")]:
            with self.subTest(arguments):
                done = self.run_daemon(*arguments)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("Usage", done.stdout)
        for command in ("stdio", "serve", "call", "demo", "config", "metrics", "policy"):
            self.assertIn(command, self.run_daemon("--help").stdout)

    def test_wrong_usage(self) -> None:
        for arguments in [("--no-such-flag",), ("no-such-command",), ("call",), ("config",), ("call", "a", "{}", "more"),
                          ("--blender-port",), ("--blender-port", "x"), ("--blender-port", "0"), ("--launch", "maybe"),
                          ("--config", "/no/such/file.toml")]:
            with self.subTest(arguments):
                done = self.run_daemon(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr)

    def test_what_was_probably_meant(self) -> None:
        for arguments, meant in [(("servic",), "service"), (("service", "instal"), "install"), (("policy", "chek", "x"), "check"),
                                 (("serve", "--prot", "3"), "--port"), (("--log-levl", "debug"), "--log-level")]:
            with self.subTest(arguments):
                self.assertIn(f"Did you mean {meant}?", self.run_daemon(*arguments).stderr)
        for arguments in [("zzz",), ("call",), ("--blender-port", "x")]:
            with self.subTest(arguments):
                self.assertNotIn("Did you mean", self.run_daemon(*arguments).stderr)

    def test_config_show(self) -> None:
        file = self.world.folder / "own.toml"
        file.write_text("[pool]\nmax = 3\n[calls]\ntimeout_s = 7.5\n")
        done = self.run_daemon("--config", str(file), "--log-level", "warn", "config", "show", BLENDER_MCPD_CALLS_TIMEOUT_S="8")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines: dict[str, str] = {}
        for line in done.stdout.splitlines():
            lines.setdefault(line.split("=")[0].strip(), line)  # other sections have settings of the same names
        for key, value, origin in [("max", "3", "own.toml"), ("timeout_s", "8", "BLENDER_MCPD_CALLS_TIMEOUT_S"),
                                   ("level", '"warn"', "--log-level"), ("idle_timeout_s", "300", "default")]:
            self.assertIn(value, lines[key])
            self.assertIn(origin, lines[key])

    def test_tools(self) -> None:
        listed = self.run_daemon("tools", BLENDER_MCPD_TOOLS_SET="minimal").stdout
        self.assertIn("* get_scene_info", listed)
        self.assertIn("  create_objects", listed)
        self.assertIn("## create_objects", self.run_daemon("tools", "--markdown").stdout)

    def test_the_default_place_of_the_file(self) -> None:
        folder = self.world.home / ".config" / "blender-mcpd"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text("[pool]\nmax = 5\n")
        self.assertRegex(self.run_daemon("config", "show").stdout, r"(?m)^max = 5\b.*config\.toml")

    def test_all_mistakes_of_a_configuration_are_told_at_once(self) -> None:
        file = self.world.folder / "bad.toml"
        file.write_text('[blender]\nprot = 1\nport = 99999\nlaunch = "maybe"\n[pool]\nmax = "four"\n[polo]\nx = 1\n')
        for command in (("config", "show"), ("stdio",), ("call", "get_scene_info"), ("demo",)):
            with self.subTest(command):
                done = self.run_daemon("--config", str(file), *command, BLENDER_MCPD_LOG_LEVEL="loud")
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                for part in ["bad.toml:2", "bad.toml:3", "bad.toml:4", "bad.toml:6", "polo", "BLENDER_MCPD_LOG_LEVEL", "loud",
                             "prot", "port", "auto"]:
                    self.assertIn(part, done.stderr)

    def test_a_file_that_is_no_toml(self) -> None:
        file = self.world.folder / "broken.toml"
        file.write_text("[blender\n")
        done = self.run_daemon("--config", str(file), "config", "show")
        self.assertEqual(done.returncode, 2)
        self.assertIn("broken.toml:1", done.stderr)

    def test_call_without_blender(self) -> None:
        done = self.offline("call", "get_blender_status")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"not_running"', done.stdout)
        done = self.offline("call", "get_scene_info")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("never", done.stderr)

    def test_call_with_bad_arguments(self) -> None:
        for arguments, code, part in [
            (("get_scene_inf",), 2, "get_scene_info"), (("get_scene_info", "{"), 2, ""), (("get_scene_info", "[]"), 2, "object"),
            (("get_scene_info", "--arg", "x"), 2, "name=value"), (("get_scene_info", '{"limit":0}'), 1, "limit"),
            (("get_scene_info", "--arg", "limit=0"), 1, "limit"),
        ]:
            with self.subTest(arguments):
                done = self.offline("call", *arguments)
                self.assertEqual((done.returncode, done.stdout), (code, ""))
                self.assertIn(part, done.stderr)

    def test_log_as_json_lines_in_a_file(self) -> None:
        path = self.world.folder / "own.log"
        done = self.offline("--log-format", "json", "--log-file", str(path), "--log-level", "debug")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertTrue(all(line.startswith("{") for line in path.read_text().splitlines()))
        self.assertGreater(path.stat().st_size, 0)
