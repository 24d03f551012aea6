"""How an endpoint answers: the room's own view as JSON, once it is committed."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from tuppence.http.problems import render


def answer(view: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
    """A view as JSON. It is not validated a second time: tests hold every view against its schema."""
    return Response(render(view), status, headers, "application/json")


def replayed(was_there: bool) -> dict[str, str] | None:
    """The header that tells a client: this was done before, here is the same answer."""
    return {"Idempotent-Replayed": "true"} if was_there else None


def nothing() -> Response:
    """Done; there is nothing to tell."""
    return Response(status_code=204)
