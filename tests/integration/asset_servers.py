"""Servers on this machine that answer as providers of assets do; what they have is made up, and real enough for Blender."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1] / "runtime"))

import asset_makers as makers

Json = Any


class Server:
    """Answers GET with `files` (by path), and with JSON of `documents` (by path and the query that they must have)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.documents: list[tuple[str, dict[str, str], Json]] = []
        self.redirects: dict[str, str] = {}
        self.targets: list[str] = []
        self.holds: dict[str, threading.Event] = {}  # paths of which half comes before the event
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.targets.append(self.path)
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        target = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        if target.path in self.redirects:
            request.send_response(302)
            request.send_header("Location", self.redirects[target.path])
            request.end_headers()
            return
        body = self.files.get(target.path)
        for path, wanted, document in self.documents:
            if path == target.path and wanted.items() <= query.items():
                body = json.dumps(document).encode()
                break
        if body is None:
            request.send_error(404)
            return
        begin = 0
        if (part := request.headers.get("Range")) and target.path in self.files:
            begin = int(part.removeprefix("bytes=").removesuffix("-"))
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(body) - begin))
        request.send_header("ETag", '"1"')
        if begin:
            request.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        request.end_headers()
        if hold := self.holds.get(target.path):
            half = len(body) // 2
            request.wfile.write(body[begin:half])
            request.wfile.flush()
            hold.wait(60)
            begin = half
        try:
            request.wfile.write(body[begin:])
        except OSError:
            pass  # the daemon did not want to wait

    def put(self, path: str, content: bytes) -> Json:
        self.files[path] = content
        return {"url": self.url + path, "size": len(content), "md5": hashlib.md5(content).hexdigest()}

    def close(self) -> None:
        for hold in self.holds.values():
            hold.set()
        self.http.shutdown()
        self.http.server_close()


class PolyHaven(Server):
    def __init__(self) -> None:
        super().__init__()
        maps = makers.bricks()
        names = {"color": "Diffuse", "normal_gl": "nor_gl", "roughness": "Rough"}
        self._add("red_bricks", 1, "Red Bricks", ["brick", "wall"],
                  {name: {"1k": {"png": self.put(f"/dl/red_bricks_{role}_1k.png", maps[role])}}
                   for role, name in names.items()}, dimensions=[1000, 1000])
        self._add("quiet_sky", 0, "Quiet Sky", ["sky"],
                  {"hdri": {"1k": {"hdr": self.put("/dl/quiet_sky_1k.hdr", makers.hdr())}}})
        self.files["/thumb.png"] = makers.flat((200, 100, 50))

    def _add(self, asset: str, kind: int, name: str, tags: list[str], files: Json, **more: Json) -> None:
        info = {"name": name, "type": kind, "authors": {"Ada Example": "All"}, "tags": tags, "categories": [],
                "download_count": 7, "thumbnail_url": self.url + "/thumb.png", **more}
        lists = ("hdris", "textures", "models")
        for index, one in enumerate(lists):
            self.documents.append(("/assets", {"type": one}, {asset: info} if index == kind else {}))
            self.documents.sort(key=lambda row: not row[2])  # those that have something first
        self.documents.append((f"/info/{asset}", {}, info))
        self.documents.append((f"/files/{asset}", {}, files))


class AmbientCg(Server):
    def __init__(self) -> None:
        super().__init__()
        maps, packed = makers.bricks(), io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for role, name in (("color", "Color"), ("normal_gl", "NormalGL"), ("roughness", "Roughness")):
                archive.writestr(f"Planks012_1K-PNG_{name}.png", maps[role])
        self.files["/cdn/Planks012.zip"] = packed.getvalue()
        self.redirects["/get"] = "/cdn/Planks012.zip"
        download = {"attribute": "1K-PNG", "downloadLink": self.url + "/get?file=Planks012_1K-PNG.zip",
                    "fileName": "Planks012_1K-PNG.zip", "size": len(packed.getvalue())}
        self.documents.append(("/api/v2/full_json", {}, {"numberOfResults": 1, "foundAssets": [{
            "assetId": "Planks012", "dataType": "Material", "displayName": "Planks 012", "tags": ["wood"],
            "downloadFolders": {"default": {"downloadFiletypeCategories": {"zip": {"downloads": [download]}}}}}]}))
