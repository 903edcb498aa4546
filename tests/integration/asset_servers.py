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
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1] / "runtime"))

import asset_makers as makers

Json = Any


def glb(size: tuple[float, float, float]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.glb"
        makers.write_glb(path, size)
        return path.read_bytes()


class LocalServer:
    """Leaves each request to `respond`, in a thread of its own."""

    def __init__(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.respond(self)

            do_POST = do_PUT = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


class Server(LocalServer):
    """Answers GET with `files` (by path), and with JSON of `documents` (by path and the query that they must have)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.documents: list[tuple[str, dict[str, str], Json]] = []
        self.redirects: dict[str, str] = {}  # by path, or by path and query
        self.targets: list[str] = []
        self.begins: dict[str, list[int]] = {}  # of each file: where each answer began
        self.refusals: dict[str, list[tuple[int, dict[str, str]]]] = {}  # what the next answers are instead
        self.cuts: dict[str, int] = {}  # how many answers more end half way
        self.holds: dict[str, threading.Event] = {}  # paths of which half comes before the event
        super().__init__()

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        self.targets.append(request.path)
        self.answer(request)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        target = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        place = self.redirects.get(request.path, self.redirects.get(target.path))
        if refusals := self.refusals.get(target.path):
            status, headers = refusals.pop(0)
            self._refuse(request, status, headers)
        elif place is not None:
            self._refuse(request, 302, {"Location": place})
        elif target.path in self.files:
            self._send_file(request, target.path)
        elif (document := self.document(target.path, query)) is not None:
            body = json.dumps(document).encode()
            request.send_response(200)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        else:
            self._refuse(request, 404, {})

    def document(self, path: str, query: dict[str, str]) -> Json | None:
        return next((document for known, wanted, document in self.documents
                     if known == path and wanted.items() <= query.items()), None)

    def _refuse(self, request: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            request.send_header(name, value)
        request.end_headers()

    def _send_file(self, request: BaseHTTPRequestHandler, path: str) -> None:
        body = self.files[path]
        part = request.headers.get("Range")
        begin, end = int(part.removeprefix("bytes=").removesuffix("-")) if part else 0, len(body)
        self.begins.setdefault(path, []).append(begin)
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(end - begin))
        request.send_header("ETag", '"1"')
        if begin:
            request.send_header("Content-Range", f"bytes {begin}-{end - 1}/{end}")
        request.end_headers()
        half = max(begin, end // 2)
        if self.cuts.get(path, 0) > 0:
            self.cuts[path] -= 1
            end = half
        try:
            if hold := self.holds.get(path):
                request.wfile.write(body[begin:half])
                request.wfile.flush()
                hold.wait(60)
                begin = half
            request.wfile.write(body[begin:end])
        except OSError:
            pass  # the daemon did not want to wait

    def put(self, path: str, content: bytes) -> Json:
        self.files[path] = content
        return {"url": self.url + path, "size": len(content), "md5": hashlib.md5(content).hexdigest()}

    def close(self) -> None:
        for hold in self.holds.values():
            hold.set()
        super().close()


POLYHAVEN_MAPS = {"color": "Diffuse", "normal_gl": "nor_gl", "roughness": "Rough", "arm": "arm", "displacement": "Displacement"}


class PolyHaven(Server):
    """Textures `red_bricks` (1 m) and `old_wall` (2 m, with a packed map and relief), the HDRI `quiet_sky`, and the model
    `garden_stool` (0.4 m by 0.4 m by 0.6 m, green)."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, Json] = {"hdris": {}, "textures": {}, "models": {}}
        self.documents = [("/assets", {"type": kind}, assets) for kind, assets in self.lists.items()]
        self.add("red_bricks", 1, "Red Bricks", ["brick", "wall"], self._maps("red_bricks", "color", "normal_gl", "roughness"),
                 dimensions=[1000, 1000])
        self.add("old_wall", 1, "Old Wall", ["ruin"], self._maps("old_wall", "color", "normal_gl", "arm", "displacement"),
                 dimensions=[2000, 2000])
        self.add("quiet_sky", 0, "Quiet Sky", ["sky"], {"hdri": {"1k": {"hdr": self.put("/dl/quiet_sky_1k.hdr", makers.hdr())}}})
        self._add_stool()
        self.files["/thumb.png"] = makers.flat((200, 100, 50))

    def _maps(self, asset: str, *roles: str) -> Json:
        maps = makers.bricks()
        return {POLYHAVEN_MAPS[role]: {"1k": {"png": self.put(f"/dl/{asset}_{role}_1k.png", maps[role])}} for role in roles}

    def _add_stool(self) -> None:
        image = "textures/garden_stool_diff_1k.png"
        document, buffer = makers.gltf((0.4, 0.6, 0.4), image=image)
        document["buffers"][0]["uri"] = "garden_stool.bin"
        model = self.put("/dl/garden_stool_1k.gltf", json.dumps(document).encode())
        model["include"] = {image: self.put("/dl/garden_stool_diff_1k.png", makers.flat((40, 160, 60))),
                            "garden_stool.bin": self.put("/dl/garden_stool.bin", buffer)}
        self.add("garden_stool", 2, "Garden Stool", ["seat"], {"gltf": {"1k": {"gltf": model}}})

    def add(self, asset: str, kind: int, name: str, tags: list[str], files: Json, **more: Json) -> None:
        """`kind` as the site numbers them: 0 HDRIs, 1 textures, 2 models."""
        info = {"name": name, "type": kind, "authors": {"Ada Example": "All"}, "tags": tags, "categories": [],
                "download_count": 7, "thumbnail_url": self.url + "/thumb.png", **more}
        list(self.lists.values())[kind][asset] = info
        self.documents += [(f"/info/{asset}", {}, info), (f"/files/{asset}", {}, files)]


class AmbientCg(Server):
    """The material `Planks012`, the HDRI `DayEnvironmentHDRI001` (an archive in 1K, an EXR file in 2K), and the model `3DCrate001`
    (1 m by 1 m by 0.5 m, red)."""

    def __init__(self) -> None:
        super().__init__()
        self.assets: list[Json] = []
        maps = makers.bricks()
        self.add("Planks012", "Material", "Planks 012", ["wood", "wall"], {"1K-PNG": ("Planks012_1K-PNG.zip", packed({
            f"Planks012_1K-PNG_{name}.png": maps[role] for role, name in (
                ("color", "Color"), ("normal_gl", "NormalGL"), ("normal_dx", "NormalDX"), ("roughness", "Roughness"))}))})
        self.add("DayEnvironmentHDRI001", "HDRI", "Day Environment HDRI 001", ["day"], {
            "1K-HDR": ("DayEnvironmentHDRI001_1K-HDR.zip", packed({
                "DayEnvironmentHDRI001_1K-TONEMAPPED.png": makers.flat(9), "DayEnvironmentHDRI001_1K-HDR.exr": makers.exr()})),
            "2K-HDR": ("DayEnvironmentHDRI001_2K-HDR.exr", makers.exr(128, 64))})
        crate = makers.obj((1, 0.5, 1)).replace("o Box\n", "mtllib 3DCrate001.mtl\no Box\nusemtl Crate\n")
        self.add("3DCrate001", "3DModel", "3D Crate 001", ["crate"], {"SQ-1K-PNG": ("3DCrate001_SQ-1K-PNG.zip", packed({
            "3DCrate001.obj": crate.encode(), "3DCrate001.mtl": b"newmtl Crate\nmap_Kd 3DCrate001_SQ-1K-PNG_Color.png\n",
            "3DCrate001_SQ-1K-PNG_Color.png": makers.flat((170, 40, 30))}))})
        self.files["/thumb.png"] = makers.flat((90, 60, 20))

    def add(self, asset: str, kind: str, name: str, tags: list[str], downloads: dict[str, tuple[str, bytes]]) -> None:
        """`downloads`: what they are called and hold, by attribute. As on the site, the way to them is by a redirect."""
        listed = []
        for attribute, (file, content) in downloads.items():
            self.files[f"/cdn/{file}"] = content
            self.redirects[f"/get?file={file}"] = f"/cdn/{file}"
            listed.append({"attribute": attribute, "downloadLink": f"{self.url}/get?file={file}", "fileName": file,
                           "size": len(content)})
        self.assets.append({
            "assetId": asset, "dataType": kind, "displayName": name, "tags": tags,
            "previewImage": {"256-PNG": self.url + "/thumb.png"},
            "downloadFolders": {"default": {"downloadFiletypeCategories": {"zip": {"downloads": listed}}}}})

    def document(self, path: str, query: dict[str, str]) -> Json | None:
        if path != "/api/v2/full_json":
            return None
        words, kinds = query.get("q", "").lower().split(), query.get("type", "Material,HDRI,3DModel").split(",")
        found = [one for one in self.assets
                 if query.get("id", one["assetId"]) == one["assetId"] and one["dataType"] in kinds
                 and all(word in " ".join((one["displayName"].lower(), *one["tags"])) for word in words)]
        return {"numberOfResults": len(found), "foundAssets": found}


def packed(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in files.items():
            writer.writestr(name, content)
    return archive.getvalue()
