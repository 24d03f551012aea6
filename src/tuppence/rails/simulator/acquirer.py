"""The sandbox's acquirer, for token mode: it shows the card fields, keeps the numbers, and passes messages on.

An ASGI application by hand, since nothing else here needs a web framework. Towards the simulated network it is a member
like any other. What it keeps is its own, in a file of its own: it is not of our house.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tuppence.rails.card import sandbox_cards, wire
from tuppence.rails.card.bins import bin_of, luhn_holds
from tuppence.rails.card.connector import Iso8583Network

_TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css"}
_MOST_BYTES = 64 * 1024
_FORM = ("number", "exp_month", "exp_year", "cvv", "zip", "keep")

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class _No(Exception):
    """An answer that is none: status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class HostedCards:
    """The application. `files` are the card form's, filled in for the vault's page that frames it."""

    def __init__(
        self, network: Iso8583Network, kept: Path, *, files: Mapping[str, bytes], authorization: str, framed_by: str
    ) -> None:
        self._network = network
        self._kept = kept
        self._files = files
        self._authorization = authorization.encode()
        self._framed_by = framed_by
        self._typed: dict[str, dict[str, Any]] = {}  # by the name for one use; a security code lives here and no longer
        self._cards = _read(kept)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            kind, body = await self._answer(scope, await _body(receive))
            await self._send(send, 200, kind, body)
        except _No as no:
            await self._send(send, no.status, "application/json", json.dumps({"code": no.code}).encode())

    async def _answer(self, scope: Mapping[str, Any], raw: bytes) -> tuple[str, bytes]:
        path = scope["path"]
        name = path.removeprefix("/card-form").strip("/") or "card-form.html"
        if scope["method"] == "GET" and path == "/card-form/sandbox-cards":
            return "application/json", json.dumps({"cards": _offered()}).encode()
        if scope["method"] == "GET" and path.startswith("/card-form") and name in self._files:
            return _TYPES[name.rsplit(".", 1)[1]], self._files[name]
        if scope["method"] != "POST":
            raise _No(404, "not_here")
        told = await self._verb(path, dict(scope["headers"]), _json(raw))
        return "application/json", json.dumps(told).encode()

    async def _verb(self, path: str, headers: Mapping[bytes, bytes], body: dict[str, Any]) -> dict[str, Any]:
        if path == "/card-form/cards":
            return self._take(body)
        verbs = {
            "/v1/redeem": self._redeem,
            "/v1/financial": self._financial,
            "/v1/reverse": self._reverse,
            "/v1/inquire": self._inquire,
            "/v1/renewed": self._renewed,
        }
        if path not in verbs:
            raise _No(404, "not_here")
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._authorization):
            raise _No(401, "unauthenticated")
        try:
            return await verbs[path](body)
        except (KeyError, ValueError, TypeError):
            raise _No(422, "body_refused") from None

    def _take(self, body: dict[str, Any]) -> dict[str, Any]:
        """From the page: what is wrong without asking anybody is said at once."""
        form = {name: body.get(name) for name in _FORM}
        number = "".join(one for one in str(form["number"]) if one not in " -")
        if not (number.isascii() and number.isdigit() and 13 <= len(number) <= 19 and luhn_holds(number)):
            raise _No(422, "number_invalid")
        if bin_of(number) is None:
            raise _No(402, "unknown_card")
        once = f"once_{_random()}"
        self._typed[once] = form | {"number": number}
        return {"token": once}

    async def _redeem(self, body: dict[str, Any]) -> dict[str, Any]:
        typed = self._typed.pop(body["once"], None)
        if typed is None:
            raise _No(422, "body_refused")
        number, ask = typed["number"], wire.check_of(typed)
        outcome = wire.told_of(await self._network.check(ask))
        if outcome["state"] != "accepted":
            return outcome
        about = bin_of(number)
        assert about is not None, "looked at when it was typed"
        token = f"acq_{_random()}"
        self._keep(token, number)
        return {
            "card": {
                "token": token,
                "identity": hashlib.sha256(self._authorization + number.encode()).hexdigest(),
                "last4": number[-4:],
                "exp_month": ask.card.exp_month,
                "exp_year": ask.card.exp_year,
                "keep": typed["keep"] is True,
                "about": asdict(about),
            }
        }

    async def _financial(self, body: dict[str, Any]) -> dict[str, Any]:
        number = self._cards.get(body["card"]["token"]) if "card" in body else None
        if "card" in body and number is None:
            return wire.refused("14", "invalid_card")
        return wire.told_of(await self._network.financial(wire.financial_of(body, number)))

    async def _reverse(self, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "acknowledged": await self._network.reverse(wire.original_of(body["of"]), repeat=body["repeat"] is True)
        }

    async def _inquire(self, body: dict[str, Any]) -> dict[str, Any]:
        return wire.told_of(await self._network.inquire(wire.original_of(body["of"])))

    async def _renewed(self, body: dict[str, Any]) -> dict[str, Any]:
        """The new date. A new number is the acquirer's own business: its token stays the card's name."""
        token = body["card"]["token"]
        number = self._cards.get(token)
        told = await self._network.renewed(wire.card_of(body["card"], number)) if number else None
        if told and told.number:
            self._keep(token, told.number.reveal())
        return {"exp_month": told.exp_month, "exp_year": told.exp_year} if told else {}

    def _keep(self, token: str, number: str) -> None:
        self._cards[token] = number
        with self._kept.open("a") as file:
            file.write(f"{token} {number}\n")
        self._kept.chmod(0o600)

    async def _send(self, send: Send, status: int, kind: str, body: bytes) -> None:
        policy = f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; {self._framed_by}"
        headers = {"content-type": kind, "cache-control": "no-store", "content-security-policy": policy}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


def filled_in(files: Mapping[str, bytes], framed_by: str) -> dict[str, bytes]:
    """The card form's files with the vault's origin where the app's would be: that page frames this one."""
    page = files["card-form.html"].decode().replace("{{app-origin}}", framed_by).replace("{{sandbox}}", "yes")
    return {**files, "card-form.html": page.encode()}


def _offered() -> list[dict[str, Any]]:
    names = ("label", "bank", "hint", "exp_month", "exp_year", "cvv", "zip")
    return [{name: getattr(one, name) for name in names} | {"number": one.number.reveal()} for one in sandbox_cards()]


def _read(kept: Path) -> dict[str, str]:
    if not kept.exists():
        return {}
    pairs = (line.split() for line in kept.read_text().splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _random() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()


def _json(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _No(422, "body_refused")
    return body


async def _body(receive: Receive) -> bytes:
    raw = bytearray()
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if len(raw) > _MOST_BYTES:
            raise _No(413, "body_too_large")
        if not message.get("more_body"):
            return bytes(raw)
