"""Judges messages of an MCP server by the schema that the specification publishes for each revision.

The schemas are in tests/conformance/schemas. They leave room for unknown members nearly everywhere, so a message without
faults may still break a rule that the specification states in prose only.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

Json = dict[str, Any]

SCHEMAS = Path(__file__).resolve().parents[1] / "conformance" / "schemas"
LEGACY = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN = "2026-07-28"
REVISIONS = (*LEGACY, MODERN)

# The tasks extension of the modern revision is described in prose: only what all messages have in common can be judged.
TASK_NOTIFICATIONS = {"notifications/tasks": "JSONRPCNotification"}
TASK_RESULTS = {"tasks/get": "Result", "tasks/update": "Result", "tasks/cancel": "Result"}
TASK_REQUESTS = {method: "JSONRPCRequest" for method in TASK_RESULTS}
# What a fault may quote, so that a report stays readable.
QUOTED = 200
# The errors that a server sends when it could not even read the id.
UNREADABLE = (-32700, -32600)


def faults(message: Any, revision: str, method: str | None = None) -> list[str]:
    """What is wrong with a message from a server, one line each; empty for a good one.

    `method` is that of the request which a response answers; without it only the envelope of a result is judged.
    """
    schema = _schema(revision)
    if isinstance(message, list):
        if "JSONRPCBatchResponse" not in schema.definitions:
            return [f"{revision} knows no batches"]
        return [f"[{index}] {fault}" for index, item in enumerate(message) for fault in faults(item, revision)] \
            or schema.faults(message, "JSONRPCMessage")
    if not isinstance(message, dict):
        return ["a message is an object"]
    if "method" in message:
        return _call_faults(message, schema)
    if "error" in message:
        return _error_faults(message, schema)
    return _result_faults(message, schema, method)


def client_faults(message: Json, revision: str, method: str | None = None) -> list[str]:
    """The same of a message from a client, which is no batch. `method` is that of the server's request."""
    schema = _schema(revision)
    if "method" in message:
        kind = "request" if "id" in message else "notification"
        definition = (schema.client_requests if kind == "request" else schema.client_notifications).get(message["method"])
        if definition is None:
            return [f"in {revision} a client sends no {kind} {message['method']!r}"]
        return schema.faults(message, f"JSONRPC{kind.capitalize()}") or schema.faults(message, definition)
    if "error" in message:
        return _error_faults(message, schema)
    found = schema.faults(message, schema.response)
    definition = schema.client_results.get(method)
    return found if found or definition is None else schema.faults(message["result"], definition)


def _call_faults(message: Json, schema: Schema) -> list[str]:
    """Of a request or a notification."""
    kind = "request" if "id" in message else "notification"
    definition = (schema.requests if kind == "request" else schema.notifications).get(message["method"])
    if definition is None:
        return [f"in {schema.revision} a server sends no {kind} {message['method']!r}"]
    return schema.faults(message, definition)


def _error_faults(message: Json, schema: Schema) -> list[str]:
    if "result" in message:
        return ["a response has a result or an error, not both"]
    code = message["error"].get("code") if isinstance(message["error"], dict) else None
    if "id" not in message:
        if code not in UNREADABLE:
            return [f"error {code} without an id"]
        # Before 2025-11-25 the schema requires an id, and has no value for one that could not be read.
        message = {**message, "id": 0}
    return schema.faults(message, schema.errors.get(code, schema.error))


def _result_faults(message: Json, schema: Schema, method: str | None) -> list[str]:
    found = schema.faults(message, schema.response)
    if found or method is None:
        return found
    result = message["result"]
    definition = schema.results.get(method)
    if definition is None:
        return [f"in {schema.revision} no result answers {method!r}"]
    if result.get("resultType") == "input_required" and "InputRequiredResult" in schema.definitions:
        definition = "InputRequiredResult"
    elif result.get("resultType") == "task" and schema.revision == MODERN:
        definition = "Result"
    elif "task" in result and method == "tools/call" and "CreateTaskResult" in schema.definitions:
        definition = "CreateTaskResult"
    return schema.faults(result, definition)


class Schema:
    """One revision's, with the definitions by what they describe."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        self._root: Json = json.loads((SCHEMAS / f"{revision}.json").read_text("utf-8"))
        self._key = "$defs" if "$defs" in self._root else "definitions"
        self.definitions: Json = self._root[self._key]
        self.requests = self._by_method("ServerRequest")
        self.notifications = self._by_method("ServerNotification")
        self.client_requests = self._by_method("ClientRequest")
        self.client_notifications = self._by_method("ClientNotification")
        self.results = {method: self._result_of(definition) for method, definition in self.client_requests.items()}
        self.client_results = {method: self._result_of(definition) for method, definition in self.requests.items()}
        if revision == MODERN:
            self.client_requests.update(TASK_REQUESTS)
            self.notifications.update(TASK_NOTIFICATIONS)
            self.results.update(TASK_RESULTS)
        self.errors = {code: name for name, definition in self.definitions.items()
                       if (code := _error_code(definition)) is not None}
        self.error = "JSONRPCErrorResponse" if "JSONRPCErrorResponse" in self.definitions else "JSONRPCError"
        self.response = "JSONRPCResultResponse" if "JSONRPCResultResponse" in self.definitions else "JSONRPCResponse"

    def faults(self, value: Any, definition: str) -> list[str]:
        errors = list(self._validator(definition).iter_errors(value))
        return [f"{definition}{error.json_path[1:]}: {_shortened(error.message)}" for error in map(_closest, errors)]

    @functools.lru_cache(maxsize=None)  # noqa: B019 (there is one Schema a revision, for good)
    def _validator(self, definition: str) -> Any:
        kind = jsonschema.validators.validator_for(self._root)
        document = {"$schema": self._root["$schema"], "$ref": f"#/{self._key}/{definition}", self._key: self.definitions}
        return kind(document, format_checker=FORMATS)

    def _by_method(self, union: str) -> dict[str, str]:
        """method -> definition, of those that a union names."""
        members = self.definitions.get(union, {"anyOf": []})
        if "properties" in members:  # a union of one
            return {members["properties"]["method"]["const"]: union}
        names = [choice["$ref"].rpartition("/")[2] for choice in members["anyOf"]]
        return {self.definitions[name]["properties"]["method"]["const"]: name for name in names}

    def _result_of(self, request: str) -> str:
        result = request[:-len("Request")] + "Result"
        return result if result in self.definitions else "EmptyResult"


def _error_code(definition: Json) -> int | None:
    """The code of a definition that describes the response with one certain error."""
    parts = definition.get("properties", {}).get("error", {}).get("allOf", [])
    codes = [part["properties"]["code"]["const"] for part in parts if "code" in part.get("properties", {})]
    return codes[0] if codes else None


def _closest(error: Any) -> Any:
    """Of the choices that a value failed to be, the fault of the one that it was most likely meant to be."""
    while error.context:
        choices: dict[int, list[Any]] = {}
        for inner in error.context:
            choices.setdefault(inner.schema_path[0], []).append(inner)
        error = min(choices.values(), key=lambda inners: (sum(inner.validator == "const" for inner in inners), len(inners)))[0]
    return error


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[:QUOTED // 2]} … {text[-QUOTED // 2:]}"


FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("byte", raises=binascii.Error)
def _is_base64(value: Any) -> bool:
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True


@FORMATS.checks("uri")
def _is_uri(value: Any) -> bool:
    """It has a scheme and nothing that has to be escaped; more than that is up to the scheme."""
    if not isinstance(value, str):
        return True
    scheme, colon, rest = value.partition(":")
    return bool(colon and rest and scheme[:1].isalpha() and scheme.isascii() and scheme.replace("+", "a").replace("-", "a")
                .replace(".", "a").isalnum()) and value.isascii() and not any(c.isspace() or c in '<>"{}|\\^`' for c in value)


@functools.lru_cache(maxsize=None)
def _schema(revision: str) -> Schema:
    return Schema(revision)
