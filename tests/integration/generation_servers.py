"""Servers on this machine that answer as the services that make 3D models do; every model is a small box."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler

from asset_servers import Json, LocalServer, glb


class Service(LocalServer):
    """Notes what it is asked, and with which key. Jobs are done after `looks_until_done` looks at them."""

    looks_until_done = 2

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.model = glb((1, 1, 2))
        self.asked: list[tuple[str, str, str, bytes]] = []  # (method, path, Authorization, body)
        self.looks = 0
        self.refuse: tuple[int, Json] | None = None  # what orders are answered
        super().__init__()

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.asked.append((request.command, request.path, request.headers.get("Authorization", ""), body))
        status, answer = self.answer(request.command, request.path, body)
        if not isinstance(answer, bytes):
            answer = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def paths(self) -> list[str]:
        return [f"{method} {path}" for method, path, _, _ in self.asked]

    def is_done(self) -> bool:
        self.looks += 1
        return self.looks > self.looks_until_done

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Json]:
        raise NotImplementedError


class Rodin(Service):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Json]:
        if path == "/api/v2/rodin":
            return self.refuse or (201, {"uuid": "task-1", "jobs": {"uuids": ["a", "b"], "subscription_key": "sub.key-1"}})
        if path == "/api/v2/status":
            done = self.is_done()
            return 201, {"jobs": [{"uuid": "a", "status": "Done"}, {"uuid": "b", "status": "Done" if done else "Generating"}]}
        if path == "/api/v2/download":
            return 201, {"list": [{"name": "base_basic_pbr.glb", "url": f"{self.url}/files/m.glb?sign=1"}]}
        return (200, self.model) if path.startswith("/files/") else (404, {})


class Fal(Service):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Json]:
        job = "/fal-ai/hyper3d/requests/request-1"
        if (method, path) == ("POST", "/fal-ai/hyper3d/rodin"):
            return self.refuse or (200, {"request_id": "request-1"})
        if path == job + "/status":
            return (200, {"status": "COMPLETED"}) if self.is_done() else (202, {"status": "IN_PROGRESS"})
        if path == job:
            return 200, {"model_mesh": {"url": f"{self.url}/files/m.glb", "file_size": len(self.model)}}
        if (method, path) == ("PUT", job + "/cancel"):
            return 202, {"status": "CANCELLATION_REQUESTED"}
        return (200, self.model) if path.startswith("/files/") else (404, {"detail": "not found"})


class Hunyuan(Service):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Json]:
        if path == "/send":
            return self.refuse or (200, {"uid": "uid-1"})
        if path != "/status/uid-1":
            return 404, {"detail": "Not Found"}
        if not self.is_done():
            return 200, {"status": "processing"}
        return 200, {"status": "completed", "model_base64": base64.b64encode(self.model).decode()}
