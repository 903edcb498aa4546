"""The runtime in a Blender that somebody else has started: it never ends that Blender, and leaves nothing when it goes."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections import deque
from types import ModuleType
from typing import Any

import bpy

from . import carried, containment, op_history
from .activity import Activity
from .bootstrap import greeting
from .connection import Connection
from .descriptors import identity
from .executor import Executor
from .job import Job
from .operations import OPERATIONS
from .pump import Pump
from .server import Server
from .system_exit import keep_running

# Nothing is copied here for the time after a crash, so nothing is opened then either.
_OPERATIONS = {name: operation for name, operation in OPERATIONS.items() if name != "recover"}


class GuestServer(Server):
    def __init__(self, executor: Executor, hello: dict[str, Any], port: int) -> None:
        super().__init__(executor, hello, port)
        self.stays = False       # for somebody in this Blender who wants it, used or not
        self._adopted: deque[Job] = deque()
        self.superseded = False  # by another version: ends when nobody is connected any more
        self.leaving = False     # ends when nothing runs any more
        executor.note_descriptors = self._kept_numbers.note
        containment.guards_descriptors = True

    @property
    def in_use(self) -> bool:
        return bool(self._connections)

    def clients(self) -> list[str]:
        """One for each connection, as they call themselves. Any thread."""
        return [connection.client for connection in list(self._connections) if connection.client]

    def leave(self) -> None:
        """From any thread."""
        self.leaving = True
        self.wake()

    @property
    def generation(self) -> int:
        return self._executor.generation

    # Main thread, for commands that come by another way

    def adopt(self, job: Job) -> bool:
        """From now on its deadline is kept. False when there was one of its uuid."""
        with self._journal.lock:
            if self._journal.find(job.uuid) is not None:
                return False
            self._journal.add(job)
        self._adopted.append(job)
        self.wake()
        return True

    def outcome(self, asked_by: Any, args: dict[str, Any]) -> Any:
        return self._control_outcome(asked_by, args)

    # I/O thread

    def _exit(self) -> None:
        """The reply to `shutdown` is on its way."""
        self.leaving = True

    def _submit(self, connection: Connection, request_id: Any, uuid: str, op: str, args: dict[str, Any],
                deadline_ms: float | None) -> None:
        super()._submit(connection, request_id, uuid, op, args, deadline_ms)
        if self.leaving:
            self._end_jobs()

    def _end_jobs(self) -> None:
        for job in self._open_jobs:
            if not self._executor.drop(job, "blender-mcpd leaves this Blender") and job.interrupt is None:
                job.mark_interrupted("interrupted")
                self._signal(job)

    def _tick(self) -> float | None:
        while self._adopted:
            self._open_jobs.append(self._adopted.popleft())
        if self.leaving:
            self._end_jobs()
        due_in = super()._tick()
        unused = self.leaving or (self.superseded and not self.stays and not self._connections)
        if unused and not self._open_jobs:
            self._stop()
        return due_in

    def _stop(self) -> None:
        """The I/O thread ends."""
        for connection in list(self._connections):
            connection.flush()
            self._close(connection)
        self._listener.close()
        self.stopped = True

    # Main thread

    def _on_lost_descriptors(self, job: Job) -> None:
        """A script has closed what no function of os guards. What is left of it goes; the daemon brings the runtime anew."""
        self.stopped = True
        for connection in list(self._connections):
            connection.abandon()
        if identity(self._listener.fileno()) == self._own.get(self._listener.fileno()):
            self._listener.close()
        else:
            self._listener.detach()  # the number may be somebody else's by now
        # What is closed still lives while the I/O thread polls it. That a descriptor is closed does not wake it, a client does.
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            pass  # it has gone already
        self._kept_numbers.keep()
        try:
            os.write(2, f"blender-mcpd: {job.op} has closed the connection to the daemon, so the runtime leaves this Blender; "
                        "the next call brings it in again\n".encode())
        except OSError:
            pass  # closed as well

    def dispose(self) -> None:
        """Once it has stopped and nobody can wake it any more."""
        for fd in (self._wake_read, self._wake_write):
            if identity(fd) == self._own[fd]:
                os.close(fd)
        self._kept_numbers.release()


class Guest:
    """Main thread only."""

    def __init__(self, runtime: str, port: int) -> None:
        self.activity = Activity()
        self.session = secrets.token_hex(8)
        self._executor = Executor(_OPERATIONS, runtime)
        self._executor.on_end = self.activity.note
        try:
            self.server = GuestServer(self._executor, greeting("guest", runtime, self._executor), port)
        except BaseException:
            self._remove_handlers()
            self._executor.document.counter.withdraw()
            raise
        self._pump = Pump(self._executor, lambda: self.server.in_use, lambda: self.server.stopped, self._end)
        others = _live_guests()
        self.take_back = others[0].take_back if others else keep_running()
        live.append(self)
        self.server.start()

    def enter(self, token: str) -> dict[str, Any]:
        self._pump.start()
        self.server.admit(token)
        self.server.superseded = False
        return {"port": self.server.port, "pid": os.getpid(), "session": self.session, "executable": bpy.app.binary_path,
                "background": bpy.app.background}

    def carry(self, text: str) -> str:
        """Performs the command of a request that has come by way of an add-on."""
        return carried.carry(self.server, self._pump, text)

    def stay(self, token: str) -> None:
        """Until it is asked to leave, also when nobody is connected and there is another version. The token holds as long."""
        self._pump.start()
        self.server.admit_for_good(token)
        self.server.stays = True

    def _end(self) -> None:
        self._remove_handlers()
        self.server.dispose()
        self._executor.document.counter.withdraw()
        live.remove(self)
        if not _live_guests():
            self.take_back()
        if not live:
            op_history.remove_checkpoints()
            _forget_modules()

    def _remove_handlers(self) -> None:
        self._executor.document.remove_handlers()
        self._executor.renders.remove_handlers()


live: list[Guest] = []  # the newest last; those before it are about to end


def enter(runtime: str, token: str) -> dict[str, Any]:
    """Lets in whoever knows the token; what an earlier daemon has left is used again. Main thread."""
    told = _current(runtime, 0).enter(token)
    for module in _modules():
        if module.live is not live:
            module.supersede()
    return told


def carry(text: str, mark: str) -> None:
    """Prints the answer to a request between two marks. Main thread."""
    print(f"\n{mark}{live[-1].carry(text)}{mark}")


def stay(runtime: str, token: str, port: int = 0) -> Guest:
    """The same for an add-on of ours, which keeps the runtime until it says `leave()`. The port is taken when nobody listens
    yet; 0 is any. OSError: it is not free. Main thread."""
    guest = _current(runtime, port)
    guest.stay(token)
    return guest


def _current(runtime: str, port: int) -> Guest:
    if not live or live[-1].server.stopped or live[-1].server.leaving:
        Guest(runtime, port)
    _announce(f"blender_mcpd_runtime_{runtime[:16]}.guest")
    return live[-1]


def _announce(name: str) -> None:
    """Daemons look for this module under that name, wherever it was imported from. Where it has another one, something else
    stands for it: to Blender a module with a file of an extension but not its name is a fault of that extension."""
    if name not in sys.modules:
        sign = sys.modules[name] = ModuleType(name)
        vars(sign).update(live=live, enter=enter, carry=carry, stay=stay, supersede=supersede, leave=leave)


def supersede() -> None:
    """There is another version: this one ends when nobody uses it any more."""
    for guest in live:
        guest.server.superseded = True
        guest.server.wake()


def leave() -> None:
    """Ends what runs and takes the runtime out, for everybody who uses it. For the user, in Blender's console."""
    for guest in live:
        guest.server.leave()


def _modules() -> list[Any]:
    """This one in each version that is there."""
    return [module for name, module in list(sys.modules.items())
            if name.startswith("blender_mcpd_runtime_") and name.endswith(".guest")]


def _live_guests() -> list[Guest]:
    return [guest for module in _modules() for guest in module.live]


def _forget_modules() -> None:
    package = __name__.rpartition(".")[0]
    signs = {module.__name__ for module in _modules() if module.live is live}
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "package", None) != package]
    for name in list(sys.modules):
        if name == package or name.startswith(package + ".") or name in signs:
            del sys.modules[name]
