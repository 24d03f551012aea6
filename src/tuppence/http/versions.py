"""Versions of the API: an endpoint speaks the newest; what an older client asks is put into it, the answer out of it.

Which version is meant: the request's `X-Api-Version`, else that of the key or app that calls, else the newest.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from tuppence.core.versions import API_VERSIONS, ApiVersion
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursors

VERSION = "tuppence.version"  # in the scope: the version that this request is answered in
NAMES = tuple(one.name for one in API_VERSIONS)

Query = dict[str, str]
View = dict[str, Any]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Change:
    """What became different with a version in one operation, and both ways across. Pure, but for the signing."""

    version: str
    operation: str
    says: str
    ask: Callable[[Query, Cursors], Query]
    tell: Callable[[View], View]


def _before_as_cursor(query: Query, cursors: Cursors) -> Query:
    before = query.get("before")
    rest = {name: value for name, value in query.items() if name not in ("before", "cursor")}
    return rest if before is None else rest | {"cursor": cursors.write("grants", str(_uuid("before", before)))}


def _without_cursor(view: View) -> View:
    return {name: value for name, value in view.items() if name != "next_cursor"}


CHANGES = (
    Change(
        "2026-11-26",
        "list_grants",
        "Grants are paged by `cursor`, as every list is; before that by `before`, the id of the last one.",
        _before_as_cursor,
        _without_cursor,
    ),
)


def headers(version: str) -> dict[str, str]:
    """What an answer says of its version: RFC 9745's and RFC 8594's, if it is on its way out."""
    about = next(one for one in API_VERSIONS if one.name == version)
    return {"X-Api-Version": version} | _on_its_way_out(about)


def _on_its_way_out(about: ApiVersion) -> dict[str, str]:
    told = {}
    if about.deprecated_at:
        told["Deprecation"] = f"@{int(about.deprecated_at.timestamp())}"
    if about.sunset_at:
        told["Sunset"] = format_datetime(about.sunset_at, usegmt=True)
    return told


def pin(scope: MutableMapping[str, Any], version: str) -> None:
    """The version of the key or app that calls: it holds where the request names none."""
    scope.setdefault(VERSION, version)


def spoken(
    operation: str,
    handle: Handler,
    wanted: Callable[[Request], Awaitable[str]],
    cursors: Callable[[Request], Cursors],
) -> Handler:
    """The same endpoint for clients of every version. One that never changed is left as it is."""
    changes = sorted((one for one in CHANGES if one.operation == operation), key=lambda one: one.version)
    if not changes:
        return handle

    async def speak(request: Request) -> Response:
        version = await wanted(request)
        since = [one for one in changes if one.version > version]
        if not since:
            return await handle(request)
        query = dict(request.query_params)
        for change in since:
            query = change.ask(query, cursors(request))
        request.scope["query_string"] = urlencode(query).encode()
        told = await handle(Request(request.scope, request.receive))
        return told if told.status_code != 200 else _older(told, since)

    return speak


def _older(told: Response, since: list[Change]) -> Response:
    view: View = json.loads(bytes(told.body))
    for change in reversed(since):
        view = change.tell(view)
    return answer(view)


def _uuid(name: str, text: str) -> UUID:
    """Raises: RequestValidationError."""
    try:
        return UUID(text)
    except ValueError:
        problem = {"type": "uuid_parsing", "loc": ("query", name), "msg": "Input should be a valid UUID"}
        raise RequestValidationError([problem]) from None
