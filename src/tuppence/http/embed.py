"""What other apps put into their pages: one script of ours, and a frame that only their own pages may hold."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from tuppence.billing import apps
from tuppence.http.deps import house_of
from tuppence.http.errors import NoSuchPlace
from tuppence.http.house import House, origin_of
from tuppence.http.shell import content_policy
from tuppence.http.web import WebApp


class Embedded:
    """The files of the script and the frame, each with the rules that it needs."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._files = WebApp(folder or files("tuppence.http").joinpath("embedded"))

    async def __call__(self, request: Request) -> Response:
        path = request.path_params["path"]
        asset = self._files.find("payment.html" if path == "payment" else path)
        if asset is None or path == "payment.html":
            raise NoSuchPlace
        response = asset.answer(request)
        if path == "payment":
            ancestors = await _ancestors(house_of(request), request.query_params.get("app", ""))
            response.headers["Content-Security-Policy"] = ancestors
            response.headers["Cache-Control"] = "no-store"
        if path == "v1.js":
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


async def _ancestors(house: House, app_id: str) -> str:
    """The frame's policy: pages of the origins that this app registered may hold it, and nobody else's."""
    async with house.database.transaction(read_only=True) as tx:
        try:
            app = await apps.find_app(tx, UUID(app_id))
        except ValueError:
            app = None
    return content_policy(house.origin, origin_of(house.vault_url), " ".join(app.origins) if app else "")
