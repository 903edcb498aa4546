"""Servers on this machine that answer as providers do that want a key; what they have is made up, and real enough for Blender."""

from __future__ import annotations

import io
import zipfile
from http.server import BaseHTTPRequestHandler

from asset_servers import Json, Server, glb, makers


class KeyedServer(Server):
    """Below `api` the key must stand in a header; elsewhere it must not."""

    api = ""
    header = ""
    key = ""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []  # targets that a key was sent to which are not the interface's

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        given = request.headers.get(self.header)
        if not request.path.startswith(self.api):
            if given:
                self.leaks.append(request.path)
        elif given != self.key:
            request.send_error(401, explain=f"{given} is wrong")
            return
        super().answer(request)


class Sketchfab(KeyedServer):
    api = "/v3/"
    header = "Authorization"
    token = "sk3tchfab-s3cret-of-the-user"
    key = f"Token {token}"
    chair, table = "5ca1ab1e" * 4, "0ddba115" * 4

    def __init__(self) -> None:
        super().__init__()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.glb", glb((2, 1, 1)))  # as good as a scene.gltf with its files
            archive.writestr("license.txt", "CC-BY-NC-4.0")
        self.files["/thumb.png"] = makers.flat((200, 100, 50))
        models = [
            self._model(self.chair, "Old Chair", {"uid": "322a749bcfa841b29dff1e8a1bb74b0b", "label": "CC Attribution"},
                        {"glb": self._file("/dl/chair.glb", glb((1, 1, 2))), "gltf": self._file("/dl/chair.zip", b"")}),
            self._model(self.table, "Table", {"uid": "bbfe3f7dbcdd4122b966b85b9786a989", "label": "CC Attribution-NonCommercial"},
                        {"gltf": self._file("/dl/table.zip", packed.getvalue())}),
        ]
        self.documents.append(("/v3/search", {"licenses": "cc0"}, {"results": [], "cursors": {"next": None}}))
        self.documents.append(("/v3/search", {"cursor": "x="}, {"results": models[1:], "cursors": {"next": None}}))
        self.documents.append(("/v3/search", {"type": "models", "downloadable": "true"},
                               {"results": models[:1], "cursors": {"next": "x="}}))

    def _file(self, path: str, content: bytes) -> Json:
        told = self.put(path, content)
        return {"url": told["url"] + "?signature=abc", "size": told["size"], "expires": 300}

    def _model(self, uid: str, name: str, license: Json, downloads: Json) -> Json:
        model = {"uid": uid, "name": name, "user": {"username": "ada", "displayName": "Ada Example"}, "license": license,
                 "thumbnails": {"images": [{"url": self.url + "/thumb.png", "width": 640, "height": 360}]}, "faceCount": 12,
                 "animationCount": 0, "isDownloadable": True}
        self.documents.append((f"/v3/models/{uid}", {}, model))
        self.documents.append((f"/v3/models/{uid}/download", {}, downloads))
        return model


class PolyPizza(KeyedServer):
    api = "/v1.1/"
    header = "x-auth-token"
    key = "p1zza-s3cret-of-the-user"

    def __init__(self) -> None:
        super().__init__()
        self.files["/thumb.png"] = makers.flat((20, 200, 50))
        self.put("/static/tree.glb", glb((1, 1, 3)))
        tree = {"ID": "tree-1", "Title": "Tree", "Attribution": "Tree by Bob [CC-BY] via Poly Pizza", "Thumbnail": self.url + "/thumb.png",
                "Download": self.url + "/static/tree.glb", "Tri Count": 12, "Creator": {"Username": "Bob"}, "Category": "Nature",
                "Tags": ["tree"], "Licence": "CC-BY 3.0", "Animated": False}
        self.documents.append(("/v1.1/search/tree", {}, {"total": 1, "results": [tree]}))
        self.documents.append(("/v1.1/search/chair", {}, {"total": 0, "results": []}))
        self.documents.append(("/v1.1/model/tree-1", {}, tree))
