"""The application: every room's routes in one FastAPI, inside the shell."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

import tuppence
from tuppence.core import Failure
from tuppence.http import problems
from tuppence.http.embed import Embedded
from tuppence.http.errors import Defect, InvalidRequest, MethodNotAllowed, NoSuchPlace
from tuppence.http.house import House, origin_of
from tuppence.http.openapi import document
from tuppence.http.reference import Reference
from tuppence.http.routes import ROUTERS
from tuppence.http.shell import CODE, REQUEST_ID, Shell
from tuppence.http.web import WebApp


def create_api() -> FastAPI:
    """Every endpoint and every refusal, without a house: enough to describe the API."""
    api = FastAPI(
        title="Tuppence",
        version=tuppence.__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False},
        generate_unique_id_function=lambda route: route.name,
        exception_handlers={
            Failure: _refuse,
            RequestValidationError: _refuse_invalid,
            HTTPException: _refuse_http,
            Exception: _refuse_defect,
        },
    )
    for router in ROUTERS:
        api.include_router(router)
    api.openapi = lambda: document(api)  # type: ignore[method-assign]  # FastAPI's own way to replace it
    return api


def create_app(house: House) -> ASGIApp:
    """What the server runs."""
    api = create_api()
    api.state.house = house
    api.router.routes.append(Route("/embed/{path:path}", Embedded().__call__, methods=["GET"]))
    reference = Reference(lambda: document(api))
    for place in ("/docs", "/docs/{path:path}"):
        api.router.routes.append(Route(place, reference.__call__, methods=["GET"]))
    api.router.routes.append(Route("/{path:path}", WebApp().__call__, methods=["GET"]))
    return Shell(api, origin=house.origin, vault_origin=origin_of(house.vault_url), note=house.requests.note)


def _problem(request: Request, failure: Failure, headers: dict[str, str] | None = None) -> Response:
    request.scope[CODE] = failure.code
    return problems.response(failure, instance=request.url.path, request_id=request.scope[REQUEST_ID], headers=headers)


async def _refuse(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, Failure)
    return _problem(request, failure)


async def _refuse_invalid(request: Request, error: Exception) -> Response:
    """Where it is wrong and which rule it breaks; never what stood there, not even the name of an unknown member."""
    assert isinstance(error, RequestValidationError)
    return _problem(request, InvalidRequest(errors=[_told(one) for one in error.errors()[:20]]))


def _told(error: dict[str, Any]) -> dict[str, str]:
    where, *path = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    return {
        "in": str(where),
        "pointer": "".join(f"/{step}" for step in (path[:-1] if unknown else path)),
        "code": "unknown_member" if unknown else error["type"],
        "detail": "A member here is not one of ours." if unknown else error["msg"],
    }


async def _refuse_http(request: Request, error: Exception) -> Response:
    """What the router and the framework refuse by themselves."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        return _problem(request, MethodNotAllowed(), headers)
    return _problem(request, NoSuchPlace() if error.status_code == 404 else InvalidRequest(errors=[]), headers)


async def _refuse_defect(request: Request, _: Exception) -> Response:
    return _problem(request, Defect())
