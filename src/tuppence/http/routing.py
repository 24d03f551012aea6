"""How endpoints are reached: every router is made here, so that every body comes in by the one strict loader."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.params import Depends
from fastapi.routing import APIRoute

from tuppence.http.shell import BODY


class StrictRequest(Request):
    """A request whose body is what the shell read: nothing parses JSON a second time, or another way."""

    async def body(self) -> bytes:
        return b"{}" if BODY in self.scope else b""

    async def json(self) -> Any:
        return self.scope[BODY]


class StrictRoute(APIRoute):
    """An endpoint that is handed a StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def room(tag: str, *, prefix: str = "/v1", dependencies: Sequence[Depends] = ()) -> APIRouter:
    """A router for one room's endpoints."""
    return APIRouter(prefix=prefix, tags=[tag], dependencies=dependencies, route_class=StrictRoute)
