"""What a script does to the process lasts as long as the script, and does not end Blender."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import unittest
from typing import Any

from harness import BlenderTestCase

STATE = """
import ctypes, faulthandler, gc, os, signal, socket, sys, tempfile, threading
def disposition(number):
    action = ctypes.create_string_buffer(256)
    ctypes.CDLL(None).sigaction(int(number), None, action)
    return action.raw[:8].hex()  # the handler, the first member
umask = os.umask(0); os.umask(umask)
result = [os.getcwd(), dict(os.environ), umask, tempfile.gettempdir(), sys.getrecursionlimit(), sys.getswitchinterval(),
          gc.isenabled(), gc.get_threshold(), repr(sys.gettrace()), repr(sys.getprofile()), repr(threading.gettrace()),
          socket.getdefaulttimeout(), repr(signal.getsignal(signal.SIGUSR1)), [signal.getitimer(n)[0] for n in range(3)],
          sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
          [disposition(n) for n in (1, 2, 3, 10, 12, 13, 14, 15, 17)]]
"""

# What scripts do to the process.
TAMPERING = {
    "signals are ignored": "import signal\nfor n in (1, 2, 3, 10, 12, 13, 14, 15): signal.signal(n, signal.SIG_IGN)",
    "signals are taken": "import signal\nfor n in (2, 10, 14, 15): signal.signal(n, lambda *args: None)",
    "signals are blocked": "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])",
    "an alarm": "import signal; signal.setitimer(signal.ITIMER_REAL, 0.3); signal.setitimer(signal.ITIMER_PROF, 0.3)",
    "tracing": "import sys, threading\ndef t(*args): return t\nsys.setprofile(t); threading.settrace(t); sys.settrace(t)",
    "a low recursion limit": "import sys; sys.setrecursionlimit(500)",
    "no recursion at all": "import sys; sys.setrecursionlimit(1)",
    "a high recursion limit": "import sys; sys.setrecursionlimit(10**8)",
    "threads that never switch": "import sys; sys.setswitchinterval(1000)",
    "no garbage collection": "import gc; gc.disable(); gc.set_threshold(1)",
    "a watchdog": "import faulthandler; faulthandler.dump_traceback_later(0.2, exit=True)",
    "faulthandler on SIGUSR1": "import faulthandler, signal; faulthandler.register(signal.SIGUSR1, file=open('/dev/null', 'w'))",
    "another folder": "import os; os.chdir('/')",
    "a folder that is gone": "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
    "the environment": "import os; os.environ.clear(); os.environ['PATH'] = '/nowhere'",
    "a umask": "import os; os.umask(0o777)",
    "temporary files nowhere": "import tempfile; tempfile.tempdir = '/nowhere'",
    "a socket timeout": "import socket; socket.setdefaulttimeout(0.001)",
    "an exception besides": "import os, sys\nos.chdir('/'); sys.setrecursionlimit(700)\nraise ValueError",
    "low descriptors are closed": "import os; os.closerange(3, 256)",
    "a thread that lives on": "import threading, time; threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
}

EXITS = {
    "import os; os._exit(3)": "os._exit",
    "from os import _exit; _exit(3)": "os._exit",
    "import posix; posix._exit(3)": "os._exit",
    "import os; os.abort()": "os.abort",
    "import os; os.execv('/bin/true', ['true'])": "os.execv",
    "import os; os.execlp('true', 'true')": "os.execv",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "os.kill",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)": "os.kill",
    "import os, signal; os.kill(0, signal.SIGINT)": "os.kill",
    "import os, signal; os.killpg(os.getpgrp(), signal.SIGTERM)": "os.killpg",
    "import signal; signal.raise_signal(signal.SIGTERM)": "signal.raise_signal",
    "bpy.ops.wm.quit_blender()": "bpy.ops.wm.quit_blender",
    "from bpy.ops import wm; wm.quit_blender()": "bpy.ops.wm.quit_blender",
}

OPERATOR = """
class Quits(bpy.types.Operator):
    bl_idname, bl_label = 'object.quits', 'Quits'
    def execute(self, context): {exit}
bpy.utils.register_class(Quits)
try: bpy.ops.object.quits()
finally: bpy.utils.unregister_class(Quits)"""

# Where Blender calls Python, and Python ends the process for a SystemExit that gets back to Blender.
CALLBACKS = {
    "a handler": "def h(*args): raise SystemExit(3)\nbpy.app.handlers.depsgraph_update_post.append(h)\n{edit}",
    "a handler with sys.exit": "import sys\nbpy.app.handlers.depsgraph_update_post.append(lambda *a: sys.exit(3))\n{edit}",
    "a driver": "def f(): raise SystemExit(3)\nbpy.app.driver_namespace['f'] = f\n"
                "D.objects['Cube'].driver_add('location', 1).driver.expression = 'f()'\n{edit}",
    "a property": "def u(self, context): raise SystemExit(3)\nbpy.types.Object.quits = bpy.props.FloatProperty(update=u)\n"
                  "D.objects['Cube'].quits = 1",
    "a thread": "import sys, threading\nt = threading.Thread(target=lambda: sys.exit(3)); t.start(); t.join()",
    "a destructor": "class A:\n    def __del__(self): raise SystemExit(3)\nA()",
}
EDIT = "D.objects['Cube'].location.x += 1; C.view_layer.update()"


class ContainmentTest(BlenderTestCase):
    def state(self) -> Any:
        return self.client.run(STATE)

    def test_what_a_script_does_to_the_process_ends_with_it(self) -> None:
        before = self.state()
        for name, code in TAMPERING.items():
            with self.subTest(name):
                self.client.request("execute_blender_code", {"code": code})
                self.assertEqual(self.state(), before)
                reply = self.client.request("execute_blender_code", {"code": "while True: pass"}, deadline_ms=500)
                self.assertEqual(reply["error"]["kind"], "deadline")
        self.connect().call("ping")

    def test_a_script_does_not_end_blender(self) -> None:
        for code, name in EXITS.items():
            with self.subTest(code):
                error = self.assertFails("script", "execute_blender_code", {"code": code})
                self.assertIn(f"RuntimeError: {name}", error["message"])
                self.assertIn("would end Blender", error["message"])

    def test_a_callback_does_not_end_blender(self) -> None:
        for name, code in CALLBACKS.items():
            with self.subTest(name):
                self.client.run(code.format(edit=EDIT))
                # Now by an operation, to which nothing of a script is left but its callbacks.
                self.client.call("update_objects", items=[{"name": "Cube", "location": [9, 9, 9]}])
                self.client.call("manage_file", action="new", discard_changes=True)
                self.client.run("bpy.app.handlers.depsgraph_update_post.clear()")

    def test_an_operator_does_not_end_blender(self) -> None:
        for exit_code in ("raise SystemExit(3)", "import sys; sys.exit(3)", "exit(3)", "import os; os._exit(3)"):
            with self.subTest(exit_code):
                self.client.request("execute_blender_code", {"code": OPERATOR.format(exit=exit_code)})
                self.assertEqual(self.client.run("result = 1"), 1)

    def test_signals_and_children_that_are_the_scripts_own_business(self) -> None:
        code = """
import multiprocessing, os, signal, subprocess, time
got = []
signal.signal(signal.SIGUSR2, lambda *args: got.append(1))
os.kill(os.getpid(), signal.SIGUSR2); os.kill(os.getpid(), 0)
child = subprocess.Popen(['sleep', '1000'])
os.kill(child.pid, signal.SIGTERM)
forked = os.fork()
if forked == 0: os._exit(7)
result = [got, child.wait(), os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1])]"""
        self.assertEqual(self.client.run(code), [[1], -signal.SIGTERM, 7])

    def test_numbers_of_closed_descriptors_are_not_used_again(self) -> None:
        """Threads of Blender's libraries go on to read them."""
        listing = "import os\nresult = [n for n in map(int, os.listdir('/proc/self/fd')) if os.path.exists(f'/proc/self/fd/{n}')]"
        before = set(self.client.run(listing))
        self.client.run("import os; os.closerange(3, 256)")
        self.assertLessEqual(before, set(self.client.run(listing)))
        self.connect().call("ping")

    def test_a_connection_ends_though_a_child_of_a_script_holds_it(self) -> None:
        stranger = socket.create_connection(("127.0.0.1", self.blender.port), timeout=60)
        self.addCleanup(stranger.close)
        self.connect().call("ping")  # the stranger has been accepted before
        child = self.client.run("import os, time\nresult = os.fork()\nif result == 0: time.sleep(1000); os._exit(0)")
        self.addCleanup(os.kill, child, signal.SIGKILL)
        stranger.sendall(b"no hello" * 100)
        with contextlib.suppress(ConnectionResetError):
            self.assertEqual(stranger.recv(1), b"")

    def test_nothing_is_replaced_between_scripts(self) -> None:
        names = "[os._exit, posix._exit, os.abort, os.kill, posix.kill, os.killpg, signal.raise_signal, sys.exit, SystemExit]"
        self.client.run(f"import os, posix, signal, sys\nnow = lambda: [repr(each) for each in {names}]\n"
                        "told = []\nbpy.app.handlers.depsgraph_update_post.append(lambda *a: told.append(now()))",
                        namespace="session")
        self.client.call("update_objects", items=[{"name": "Cube", "location": [9, 9, 9]}])
        outside = self.client.run("bpy.app.handlers.depsgraph_update_post.clear()\nresult = [told[-1], now()]",
                                  namespace="session")
        for real, replaced in zip(*outside):
            self.assertTrue(real.startswith(("<built-in function", "<class 'SystemExit'>")), real)
            self.assertNotIn("<built-in function", replaced)


class DeathTest(BlenderTestCase):
    def test_who_closes_everything_ends_blender_audibly(self) -> None:
        with self.assertRaises(ConnectionError):
            self.client.run("import os; os.closerange(3, 65536)")
        self.assertEqual(self.blender.process.wait(30), 70)
        self.assertIn("closed the connection", self.blender.output())


if __name__ == "__main__":
    unittest.main()
