"""docs/openapi.json: FastAPI's own description, with our problems in the place of its errors."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

import tuppence
from tuppence.http import problems
from tuppence.http.errors import (
    BodyTooLarge,
    ForeignOrigin,
    InvalidRequest,
    MalformedJson,
    NotJson,
    NotSignedIn,
    TooManyRequests,
    UnacceptableValue,
)
from tuppence.http.schemas import Problem

_DESCRIPTION = """Money between friends, inside the conversation.

Amounts are whole minor units (`amount_minor`) with an ISO 4217 `currency`; ids are UUIDs in lower case, those that a
client makes are UUIDv7; times are RFC 3339 in UTC. Every refusal is a problem document (RFC 9457) with a stable
`code`. What is created by `PUT` takes an id that the client mints once per intention: repeat it until it is answered.
"""
_ALWAYS = (NotSignedIn, TooManyRequests)
_WITH_BODY = (MalformedJson, BodyTooLarge, NotJson, UnacceptableValue)


def document(api: FastAPI) -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    told = get_openapi(
        title=api.title, version=tuppence.__version__, routes=api.routes, description=_DESCRIPTION, summary=None
    )
    schemas = told["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = {**problem, "additionalProperties": True}
    told["components"]["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-tuppence"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    told["security"] = [{"cookie": []}, {"bearer": []}]
    for path in told["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return told


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add what any endpoint can refuse to what this one names, and drop what FastAPI assumed."""
    refusals = [] if operation.get("security") == [] else list(_ALWAYS)
    if method != "get":
        refusals.append(ForeignOrigin)
    if "requestBody" in operation:
        refusals += _WITH_BODY
    if "422" in operation["responses"]:
        refusals.append(InvalidRequest)
        operation["responses"]["422"]["content"].pop("application/json", None)
    for status, response in problems.refuses(*refusals).items():
        known = operation["responses"].setdefault(str(status), response)
        examples = response["content"][problems.MEDIA_TYPE]["examples"]
        media = known.setdefault("content", {}).setdefault(
            problems.MEDIA_TYPE, response["content"][problems.MEDIA_TYPE]
        )
        media["examples"] = dict(sorted({**media.get("examples", {}), **examples}.items()))
    for response in operation["responses"].values():
        content = response.get("content", {})
        if problems.MEDIA_TYPE in content:
            content.pop("application/json", None)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def text(api: FastAPI) -> str:
    """As the file in docs/ has it."""
    return json.dumps(document(api), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
