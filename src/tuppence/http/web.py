"""The web app's files, read once at start: what is not in the folder then cannot be asked for."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from tuppence.http.errors import NoSuchPlace

_INDEX = "index.html"
_COMPRESSED_FROM_BYTES = 1024
_HASHED = "assets/"  # the build puts a hash of the content into these names
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}
_PACKED = (".woff2", ".png", ".webp", ".gz", ".br")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    packed: bytes | None
    headers: dict[str, str]

    def answer(self, request: Request) -> Response:
        if request.headers.get("if-none-match") == self.headers["ETag"]:
            return Response(status_code=304, headers=self.headers)
        if self.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers={**self.headers, "Content-Encoding": "gzip"})
        return Response(self.body, headers=self.headers)


class WebApp:
    """Every file by its path; a page's address that is no file gets the page, which reads the address itself."""

    def __init__(self, folder: Traversable | None = None) -> None:
        root = folder or files("tuppence.http").joinpath("static")
        self._assets = dict(_found(root, "")) if root.is_dir() else {}

    def find(self, path: str) -> Asset | None:
        """The file of that very name."""
        return self._assets.get(path)

    async def __call__(self, request: Request) -> Response:
        path = request.scope["path"].lstrip("/")
        asset = self._assets.get(path)
        if asset is None and _is_page(path):
            asset = self._assets.get(_INDEX)
        if asset is None:
            raise NoSuchPlace
        return asset.answer(request)


def _is_page(path: str) -> bool:
    """An address that the page reads itself. A dot may be a handle's, as in add/ann.lee; files lie at the top."""
    return not path.startswith(("v1/", ".well-known/", _HASHED)) and ("/" in path or "." not in path)


def _found(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    assets: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            assets += _found(entry, f"{prefix}{entry.name}/")
        else:
            assets.append((prefix + entry.name, _asset(prefix + entry.name, entry.read_bytes())))
    return assets


def _asset(path: str, body: bytes) -> Asset:
    suffix = f".{path.rpartition('.')[2]}"
    kind = _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("json", "svg+xml"))
    packed = None
    if len(body) > _COMPRESSED_FROM_BYTES and not path.endswith(_PACKED):
        packed = gzip.compress(body, 9, mtime=0)
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if text else kind,
        "Cache-Control": "public, max-age=31536000, immutable" if path.startswith(_HASHED) else "no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        "Vary": "Accept-Encoding",
    }
    return Asset(body, packed, headers)
