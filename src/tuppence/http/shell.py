"""What surrounds every request: its id, the guards before it, the headers after it, and an answer whatever happens.

Plain ASGI, outermost, so that nothing gets past it: not a 404 of the router, not a crash of the framework.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tuppence.core import Failure, uuid7
from tuppence.core.versions import NEWEST_VERSION
from tuppence.http import limits, problems, strict_json, versions
from tuppence.http.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Defect,
    ForeignOrigin,
    MalformedJson,
    NotForm,
    NotJson,
    UnknownVersion,
)
from tuppence.http.versions import VERSION

BODY = "tuppence.body"  # in the scope: the strictly read JSON value of the body; absent when there was no body
REQUEST_ID = "tuppence.request_id"
CODE = "tuppence.code"  # in the scope: of the problem that is answered
FORMS = ("/oauth/",)  # where a body is a form, since RFC 6749 says so; it is handed on as text
_DRAIN_BYTES_MAX = 32 * 1024 * 1024
_SLOW_SECONDS = 2.0
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Note = Callable[[Scope, str, int, float], None]  # scope, request id, status, seconds

log = structlog.get_logger()


class ClientGone(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


class Shell:
    """The outermost layer of the server."""

    def __init__(
        self, app: ASGIApp, *, origin: str, vault_origin: str, note: Note | None = None, body_seconds_max: float = 10
    ) -> None:
        """`origin` is where people find us; only pages from there may write. `note` hears of each answer."""
        self._body_seconds_max = body_seconds_max
        self._note = note
        self._app = app
        self._origin = origin
        self._headers = _encoded(_security_headers(origin, vault_origin))
        self._api_headers = [*self._headers, *_encoded({"Cache-Control": "no-store"})]
        self._of_version = {name: _encoded(versions.headers(name)) for name in versions.NAMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[REQUEST_ID] = str(uuid7())
        answer = _Answer(send, partial(self._headers_of, scope))
        limits.taken.set([])
        started_s = time.perf_counter()
        try:
            await self._admit(scope, receive)
            await self._app(scope, receive, answer.send)
        except ClientGone:
            return
        except Failure as failure:
            await answer.refuse(failure, scope, receive)
        except Exception as error:
            log.error("request.crashed", request_id=scope[REQUEST_ID], method=scope["method"], exc_info=error)
            await answer.refuse(Defect(), scope, receive)
        took_s = time.perf_counter() - started_s
        if self._note and answer.status:
            self._note(scope, scope[REQUEST_ID], answer.status, took_s)
        patient = "wait=" in str(scope["query_string"]) or scope["path"].endswith("/stream")
        if took_s > _SLOW_SECONDS and not patient:
            log.warning("request.slow", request_id=scope[REQUEST_ID], took_ms=round(took_s * 1000))

    def _headers_of(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """What every answer carries, as is known when it begins."""
        own = (b"request-id", scope[REQUEST_ID].encode())
        if not scope["path"].startswith("/v1/"):
            return [*self._headers, own]
        return [*self._api_headers, *self._of_version[scope.get(VERSION, NEWEST_VERSION)], own]

    async def _admit(self, scope: Scope, receive: Receive) -> None:
        """Refuse what no endpoint has to see, and read the body once, strictly."""
        named = Headers(scope=scope).get("x-api-version")
        if named is not None and named not in versions.NAMES:
            raise UnknownVersion(known=list(versions.NAMES))
        if named is not None:
            versions.pin(scope, named)
        if scope["method"] not in _WRITES:
            return
        headers = Headers(scope=scope)
        if headers.get("origin", self._origin) != self._origin:
            raise ForeignOrigin
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            return
        bytes_max = _bytes_max(scope["path"], headers)
        if _length(headers) > bytes_max:
            raise BodyTooLarge(bytes_max=bytes_max)
        body = await _whole(receive, self._body_seconds_max, bytes_max)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["path"].startswith(FORMS):
            scope[BODY] = _form(kind, body)
            return
        if kind != "application/json":
            raise NotJson
        scope[BODY] = strict_json.load(body, bytes_max)


class _Answer:
    """The way out: adds the headers that every answer has, and knows with which status it was begun."""

    def __init__(self, send: Send, headers: Callable[[], list[tuple[bytes, bytes]]]) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name for name, _ in message["headers"]}
            if b"content-security-policy" in own:  # it says itself who may frame it, as the older header cannot
                own.add(b"x-frame-options")
            more = [*self._headers(), *_encoded(limits.headers(limits.taken.get() or ()))]
            message["headers"] = [*message["headers"], *(pair for pair in more if pair[0] not in own)]
        await self._send(message)

    async def refuse(self, failure: Failure, scope: Scope, receive: Receive) -> None:
        """Answer with a problem, unless an answer is under way: then nothing true can be added to it."""
        if self.status:
            return
        scope[CODE] = failure.code
        headers = {}
        if isinstance(failure, BodyTooLarge | BodyTooSlow):
            headers["Connection"] = "close"
            await _drain(receive)
        response = problems.response(failure, instance=scope["path"], request_id=scope[REQUEST_ID], headers=headers)
        await response(scope, receive, self.send)


def _length(headers: Headers) -> int:
    """What the client says of its body's length; 0 if nothing. Raises: MalformedJson."""
    told = headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()):
        raise MalformedJson(reason="no_length")
    return int(told[:12])  # a longer one is too long anyway


def _form(kind: str, body: bytes) -> str:
    """Raises: NotForm."""
    if kind != "application/x-www-form-urlencoded" or not body.isascii():
        raise NotForm
    return body.decode()


def _bytes_max(path: str, headers: Headers) -> int:
    """Batches for the ledger and of usage may be large, from programs that bring a key; nothing else may."""
    batch = path.startswith(("/v1/ledger/", "/v1/ads/events/")) and headers.get("authorization", "").startswith(
        "Bearer tup_"
    )
    return strict_json.BATCH_BYTES_MAX if batch else strict_json.BODY_BYTES_MAX


async def _whole(receive: Receive, seconds_max: float, bytes_max: int) -> bytes:
    """The body, not a byte more than permitted. Raises: BodyTooLarge, BodyTooSlow, ClientGone."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message.get("body", b""))
    chunks, size = [message], 0
    try:
        async with asyncio.timeout(seconds_max):
            while chunks[-1].get("more_body"):
                size += len(chunks[-1].get("body", b""))
                if size > bytes_max:
                    raise BodyTooLarge(bytes_max=bytes_max)
                chunks.append(await receive())
    except TimeoutError:
        raise BodyTooSlow from None
    if chunks[-1]["type"] == "http.disconnect":
        raise ClientGone
    return b"".join(chunk.get("body", b"") for chunk in chunks)


async def _drain(receive: Receive) -> None:
    """Swallow the rest of a body for a moment: a client that still sends would never read the answer."""
    size = 0
    try:
        async with asyncio.timeout(2):
            while size < _DRAIN_BYTES_MAX:
                message = await receive()
                size += len(message.get("body", b""))
                if not message.get("more_body"):
                    return
    except TimeoutError:
        return


def content_policy(origin: str, vault_origin: str, ancestors: str = "") -> str:
    """What a page of ours may load, and whose pages may frame it."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": f"'self' {origin.replace('http', 'ws', 1)}",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "frame-src": vault_origin,
        "frame-ancestors": ancestors or "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "tuppence",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _security_headers(origin: str, vault_origin: str) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": content_policy(origin, vault_origin),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if origin.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """As ASGI carries them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def body_of(scope: Scope) -> Any:
    """The request's JSON value, or None if it had no body."""
    return scope.get(BODY)
