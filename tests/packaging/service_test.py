"""The units of the package under a systemd that runs, for the system and for a user."""

from __future__ import annotations

import http.client
import json
import shutil
import time
import unittest
from pathlib import Path
from typing import Callable

from booted_root import PATIENCE_S, BootedRoot, NoService, free_port
from packaging_test import USER, RootTestCase, the_only

UNIT = "blender-mcpd.service"
SOCKET = "blender-mcpd.socket"


class BootedTestCase(RootTestCase):
    system: BootedRoot

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        package = the_only("*.deb")
        shutil.copy(package, cls.root.path / "tmp")
        cls.root.run("apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{package.name}")
        try:
            cls.system = BootedRoot(cls.root)
        except NoService as reason:
            raise unittest.SkipTest(f"systemd does not run in namespaces here: {reason}") from None
        cls.addClassCleanup(cls.system.close)

    def get(self, port: int, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait_until(self, condition: Callable[[], bool], complaint: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), give_up, complaint)
            time.sleep(0.1)

    def write(self, path: str, text: str) -> None:
        file = self.root.path / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


class SystemServiceTest(BootedTestCase):
    def test_from_start_to_the_first_client(self) -> None:
        system, port = self.system, free_port()
        # Another port than that of whoever uses this machine; a watchdog that need not be waited for.
        self.write(f"/etc/systemd/system/{UNIT}.d/test.conf", f"[Service]\nEnvironment=BLENDER_MCPD_HTTP_PORT={port}\nWatchdogSec=1\n")
        self.write(f"/etc/systemd/system/{SOCKET}.d/test.conf", f"[Socket]\nListenStream=\nListenStream=127.0.0.1:{port}\n")
        system.run("systemctl", "daemon-reload")
        with self.subTest("start"):
            system.run("systemctl", "start", UNIT)
            self.assertEqual(system.property(UNIT, "ActiveState"), "active")
            self.assertEqual(system.property(UNIT, "StatusText"), f"Listening on http://127.0.0.1:{port}/mcp, status page at http://127.0.0.1:{port}/")
            self.assertEqual((self.get(port, "/healthz")[0], self.get(port, "/metrics")[0]), (200, 401))
            self.assertTrue((self.root.path / "var/lib/private/blender-mcpd/token").exists())
        with self.subTest("reload"):
            self.write("/etc/blender-mcpd/config.toml", "[http]\nopen_metrics = true\n")
            system.run("systemctl", "reload", UNIT)
            self.assertEqual(self.get(port, "/metrics")[0], 200)
            self.write("/etc/blender-mcpd/config.toml", "[http]\nopen_metrics = 7\n")
            system.run("systemctl", "reload", UNIT)
            self.assertIn("has errors", system.property(UNIT, "StatusText"))
            self.assertEqual(self.get(port, "/metrics")[0], 200)
            self.write("/etc/blender-mcpd/config.toml", "")
        with self.subTest("journal"):
            def messages(*options: str) -> str:
                return system.run("journalctl", "-u", UNIT, "-o", "cat", *options).stdout
            self.wait_until(lambda: "was not reloaded" in messages("-p", "err"), "no error in the journal")
            self.assertNotIn("listening on", messages("-p", "err"))
            self.assertIn(f"listening on http://127.0.0.1:{port}", messages("-p", "info"))
            self.assertNotRegex(messages(), r"(?m)^(<\d>|\d{4}-)")  # neither priorities nor times in the text
        with self.subTest("watchdog"):
            system.run("systemctl", "kill", "--kill-who=main", "--signal=STOP", UNIT)
            self.wait_until(lambda: system.property(UNIT, "NRestarts") == "1" and system.property(UNIT, "ActiveState") == "active",
                            "a daemon that hangs is not restarted")
            self.assertEqual(self.get(port, "/healthz")[0], 200)
        with self.subTest("a configuration that is wrong is not tried again and again"):
            self.write("/etc/blender-mcpd/config.toml", "[http]\nprot = 1\n")
            system.run("systemctl", "restart", UNIT, check=False)
            self.wait_until(lambda: system.property(UNIT, "ActiveState") == "failed", "it goes on")
            self.assertEqual(system.property(UNIT, "ExecMainStatus"), "2")
            self.write("/etc/blender-mcpd/config.toml", "")
            system.run("systemctl", "reset-failed", UNIT)
        with self.subTest("socket"):
            system.run("systemctl", "start", SOCKET)
            self.assertEqual(system.property(UNIT, "ActiveState"), "inactive")
            self.assertEqual(self.get(port, "/healthz")[0], 200)
            self.assertEqual(system.property(UNIT, "ActiveState"), "active")
            system.run("systemctl", "stop", SOCKET, UNIT)
            self.assertEqual(system.property(UNIT, "Result"), "success")


class UserServiceTest(BootedTestCase):
    def user(self, *words: str, check: bool = True) -> str:
        return self.system.run(*words, user=USER, check=check, HOME=f"/home/{USER}", XDG_RUNTIME_DIR=f"/run/{USER}").stdout

    def test_from_install_to_uninstall(self) -> None:
        # What a login would start; without PAM and D-Bus, which a clean root does not have.
        self.system.run("systemd-run", "--unit=manager", f"--uid={USER}", "--property=Delegate=yes", "--property=Type=notify",
                        f"--property=RuntimeDirectory={USER}", "--property=RuntimeDirectoryMode=0700",
                        f"--setenv=XDG_RUNTIME_DIR=/run/{USER}", "/lib/systemd/systemd", "--user")
        port = free_port()
        folder = f"/home/{USER}/.config/systemd/user"
        self.user("mkdir", "-p", f"{folder}/{SOCKET}.d")
        self.write(f"{folder}/{SOCKET}.d/test.conf",
                   f"[Socket]\nListenStream=\nListenStream=127.0.0.1:{port}\nListenStream=%t/blender-mcpd/daemon.sock\n")
        self.user("blender-mcpd", "--log-level", "debug", "service", "install", "--socket", "--enable")
        self.assertIn(f"{folder}/{SOCKET}: starts", self.user("blender-mcpd", "service", "status", check=False))
        client = f"echo '{json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'ping'})}' | blender-mcpd stdio --attach always"
        self.assertIn('"result":{}', self.user("sh", "-c", client))  # the daemon starts for it
        self.assertEqual(self.get(port, "/healthz")[0], 200)
        self.user("systemctl", "--user", "reload", UNIT)
        self.assertIn("Listening on", self.user("blender-mcpd", "--log-level", "debug", "service", "status"))
        self.user("blender-mcpd", "service", "uninstall")
        self.user("systemctl", "--user", "stop", "blender-mcpd.*")
        left = {path.name for path in Path(self.root.path / folder[1:]).iterdir()}
        self.assertEqual(left, {f"{SOCKET}.d"})  # ours, not its


if __name__ == "__main__":
    unittest.main()
