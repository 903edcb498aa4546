"""The file by which a Blender with the add-on is found. Needs no Blender."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from test_addon import dead_pid

SOURCE = Path(__file__).resolve().parents[2] / "src" / "addon" / "descriptor.py"
_spec = importlib.util.spec_from_file_location("addon_descriptor", SOURCE)
descriptor = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(descriptor)

CONTENT = {"pid": os.getpid(), "session": "ab12", "token": "secret", "file": ""}


class DescriptorTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="blender-mcpd-test-")
        self.addCleanup(temporary.cleanup)
        self.runtime = Path(temporary.name)
        self.above = self.runtime / "blender-mcpd"
        self.folder = self.above / "blenders"
        environment = mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(self.runtime)})
        environment.start()
        self.addCleanup(environment.stop)
        self.descriptor = descriptor.Descriptor()

    def names(self) -> list[str]:
        return sorted(os.listdir(self.folder)) if self.folder.exists() else []

    def test_where_it_is(self) -> None:
        own = f"/tmp/blender-mcpd-{os.getuid()}/blenders"
        for value, place in (("/run/user/1", "/run/user/1/blender-mcpd/blenders"), ("", own), ("relative", own)):
            with self.subTest(value), mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": value}):
                self.assertEqual(descriptor.folder(), place)

    def test_it_is_private_whatever_the_umask(self) -> None:
        for umask in (0o000, 0o022, 0o077, 0o277):
            with self.subTest(oct(umask)):
                before = os.umask(umask)
                try:
                    self.descriptor.write({**CONTENT, "session": f"{umask:x}"})
                finally:
                    os.umask(before)
                name, = self.names()
                modes = [stat.S_IMODE((self.folder / part).stat().st_mode) for part in (name, ".")]
                self.assertEqual(modes, [0o600, 0o700])

    def test_it_is_written_when_something_is_new_and_gone_when_removed(self) -> None:
        self.descriptor.write(CONTENT)
        path = self.folder / f"{os.getpid()}-ab12.json"
        self.assertEqual(json.loads(path.read_text()), CONTENT)
        first = path.stat().st_ino
        self.descriptor.write(CONTENT)
        self.assertEqual(path.stat().st_ino, first)
        self.descriptor.write({**CONTENT, "file": "/a.blend"})
        self.assertEqual(json.loads(path.read_text())["file"], "/a.blend")
        self.descriptor.write({**CONTENT, "session": "cd34"})
        self.assertEqual(self.names(), [f"{os.getpid()}-cd34.json"])
        self.descriptor.remove()
        self.assertEqual(self.names(), [])
        self.descriptor.remove()

    def test_a_child_that_was_forked_leaves_it(self) -> None:
        self.descriptor.write(CONTENT)
        child = os.fork()
        if child == 0:
            self.descriptor.remove()
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(len(self.names()), 1)

    def test_a_folder_that_others_can_use_is_refused(self) -> None:
        def by_link(path: Path) -> None:
            elsewhere = self.runtime / "elsewhere"
            elsewhere.mkdir(mode=0o700)
            path.symlink_to(elsewhere)

        rows = {"a folder for all": lambda path: (path.mkdir(), path.chmod(0o777)), "a file": Path.touch, "a link": by_link,
                "a folder of the group": lambda path: (path.mkdir(), path.chmod(0o770))}
        for name, make in rows.items():
            for path in (self.above, self.folder):
                with self.subTest(name, path=path.name), tempfile.TemporaryDirectory() as runtime:
                    self.runtime = Path(runtime)
                    path = self.runtime / path.relative_to(self.above.parent)
                    path.parent.mkdir(exist_ok=True, mode=0o700)
                    make(path)
                    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": runtime}), self.assertRaises(OSError):
                        self.descriptor.write(CONTENT)
                    self.assertEqual([each for each in self.runtime.rglob("*.json")], [])

    def test_without_a_runtime_folder_nobody_may_even_look(self) -> None:
        with mock.patch.object(descriptor, "_above", lambda: (str(self.above), False)):
            self.above.mkdir()
            self.above.chmod(0o755)
            with self.assertRaises(descriptor.UnsafeFolder):
                self.descriptor.write(CONTENT)
            self.above.chmod(0o700)
            self.descriptor.write(CONTENT)

    def test_those_of_the_dead_are_removed_and_no_others(self) -> None:
        self.descriptor.write(CONTENT)
        kept = ["1-ab.json", f"{os.getpid()}-cd.json", "notes.txt", f"{dead_pid()}-ab.txt", f"{dead_pid()}-xyz.json"]
        for name in [*kept, f"{dead_pid()}-ab.json", "99999999999999999999-ab.json"]:
            (self.folder / name).write_text("{}")
        descriptor.remove_of_the_dead()
        self.assertEqual(self.names(), sorted([*kept, f"{os.getpid()}-ab12.json"]))
