"""`/docs`: the API's reference, a page of ours that is made in the browser from the API's own description."""

import gzip
import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tuppence.http.errors import NoSuchPlace
from tuppence.http.web import Asset, WebApp

DESCRIPTION = "openapi.json"


class Reference:
    """The page's files, and the description, which is put together when it is first asked for."""

    def __init__(self, describe: Callable[[], dict[str, Any]], folder: Traversable | None = None) -> None:
        self._describe = describe
        self._files = WebApp(folder or files("tuppence.http").joinpath("reference"))

    async def __call__(self, request: Request) -> Response:
        path = request.path_params.get("path") or "index.html"
        asset = self._description if path == DESCRIPTION else self._files.find(path)
        if asset is None:
            raise NoSuchPlace
        return asset.answer(request)

    @cached_property
    def _description(self) -> Asset:
        body = json.dumps(self._describe(), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Cache-Control": "no-cache",
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
            "Vary": "Accept-Encoding",
        }
        return Asset(body, gzip.compress(body, 9, mtime=0), headers)
