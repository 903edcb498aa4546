#!/usr/bin/python3
"""A Blender that is none: it is started like one, speaks link v1, and misbehaves as it is told.

usage: fake_blender.py START [blender's arguments...]

START says how it starts:
    ready           like the real one
    silent          never reports
    error           reports that it could not start
    nonsense        reports something that is not JSON
    exits           ends with code 3 before it reports
    crashes         kills itself before it reports
    mute            reports a port at which nobody answers
    stubborn        like ready, but does not hear SIGTERM
Operations do what their names say, see `perform`.
"""

import collections
import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

outcomes = {}  # uuid -> the answers of `outcome`; the last one stays
lost_outcomes = collections.Counter()
questions = collections.Counter()  # about a uuid
hanging = {}  # uuid -> (connection, id)
endless = {}  # uuid -> the file that ends it
slow_status = threading.Event()
generation = 1
watchers = []
recovery = None  # the settings for recovery.py
opened = None  # the arguments of `recover`
copies = 0


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.lock = threading.Lock()

    def read_exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read(self):
        json_bytes, blob_bytes = struct.unpack(">II", self.read_exactly(8))
        message = json.loads(self.read_exactly(json_bytes))
        self.read_exactly(blob_bytes)
        return message

    def write(self, message, blob=b""):
        text = json.dumps(message, separators=(",", ":")).encode()
        with self.lock:
            self.sock.sendall(struct.pack(">II", len(text), len(blob)) + text + blob)

    def answer(self, number, result, blob=b""):
        self.write({"id": number, "ok": True, "gen": generation, "ms": 0.1, "result": result}, blob)

    def refuse(self, number, **error):
        self.write({"id": number, "ok": False, "gen": generation, "ms": 0.1, "error": error})

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


def die(args):
    print("the last words of Blender", flush=True)
    if "signal" in args:
        os.kill(os.getpid(), args["signal"])
        time.sleep(1000)
    os._exit(args.get("code", 0))


def change(event):
    global generation
    generation += 1
    for watcher in watchers:
        watcher.write({"event": "scene", "gen": generation, **event})


def write_copy(text):
    """What recovery.py would leave: a copy of the scene as it is now."""
    global copies
    copies += 1
    life = recovery["life"]
    name = os.path.join(recovery["folder"], "%d-%d" % (life, copies))
    with open(name + ".blend", "w", encoding="utf-8") as file:
        file.write(text)
    note = {"document": "1.0", "life": life, "number": copies, "generation": generation, "file": "/a.blend",
            "monotonic_s": time.monotonic(), "bytes": len(text), "note": None}
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump(note, file)
    write_open_file()


def write_open_file():
    about = {"document": "1.0", "life": recovery["life"], "generation": generation, "file": "/a.blend", "saved": None}
    with open(os.path.join(recovery["folder"], "open.json"), "w", encoding="utf-8") as file:
        json.dump(about, file)


def recover(connection, number, args):
    """What the copy holds says what happens."""
    global opened
    with open(args["path"], encoding="utf-8") as file:
        text = file.read()
    if text == "poison":
        die({"signal": 11})
    if text == "broken":
        connection.refuse(number, kind="blender", message="Not a blend file")
        return
    opened = text
    write_open_file()
    connection.answer(number, {})


def perform(connection, request):
    op, number, args, uuid = request["op"], request["id"], request.get("args", {}), request.get("uuid")
    if op == "ping":
        connection.answer(number, {})
    elif op == "status":
        if slow_status.is_set():
            return
        connection.answer(number, {"state": "busy" if hanging else "ready", "queue": 0, "version": "3.4.1",
                                   "dirty": generation > 1})
    elif op == "watch":
        watchers.append(connection)
        connection.answer(number, {})
    elif op == "watchers":
        connection.answer(number, {"count": len(watchers)})
    elif op == "change":  # what its argument `event` says
        change(args["event"])
        connection.answer(number, {})
    elif op == "drop_watchers":
        while watchers:
            watchers.pop().close()
        connection.answer(number, {})
    elif op == "outcome":
        if args["uuid"] in endless:
            ended = os.path.exists(endless[args["uuid"]])
            outcomes[args["uuid"]] = [{"state": "applied" if ended else "running"}]
        questions[args["uuid"]] += 1
        if lost_outcomes[args["uuid"]] > 0:
            lost_outcomes[args["uuid"]] -= 1
            connection.close()
            return
        told = outcomes.get(args["uuid"], [{"state": "never_seen"}])
        connection.answer(number, told.pop(0) if len(told) > 1 else told[0])
    elif op == "interrupt":
        if outcomes.get(args["uuid"], [{}])[0].get("state") == "running":
            outcomes[args["uuid"]] = [{"state": "failed", "reply": {"error": {"kind": "interrupted", "message": "Interrupted"}}}]
        if args["uuid"] in hanging:
            other, other_number = hanging.pop(args["uuid"])
            other.refuse(other_number, kind="interrupted", message="Interrupted")
        connection.answer(number, {"state": "interrupting"})
    elif op == "edit":
        change({"changed": [args["name"]]})
        connection.answer(number, {"changes": {"added": [args["name"]], "removed": [], "changed": {}}})
    elif op == "get_scene_info":
        connection.answer(number, {"pid": os.getpid(), "arguments": sys.argv[2:]})
    elif op == "copy":
        write_copy(args["text"])
        connection.answer(number, {})
    elif op == "recover":
        recover(connection, number, args)
    elif op == "opened":
        connection.answer(number, {"opened": opened, "arguments": sys.argv[2:]})
    elif op == "never_end":  # as C code that Python cannot interrupt; until the file is there
        endless[uuid] = args.get("until", "")
    elif op == "echo":
        connection.answer(number, args, b"blob")
    elif op == "environment":
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        connection.answer(number, {"environment": dict(os.environ), "arguments": sys.argv[2:], "address_space": limit})
    elif op == "fail":
        connection.refuse(number, kind="blender", message="No such thing", remedy="Make one.")
    elif op == "progress":
        for value in (1, 2):
            connection.write({"event": "progress", "id": number, "value": value, "total": 2, "message": f"step {value}"})
        connection.answer(number, {})
    elif op == "die":
        die(args)
    elif op == "answer_and_die":
        connection.answer(number, {})
        die(args)
    elif op == "hang":
        if "event" in args:
            change(args["event"])
        hanging[uuid] = (connection, number)
    elif op == "drop":  # loses the connection, and remembers the outcome that it was given, or one after the other
        if "outcome" in args:
            outcomes[uuid] = args["outcome"] if isinstance(args["outcome"], list) else [args["outcome"]]
        lost_outcomes[uuid] = args.get("then_lose", 0)  # so many questions about it are not answered either
        if args.get("then_mute"):
            slow_status.set()
        if "then_break" in args:  # not lost, but broken
            connection.write({"nonsense": True})
            return
        connection.close()
    elif op == "questions":  # how many questions about outcomes there were
        connection.answer(number, {"count": sum(questions.values())})
    elif op == "swallow":  # does what it is asked for, and says nothing
        outcomes[uuid] = [args["outcome"]]
    elif op == "mute_status":
        slow_status.set()
        connection.answer(number, {})
    elif op == "save_snapshot":
        with open(args["path"], "w", encoding="utf-8") as file:
            file.write("a snapshot")
        connection.answer(number, {"path": args["path"], "bytes": 10})
    elif op == "read_file":  # what the file that it was opened with holds
        path = next(argument for argument in sys.argv[2:] if argument.endswith(".blend"))
        with open(path, encoding="utf-8") as file:
            connection.answer(number, {"file": path, "text": file.read(), "pid": os.getpid()})
    else:
        connection.refuse(number, kind="unknown_op", message="Unknown operation " + op)


def serve(sock, token):
    connection = Connection(sock)
    try:
        if connection.read()["hello"]["token"] != token:
            connection.close()
            return
        connection.write({"hello": {"link": 1, "name": "blender", "pid": os.getpid(), "blender": [3, 4, 1], "background": True}})
        while True:
            perform(connection, connection.read())
    except (EOFError, OSError):
        if connection in watchers:
            watchers.remove(connection)


class Handover:
    """In the place of a listening socket."""

    def __init__(self, fd):
        self.sock = socket.socket(fileno=fd)

    def accept(self):
        _, fds, _, _ = socket.recv_fds(self.sock, 1, 1)
        return socket.socket(fileno=fds[0]), None


def accept(listener, token):
    while True:
        sock, _ = listener.accept()
        if sock.family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(sock, token), daemon=True).start()


def main():
    start = sys.argv[1]
    global recovery
    given = json.loads(sys.stdin.readline())
    recovery = given.get("recovery")
    print("fake Blender starts", flush=True)
    if start == "exits":
        print("Error: no GPU", file=sys.stderr, flush=True)
        os._exit(3)
    if start == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    if start == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if start != "silent":
        handed_over = given.get("handover_fd")
        listener = socket.create_server(("127.0.0.1", 0)) if handed_over is None else Handover(handed_over)
        reports = {"error": '{"error":"no module named bpy"}', "nonsense": "Blender 3.4.1"}
        report = reports.get(start, '{"port":%d}' % listener.getsockname()[1] if handed_over is None else '{"port":null}')
        if start != "mute":
            threading.Thread(target=accept, args=(listener, given["token"]), daemon=True).start()
        os.write(given["ready_fd"], report.encode() + b"\n")
        os.close(given["ready_fd"])
    sys.stdin.read()  # its end is the end of whoever started us
    os._exit(0)


main()
