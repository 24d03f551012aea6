"""Every refusal as a problem document: RFC 9457, with a stable `code`, its facts, and never a word of the input."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.responses import Response

from tuppence.core import Failure, Kind

MEDIA_TYPE = "application/problem+json"
_PAGE = "https://github.com/tuppence/tuppence/blob/main/docs/problems.md"
_STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.REFUSED: 402,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
_RETRYABLE = {429, 503}


def status_of(failure: Failure | type[Failure]) -> int:
    """The status that a failure's kind has, or the one that it names itself."""
    return getattr(failure, "status", None) or _STATUS[failure.kind]


def document(failure: Failure, *, instance: str, request_id: str) -> dict[str, Any]:
    """The members that every problem has, and the failure's facts beside them."""
    status = status_of(failure)
    return {
        **failure.facts,
        "type": f"{_PAGE}#{failure.code}",
        "title": failure.code.replace("_", " ").capitalize(),
        "status": status,
        "detail": failure.sentence(),
        "instance": instance,
        "code": failure.code,
        "request_id": request_id,
        "retryable": status in _RETRYABLE,
    }


def response(failure: Failure, *, instance: str, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that says so. `Retry-After` when the failure knows how long."""
    told = document(failure, instance=instance, request_id=request_id)
    also = dict(headers or {})
    if "retry_after_seconds" in failure.facts:
        also["Retry-After"] = str(failure.facts["retry_after_seconds"])
    if told["status"] == 401:
        also["WWW-Authenticate"] = 'Bearer realm="tuppence"'
    return Response(render(told), told["status"], also, MEDIA_TYPE)


def render(value: Any) -> bytes:
    """JSON as we write it: compact, UTF-8, times in UTC."""
    return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """What JSON has no word for, as text or an object."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


def refuses(*failures: type[Failure]) -> dict[int | str, dict[str, Any]]:
    """What an endpoint can refuse, as FastAPI's `responses`: this list becomes the documentation."""
    by_status: dict[int, list[type[Failure]]] = defaultdict(list)
    for failure in failures:
        by_status[status_of(failure)].append(failure)
    return {status: described(status, some) for status, some in by_status.items()}


def described(status: int, failures: list[type[Failure]]) -> dict[str, Any]:
    """One status of one endpoint, with an example for each code."""
    examples = {
        failure.code: {"summary": failure.sentence(), "value": document(failure(), instance="/v1/…", request_id="…")}
        for failure in sorted(failures, key=lambda one: one.code)
    }
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: media}}
