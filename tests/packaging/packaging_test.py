"""The packages that scripts/package has left in build/packages, as a user of a clean Debian 12 meets them."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

from clean_root import CleanRoot, obstacle, prepared

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = Path(os.environ.get("MCPD_TEST_PACKAGES") or REPOSITORY / "build" / "packages")
PATIENCE_S = 60.0
USER = "alice"
RUNTIME_FOLDER = "/run/user/1000"


def the_only(pattern: str) -> Path:
    found = sorted(PACKAGES.glob(pattern))
    if len(found) != 1:
        raise AssertionError(f"{PACKAGES}/{pattern}: there are {len(found)}; run scripts/package")
    return found[0]


class RootTestCase(unittest.TestCase):
    root: CleanRoot

    @classmethod
    def setUpClass(cls) -> None:
        if reason := obstacle():
            raise unittest.SkipTest(reason)
        try:
            prepared()
        except RuntimeError as error:
            raise unittest.SkipTest(str(error)) from None
        cls.root = CleanRoot()
        cls.addClassCleanup(cls.root.close)
        cls.root.run("useradd", "--create-home", USER)
        runtime = cls.root.path / RUNTIME_FOLDER[1:]
        runtime.mkdir(parents=True)
        runtime.chmod(0o700)
        os.chown(runtime, 1000, 1000)

    def serve(self, program: str) -> None:
        """Runs as the user until it is told to end; over HTTP, with a service manager that listens."""
        notify = self.root.path / "tmp" / "notify"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(str(notify))
        notify.chmod(0o777)
        manager.settimeout(PATIENCE_S)
        daemon = self.root.start(program, "serve", "--port", "0", user=USER, NOTIFY_SOCKET="/tmp/notify", XDG_RUNTIME_DIR=RUNTIME_FOLDER)
        try:
            ready = manager.recv(65536).decode()
            self.assertIn("READY=1", ready)
            port = int(re.search(r"127\.0\.0\.1:(\d+)/mcp", ready)[1])
            token = (self.root.path / RUNTIME_FOLDER[1:] / "blender-mcpd" / "token").read_text().strip()
            self.assertEqual(self.get(port, "/metrics", "wrong")[0], 401)
            status, text = self.get(port, "/metrics", token)
            self.assertEqual(status, 200)
            self.assertIn("# TYPE blender_mcpd_http_requests_total", text)
            daemon.send(signal.SIGTERM)
            self.assertIn("STOPPING=1", manager.recv(65536).decode())
            self.assertEqual(daemon.wait(PATIENCE_S), 0)
        finally:
            log = daemon.close()
            manager.close()
            notify.unlink()
        self.assertIn("listening on http://127.0.0.1:", log)

    def get(self, port: int, path: str, token: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def check_doctor(self, program: str) -> None:
        done = self.root.run(program, "doctor", user=USER, check=False, XDG_RUNTIME_DIR=RUNTIME_FOLDER)
        self.assertIn("Blender", done.stdout)
        self.assertEqual((done.returncode, done.stderr), (1, ""))  # there is no Blender


class DebianPackageTest(RootTestCase):
    def test_from_installation_to_purge(self) -> None:
        package = the_only("*.deb")
        version = package.name.split("_")[1]
        before = self.root.files()
        shutil.copy(package, self.root.path / "tmp")
        with self.subTest("installation"):
            self.root.run("apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{package.name}")
            self.assertEqual(self.root.run("blender-mcpd", "--version", user=USER).stdout, f"blender-mcpd {version}\n")
            self.assertNotIn("not found", self.root.run("ldd", "/usr/bin/blender-mcpd").stdout)
        with self.subTest("what is where"):
            listed = set(self.root.run("dpkg", "-L", "blender-mcpd").stdout.split())
            for path in ("/usr/bin/blender-mcpd", "/usr/share/man/man1/blender-mcpd.1.gz", "/usr/share/man/man5/blender-mcpd.toml.5.gz",
                         "/usr/share/bash-completion/completions/blender-mcpd", "/usr/share/zsh/vendor-completions/_blender-mcpd",
                         "/usr/share/fish/vendor_completions.d/blender-mcpd.fish", "/usr/share/doc/blender-mcpd/blender-mcpd.toml",
                         "/usr/share/doc/blender-mcpd/copyright", "/usr/lib/systemd/user/blender-mcpd.service",
                         "/usr/lib/systemd/system/blender-mcpd.service", "/usr/lib/systemd/user/blender-mcpd.socket",
                         "/usr/lib/systemd/system/blender-mcpd.socket"):
                self.assertIn(path, listed)
            self.assertEqual([path for path in listed if "/local/" in path], [])
        with self.subTest("manual"):
            for page in ("man1/blender-mcpd.1.gz", "man5/blender-mcpd.toml.5.gz"):
                text = gzip.decompress((self.root.path / "usr/share/man" / page).read_bytes()).decode()
                self.assertIn(".TH", text)
                self.assertNotRegex(text, r"(?m)^@\w+@$")
        with self.subTest("completion"):
            script = ". /usr/share/bash-completion/completions/blender-mcpd; COMP_WORDS=(blender-mcpd ser) COMP_CWORD=1; _blender_mcpd; " \
                'echo "${COMPREPLY[@]}"'
            self.assertEqual(self.root.run("bash", "-euc", script).stdout, "serve service\n")
        with self.subTest("example of a configuration"):
            self.root.run("blender-mcpd", "--config", "/usr/share/doc/blender-mcpd/blender-mcpd.toml", "config", "show", user=USER)
        with self.subTest("doctor"):
            self.check_doctor("blender-mcpd")
        with self.subTest("client"):
            printed = self.root.run("blender-mcpd", "install", "--client", "claude-code", "--print", user=USER).stdout
            self.assertIn('"command": "/usr/bin/blender-mcpd"', printed)
        with self.subTest("units"):
            # systemd-analyze wants a runtime folder, and the pages of the manual, which this system has no `man` for.
            for scope in ("system", "user"):
                done = self.root.run("systemd-analyze", f"--{scope}", "verify", "--man=no", f"/usr/lib/systemd/{scope}/blender-mcpd.service",
                                     f"/usr/lib/systemd/{scope}/blender-mcpd.socket", XDG_RUNTIME_DIR="/run")
                self.assertEqual(done.stderr, "")
            self.root.run("systemctl", "--global", "enable", "blender-mcpd.socket")
            self.root.run("systemctl", "enable", "blender-mcpd.service")
            link = "etc/systemd/{}.target.wants/blender-mcpd.{}"
            self.assertTrue((self.root.path / link.format("user/sockets", "socket")).is_symlink())
            self.assertTrue((self.root.path / link.format("system/multi-user", "service")).is_symlink())
        with self.subTest("a unit of the user's own"):
            self.root.run("blender-mcpd", "service", "install", user=USER)
            unit = f"/home/{USER}/.config/systemd/user/blender-mcpd.service"
            self.assertIn("ExecStart=/usr/bin/blender-mcpd serve\n", (self.root.path / unit[1:]).read_text())
            self.root.run("systemd-analyze", "--user", "verify", "--man=no", unit, XDG_RUNTIME_DIR="/run")
            self.root.run("blender-mcpd", "service", "uninstall", user=USER)
            self.assertFalse((self.root.path / unit[1:]).exists())
        with self.subTest("service"):
            self.serve("/usr/bin/blender-mcpd")
        with self.subTest("purge"):
            for folder in ("etc/blender-mcpd", "var/lib/private/blender-mcpd"):  # of a system service that has run
                (self.root.path / folder).mkdir(parents=True)
                (self.root.path / folder / "file").touch()
            self.root.run("apt-get", "purge", "-y", "blender-mcpd")
            left = {path for path in self.root.files() - before if path != "/var/lib/private"}
            self.assertEqual(left, set())
            named = self.root.run("find", "/", "-xdev", "-name", "*blender-mcpd*", "-not", "-path", "/home/*", "-not", "-path", "/tmp/*",
                                  "-not", "-path", f"{RUNTIME_FOLDER}/*", "-not", "-path", "/var/cache/apt/*").stdout
            self.assertEqual(named, "")

    def test_what_it_says_of_itself(self) -> None:
        fields = subprocess.run(["dpkg-deb", "--field", str(the_only("*.deb"))], capture_output=True, text=True, check=True).stdout
        self.assertRegex(fields, r"(?m)^Depends: libc6 \(>= [\d.]+\)$")  # and nothing else
        self.assertRegex(fields, r"(?m)^Recommends: blender,")
        self.assertRegex(fields, r"(?m)^Section: graphics$")
        self.assertRegex(fields, r"(?m)^Maintainer: .+ <.+>$")
        self.assertRegex(fields, r"(?m)^Description: \S")


class ArchiveTest(RootTestCase):
    def test_unpacked_anywhere(self) -> None:
        archive = the_only("*.tar.gz")
        place = self.root.path / "home" / USER / "with space"
        place.mkdir()
        subprocess.run(["tar", "--extract", "--file", str(archive), "--directory", str(place)], check=True)
        name = archive.name.removesuffix(".tar.gz")
        program = f"/home/{USER}/with space/{name}/bin/blender-mcpd"
        self.assertEqual(self.root.run(program, "--version", user=USER).stdout, f"blender-mcpd {name.split('-')[2]}\n")
        needed = set(re.findall(r"^\s*(\S+?)[. ]", self.root.run("ldd", program).stdout, re.MULTILINE))
        self.assertLessEqual(needed, {"linux-vdso", "libc", "libm", "/lib64/ld-linux-x86-64", "/lib/ld-linux-aarch64"})
        self.check_doctor(program)
        self.serve(program)
        printed = self.root.run(program, "service", "install", "--print", user=USER).stdout
        self.assertIn(f'ExecStart="{program}" serve\n', printed)


class BundleTest(unittest.TestCase):
    def test_the_manifest_and_the_program(self) -> None:
        bundle = the_only("*.mcpb")
        with zipfile.ZipFile(bundle) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            entry = archive.getinfo(manifest["server"]["entry_point"])
            self.assertEqual(entry.external_attr >> 16 & 0o777, 0o755)
            self.assertIsNone(archive.testzip())
        self.assertGreater(len(manifest["tools"]), 15)
        for tool in manifest["tools"]:
            self.assertRegex(tool["name"], r"^[a-z_]+$")
            self.assertTrue(0 < len(tool["description"]) < 250, tool)

    def test_the_official_validator(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            self.skipTest("npm is not installed")
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blender-mcpd" / "mcpb"
        tool = cache / "node_modules/.bin/mcpb"
        if not tool.exists():
            done = subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(cache), "@anthropic-ai/mcpb@2.1.2"],
                                  capture_output=True, text=True, timeout=PATIENCE_S, check=False)
            if done.returncode:
                self.skipTest("npm has no @anthropic-ai/mcpb: " + done.stderr.strip()[-200:])
        bundle = the_only("*.mcpb")
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder)
        done = subprocess.run([str(tool), "validate", str(folder)], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_entry_of_the_registry(self) -> None:
        url = "https://github.com/example/blender-mcpd/releases/download/v1"
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        program = folder / "blender-mcpd"
        with zipfile.ZipFile(the_only("*.mcpb")) as archive:
            program.write_bytes(archive.read("server/blender-mcpd"))
        program.chmod(0o755)
        subprocess.run([str(REPOSITORY / "scripts/support/bundle"), "--program", str(program), "--output", str(folder), "--release-url", url],
                       check=True, timeout=PATIENCE_S)
        bundle = next(folder.glob("*.mcpb"))
        self.assertEqual(bundle.read_bytes(), the_only("*.mcpb").read_bytes())
        entry = json.loads((folder / "server.json").read_text())
        self.assertRegex(entry["name"], r"^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$")
        self.assertLessEqual(len(entry["description"]), 100)
        (package,) = entry["packages"]
        self.assertEqual(package["identifier"], f"{url}/{bundle.name}")
        self.assertEqual(package["fileSha256"], hashlib.sha256(bundle.read_bytes()).hexdigest())


if __name__ == "__main__":
    unittest.main()
