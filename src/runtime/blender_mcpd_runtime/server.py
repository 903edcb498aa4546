"""The I/O thread: accepts, authenticates, queues commands, answers control operations, and enforces deadlines."""

from __future__ import annotations

import hmac
import json
import os
import selectors
import socket
import sys
import threading
import time
import traceback
from collections import deque
from os import _exit  # the real one: os._exit is not while a script runs
from typing import Any

from .connection import Connection
from .descriptors import KeptNumbers, identity, move_out_of_reach, out_of_reach
from .encoding import encode
from .errors import OpError, invalid, not_started
from .executor import Executor
from .framing import FrameError, frame
from .handover import Handover
from .job import QUEUED, REPEAT_INTERRUPT_S, RUNNING, Job
from .render_watch import cancel_render
from .replies import error_outcome, reply, result_outcome

HELLO_TIMEOUT_S = 5.0
# Far more than a daemon opens; keeps a local stranger from using up Blender's file descriptors.
MAX_CONNECTIONS = 64
READ_BYTES = 256 << 10
# Blender's exit code when a script has closed what the runtime needs.
CLOSED_BY_SCRIPT = 70
# One for each daemon that uses this Blender; those of the earliest are forgotten.
MAX_TOKENS = 16


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _client(hello: dict[str, Any]) -> str:
    """For people."""
    name, pid = hello.get("name"), hello.get("pid")
    text = name[:60] if isinstance(name, str) and name else "a program without a name"
    return f"{text}, process {pid}" if isinstance(pid, int) else text


def _listen(port: int) -> socket.socket:
    listener = out_of_reach(socket.create_server(("127.0.0.1", port)))
    listener.setblocking(False)
    return listener


class Server:
    """Begins to listen at once, by default on any port, or takes what is handed over on the inherited socket
    `handover_fd`; lets in nobody before `admit`. OSError: the port is taken."""

    def __init__(self, executor: Executor, hello: dict[str, Any], port: int = 0, handover_fd: int | None = None) -> None:
        self._executor = executor
        self._journal = executor.journal
        self._tokens: deque[bytes] = deque(maxlen=MAX_TOKENS)
        self._lasting_token = b""
        self._hello = encode({"hello": hello})
        self._connections: set[Connection] = set()
        self._open_jobs: list[Job] = []
        self._shutting_down = False
        self._listener = _listen(port) if handover_fd is None else Handover(move_out_of_reach(handover_fd))
        self._wake_read, self._wake_write = (move_out_of_reach(fd) for fd in os.pipe())
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector = selectors.PollSelector()  # needs no descriptor of its own
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        executor.feed.wake = self.wake
        self._own = {fd: identity(fd) for fd in (self._listener.fileno(), self._wake_read, self._wake_write)}
        self._kept_numbers = KeptNumbers()
        executor.check_descriptors = self._check_descriptors
        self.port: int | None = self._listener.getsockname()[1] if handover_fd is None else None
        self.stopped = False  # it serves nobody any more, and never will

    def start(self) -> None:
        threading.Thread(target=self._run, name="blender-mcpd-io", daemon=True).start()
        self._executor.own_threads = frozenset(sys._current_frames())

    def admit(self, token: str) -> None:
        """Whoever knows it may come, as well as those who know the ones before. Any thread."""
        self._tokens.append(token.encode())

    def admit_for_good(self, token: str) -> None:
        """However many come after; in place of the one before. Any thread."""
        self._lasting_token = token.encode()

    def wake(self) -> None:
        if self.stopped:
            return
        try:
            os.write(self._wake_write, b"w")
        except BlockingIOError:
            pass  # the pipe is full of wake-ups already

    def _run(self) -> None:
        while True:
            due_in = self._tick()
            if self.stopped:
                return
            ready = self._selector.select(due_in)
            if self.stopped:
                return
            for key, events in ready:
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj == self._wake_read:
                    os.read(self._wake_read, 4096)
                else:
                    self._serve(key.data, events)
            for connection in self._connections:
                self._watch(connection)

    def _watch(self, connection: Connection) -> None:
        events = 0 if connection.is_stuffed else selectors.EVENT_READ
        if connection.has_unsent:
            events |= selectors.EVENT_WRITE
        if self._selector.get_key(connection.sock).events != events:
            self._selector.modify(connection.sock, events, connection)

    def _accept(self) -> None:
        try:
            sock = self._listener.accept()[0]
        except OSError:
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            sock.close()
            return
        sock = out_of_reach(sock)
        sock.setblocking(False)
        if sock.family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, self.wake, time.monotonic() + HELLO_TIMEOUT_S)
        self._connections.add(connection)
        self._selector.register(sock, selectors.EVENT_READ, connection)

    def _serve(self, connection: Connection, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                connection.flush()
            if events & selectors.EVENT_READ:
                self._read(connection)
        except (OSError, FrameError):
            self._close(connection)
        except Exception:
            # A bug here must cost one connection, not the thread that keeps Blender reachable.
            traceback.print_exc()
            self._close(connection)

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            raise FrameError("closed by the client")
        connection.reader.feed(data)
        for body in connection.reader.frames():
            try:
                message = json.loads(body, parse_constant=_refuse_constant)
            except (ValueError, RecursionError) as exc:
                raise FrameError("not JSON") from exc
            if not isinstance(message, dict):
                raise FrameError("not an object")
            if connection.hello_deadline is not None:
                self._greet(connection, message)
            else:
                self._request(connection, message)

    def _greet(self, connection: Connection, message: dict[str, Any]) -> None:
        hello = message.get("hello")
        if isinstance(hello, dict) and "token" not in hello:  # who asks what this is
            connection.send(frame(encode({"refused": {"link": 1, "name": "blender-mcpd"}})))
            raise FrameError("no token")
        token = hello.get("token") if isinstance(hello, dict) else None
        given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        known_tokens = [known for known in (*self._tokens, self._lasting_token) if known]
        if not any([hmac.compare_digest(given, known) for known in known_tokens]):
            raise FrameError("wrong token")
        if hello.get("link") != 1:
            raise FrameError("unknown link version")
        connection.client = _client(hello)
        connection.hello_deadline = None
        connection.reader.accept_full_size()
        connection.send(frame(self._hello))

    def _close(self, connection: Connection) -> None:
        if connection.closed:
            return
        self._selector.unregister(connection.sock)
        connection.close()
        self._executor.feed.remove(connection)
        self._connections.discard(connection)
        for job in list(self._open_jobs):
            if all(waiter.closed for waiter, _ in job.waiters):
                self._executor.drop(job, "the connection closed while the request was queued")

    # Requests

    def _request(self, connection: Connection, message: dict[str, Any]) -> None:
        request_id, op, uuid = message.get("id"), message.get("op"), message.get("uuid")
        args, deadline_ms = message.get("args", {}), message.get("deadline_ms")
        control = getattr(self, f"_control_{op}", None) if isinstance(op, str) else None
        try:
            if not isinstance(op, str):
                raise invalid("op must be a string.", "op")
            if not isinstance(args, dict):
                raise invalid("args must be an object.", "args")
            if control is not None:
                result = control(connection, args)  # before the generation is read: a watcher misses nothing
                outcome = result_outcome(self._executor.generation, 0.0, result)
                connection.send(*reply(request_id, outcome.body()))
                if self._shutting_down:
                    self._exit()
                return
            if not isinstance(uuid, str) or not uuid:
                raise invalid("uuid must be a non-empty string.", "uuid", "Give every command its own uuid.")
            if deadline_ms is not None and (isinstance(deadline_ms, bool) or not isinstance(deadline_ms, (int, float))):
                raise invalid("deadline_ms must be a number.", "deadline_ms")
        except OpError as error:
            connection.send(*reply(request_id, error_outcome(self._executor.generation, 0.0, error).body()))
            return
        self._submit(connection, request_id, uuid, op, args, deadline_ms)

    def _submit(self, connection: Connection, request_id: Any, uuid: str, op: str, args: dict[str, Any],
                deadline_ms: float | None) -> None:
        with self._journal.lock:
            known = self._journal.find(uuid)
            if known is None:
                job = Job(uuid, op, args, deadline_ms, connection, request_id)
                self._journal.add(job)
            elif not known.finished:
                known.waiters.append((connection, request_id))
                return
        if known is not None:
            connection.send(*reply(request_id, known.kept_body()))
            return
        self._open_jobs.append(job)
        self._executor.queue.put(job)

    def _control_ping(self, connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
        self._executor.count_unseen_edits()
        return {}

    def _control_watch(self, connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
        """From now on this connection gets scene events; for as long as it lives."""
        self._executor.feed.add(connection)
        return {}

    def _control_status(self, connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
        with self._journal.lock:
            queued = sum(job.state == QUEUED for job in self._open_jobs)
        return self._executor.status(queued)

    def _control_interrupt(self, connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
        job = self._find(args)
        if job is None or job.finished:
            return {"state": "not_running"}
        if self._executor.drop(job, "it was interrupted while it was queued"):
            return {"state": "dropped"}
        job.mark_interrupted("interrupted")
        self._signal(job)
        return {"state": "not_running" if job.finished else "interrupting"}

    def _control_outcome(self, connection: Connection, args: dict[str, Any]) -> Any:
        job = self._find(args)
        if job is None:
            return {"state": self._rule_out(connection, args)}
        with self._journal.lock:
            if not job.finished:
                return {"state": job.state}
            return {"state": job.state, **job.flags, "reply": json.loads(b"{%s}" % job.kept_body())}

    def _rule_out(self, connection: Connection, args: dict[str, Any]) -> str:
        """Who asks gives the command up, and tells so: should it still be on its way, it must not run any more."""
        age_ms = args.get("age_ms")
        job = Job(args["uuid"], "", {}, None, connection, None)
        job.waiters.clear()
        with self._journal.lock:
            if isinstance(age_ms, (int, float)) and self._journal.has_forgotten(time.monotonic() - age_ms / 1000):
                return "forgotten"
            self._journal.add(job)
            self._journal.finish(job, error_outcome(self._executor.generation, 0.0,
                                                    not_started("it came after it had been given up")))
        return "never_seen"

    def _control_shutdown(self, connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
        self._shutting_down = True
        return {}

    def _find(self, args: dict[str, Any]) -> Job | None:
        uuid = args.get("uuid")
        if not isinstance(uuid, str):
            raise invalid("args.uuid must be a string: the uuid of the command that is meant.", "args.uuid")
        with self._journal.lock:
            return self._journal.find(uuid)

    def _exit(self) -> None:
        for job in list(self._open_jobs):
            self._executor.drop(job, "Blender is shutting down")
        for connection in self._connections:
            connection.flush()
        if self._executor.running is not None:
            _exit(0)
        self._executor.queue.put(None)

    # Main thread

    def _check_descriptors(self, job: Job) -> None:
        intact = all(identity(fd) == known for fd, known in self._own.items())
        if intact and all(connection.is_intact for connection, _ in job.waiters):
            self._kept_numbers.keep()
        else:
            self._on_lost_descriptors(job)

    def _on_lost_descriptors(self, job: Job) -> None:
        """A script can close everything. Nobody would ever hear of this Blender again, so it ends, which is noticed."""
        try:
            os.write(2, f"blender-mcpd: {job.op} has closed the connection to the daemon, so this Blender ends\n".encode())
        finally:
            _exit(CLOSED_BY_SCRIPT)

    # Deadlines and interrupts

    def _tick(self) -> float | None:
        """Does what is due and returns the seconds until something else is; None when nothing will be."""
        now = time.monotonic()
        for connection in list(self._connections):
            if connection.hello_deadline is not None and connection.hello_deadline <= now:
                self._close(connection)
        self._open_jobs = [job for job in self._open_jobs if not job.finished]
        for job in self._open_jobs:
            due = job.next_event()
            if due is not None and due <= now:
                self._overdue(job)
        events = [job.next_event() for job in self._open_jobs]
        events += [connection.hello_deadline for connection in self._connections]
        events.append(self._executor.feed.deliver(now))
        due_times = [event for event in events if event is not None]
        return max(0.0, min(due_times) - now) if due_times else None

    def _overdue(self, job: Job) -> None:
        if not self._executor.drop(job, "its deadline passed while it was queued"):
            job.mark_interrupted("deadline")
            self._signal(job)

    def _signal(self, job: Job) -> None:
        is_repeated = job.next_signal > 0
        job.next_signal = time.monotonic() + REPEAT_INTERRUPT_S
        if job.state != RUNNING:
            return
        act_instead = job.on_interrupt
        if act_instead is not None:
            act_instead()
        else:
            self._executor.interrupt_main()
            if is_repeated:  # Blender's own code looks at nothing else, and says of bakes nothing before they are over
                cancel_render()

