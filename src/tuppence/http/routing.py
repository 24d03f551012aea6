"""How endpoints are reached: every router is made here, so that every body comes in by the one strict loader."""

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from tuppence.http import versions
from tuppence.http.deps import CALLERS, TheHouse, house_of, version_of
from tuppence.http.fields import Body
from tuppence.http.shell import BODY

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose body is what the shell read: nothing parses JSON a second time, or another way."""

    async def body(self) -> bytes:
        return b"{}" if BODY in self.scope else b""

    async def json(self) -> Any:
        return self.scope[BODY]


class StrictRoute(APIRoute):
    """An endpoint that is handed what it declares, the body as the shell read it."""

    def get_route_handler(self) -> Handler:
        return versions.spoken(self.name, self._handler(), version_of, lambda request: house_of(request).cursors)

    def _handler(self) -> Handler:
        parameters = inspect.signature(self.endpoint).parameters
        if _is_plain(parameters, self.path_format):
            return _direct(self.endpoint, parameters)
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def room(tag: str, *, prefix: str = "/v1", dependencies: Sequence[Depends] = ()) -> APIRouter:
    """A router for one room's endpoints."""
    return APIRouter(prefix=prefix, tags=[tag], dependencies=dependencies, route_class=StrictRoute)


# - the direct way ---------------------------------------------------------------------------------------------------
# FastAPI resolves an endpoint's parameters anew for each request, 0.15 ms of pure Python. Nearly all of ours take the
# same four things: ids from the path, a body, who is calling, the house. Those are handed over directly; the endpoint,
# its schema and its refusals stay as they are, and the hostile corpus runs over both ways.


def _is_plain(parameters: Mapping[str, inspect.Parameter], path: str) -> bool:
    """Whether there is a caller, and nothing but path, body, caller and house."""
    return any(_is_caller(one) for one in parameters.values()) and all(
        f"{{{one.name}}}" in path or one.annotation is TheHouse or _is_caller(one) or _is_body(one)
        for one in parameters.values()
    )


def _is_caller(parameter: inspect.Parameter) -> bool:
    return any(parameter.annotation is one for one in CALLERS)


def _is_body(parameter: inspect.Parameter) -> bool:
    return isinstance(parameter.annotation, type) and issubclass(parameter.annotation, Body)


def _direct(endpoint: Callable[..., Coroutine[Any, Any, Response]], parameters: Mapping[str, Any]) -> Handler:
    bodies = [one for one in parameters.values() if _is_body(one)]
    callers = {name: one.annotation for name, one in parameters.items() if _is_caller(one)}
    (caller_of,) = {CALLERS[one] for one in callers.values()}
    houses = [name for name, one in parameters.items() if one.annotation is TheHouse]
    named = parameters.keys() - {one.name for one in bodies} - set(callers) - set(houses)
    path = {name: TypeAdapter(parameters[name].annotation) for name in named}

    async def direct(request: Request) -> Response:
        house = house_of(request)
        caller = await caller_of(request, house)
        given = {name: _checked(("path", name), read, request.path_params[name]) for name, read in path.items()}
        given |= {one.name: _body(one.annotation, request) for one in bodies}
        return await endpoint(**given, **dict.fromkeys(callers, caller), **dict.fromkeys(houses, house))

    return direct


def _body(kind: type[Body], request: Request) -> Body:
    if BODY not in request.scope:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return kind.model_validate(request.scope[BODY])
    except ValidationError as error:
        raise _invalid(("body",), error) from None


def _checked(where: tuple[str, ...], read: TypeAdapter[Any], text: str) -> Any:
    try:
        return read.validate_python(text)
    except ValidationError as error:
        raise _invalid(where, error) from None


def _invalid(where: tuple[str, ...], error: ValidationError) -> RequestValidationError:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**one, "loc": (*where, *one["loc"])} for one in found])
