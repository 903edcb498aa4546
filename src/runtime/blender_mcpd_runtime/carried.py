"""Commands that come by way of somebody else's add-on, for where the daemon cannot reach our listener, or nothing turns
Blender's loop: the add-on executes a line that performs one, and prints the answer.

What becomes of a command is in the journal as well, so that an answer which was lost can be asked for again.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from .encoding import encode
from .errors import OpError, invalid
from .framing import HEADER
from .job import Job
from .replies import error_outcome, reply

if TYPE_CHECKING:
    from .pump import Pump
    from .server import GuestServer


class Listener:
    """Takes the place of a connection: the last that is sent is the reply, and nobody hears of progress before it."""

    closed = False
    is_intact = True
    client = "through an add-on"

    def __init__(self) -> None:
        self.body = self.blob = b""

    def send(self, *chunks: bytes) -> None:
        self.body = chunks[0][HEADER.size:]
        self.blob = chunks[1] if len(chunks) > 1 else b""


def carry(server: GuestServer, pump: Pump, text: str) -> str:
    """The answer to a request as `outcome` gives it, and its blob in base64 in the next line. Main thread."""
    listener = Listener()
    try:
        answer = _answer(server, pump, json.loads(text), listener)
    except OpError as error:
        listener.send(*reply(None, error_outcome(server.generation, 0.0, error).body()))
        answer = _of_reply("failed", listener)
    return answer.decode() + "\n" + base64.b64encode(listener.blob).decode()


def _answer(server: GuestServer, pump: Pump, request: dict[str, Any], listener: Listener) -> bytes:
    if request["op"] == "outcome":
        return encode(server.outcome(listener, request["args"]))
    job = Job(request["uuid"], request["op"], request["args"], request.get("deadline_ms"), listener, None)
    if not server.adopt(job):
        raise invalid("a command of this uuid has come before.", "uuid")
    pump.perform(job)
    return _of_reply(job.state, listener)


def _of_reply(state: str, listener: Listener) -> bytes:
    return b'{"state":%s,"reply":%s}' % (encode(state), listener.body)
