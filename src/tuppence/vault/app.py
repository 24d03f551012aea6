"""The vault over HTTP: a page for people's browsers, five verbs for server and worker, and the loops beside them."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from typing import cast

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tuppence.core import Failure, uuid7
from tuppence.db import Database
from tuppence.vault import answers, bodies, page
from tuppence.vault.attempts import Attempts
from tuppence.vault.cards import Cards, Why
from tuppence.vault.enrolment import Bins, Enrolment
from tuppence.vault.errors import (
    BodyRefused,
    BodyTooLarge,
    KeyFileRefused,
    KeysRefused,
    NoBearer,
    NotHere,
    OriginRefused,
    ShareRefused,
    TicketUsed,
)
from tuppence.vault.harden import scrub, told
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.limits import Limits
from tuppence.vault.model import Form, Settings
from tuppence.vault.network import Acquirer, Network, Secret
from tuppence.vault.reversals import Reversals
from tuppence.vault.rotation import Rotation
from tuppence.vault.stand_ins import StandIns
from tuppence.vault.traces import CALLERS, Alarms
from tuppence.vault.updates import Updates

log = structlog.get_logger()

_FORM_BYTES = 16 * 1024
_CALL_BYTES = 512 * 1024
_ASK_S = 5.0  # how often cards without a network token are looked for
_SWEEP_S = 30.0


def application(
    database: Database,
    keys: Keyring,
    rail: Network,
    bins: Bins,
    settings: Settings,
    *,
    static: Traversable | None = None,
) -> Starlette:
    """The vault, ready to be served. Its reversals and its sweep run for as long as it does.

    Raises at start: KeyFileRefused if the database holds cards that these keys cannot open; NotBuilt.
    """
    return _Vault(database, keys, rail, bins, settings, static).app()


def server(app: ASGIApp, *, host: str, port: int, trusted_proxies: str = "127.0.0.1") -> uvicorn.Server:
    """As the vault is to be served: no access log of the server's, which would write query strings."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
            timeout_keep_alive=30,
        )
    )


class _Vault:
    def __init__(
        self,
        database: Database,
        keys: Keyring,
        rail: Network,
        bins: Bins,
        settings: Settings,
        static: Traversable | None,
    ) -> None:
        to_reverse, limits = asyncio.Event(), Limits(settings.rates)
        self._database = database
        self._keys = keys
        self._settings = settings
        self._acquirer = cast(Acquirer, rail) if settings.acquirer_origin else None
        self._page = page.Page.load(settings, static)
        self._cards = Cards(database, keys, now=_now, limits=limits)
        self._rotation = Rotation(database, keys, self._cards, now=_now)
        self._alarms = Alarms(database, now=_now)
        self._updates = Updates(database, keys, rail, bins, settings, now=_now)
        self._enrolment = Enrolment(database, keys, rail, bins, settings, now=_now)
        self._stand_ins = StandIns(database, keys, rail, now=_now) if settings.network_tokens else None
        self._attempts = Attempts(
            database, keys, rail, now=_now, to_reverse=to_reverse, limits=limits, stand_ins=self._stand_ins
        )
        self._reversals = Reversals(
            database,
            self._attempts,
            rail,
            now=_now,
            wake=to_reverse,
            waits_s=settings.reversal_waits_s,
            case_tries=settings.reversal_case_tries,
        )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/card-form", self._form),
                Route("/card-form/cards", self._tokenize, methods=["POST"]),
                Route("/card-form/sandbox-cards", self._sandbox_cards),
                Route("/card-form/{name}", self._file),
                Route("/v1/test-cards", self._test_cards, methods=["POST"]),
                Route("/v1/store-test-card", self._store_test_card, methods=["POST"]),
                Route("/v1/describe", self._describe, methods=["POST"]),
                Route("/v1/refresh", self._refresh, methods=["POST"]),
                Route("/v1/use", self._use, methods=["POST"]),
                Route("/v1/inquire", self._inquire, methods=["POST"]),
                Route("/v1/delete", self._delete, methods=["POST"]),
                Route("/v1/rewrap", self._rewrap, methods=["POST"]),
                Route("/v1/reseal", self._reseal, methods=["POST"]),
                Route("/v1/add-version", self._add_version, methods=["POST"]),
                Route("/v1/retire", self._retire, methods=["POST"]),
                Route("/v1/unlock", self._unlock, methods=["POST"]),
                Route("/v1/reshare", self._reshare, methods=["POST"]),
                Route("/v1/reshare/confirm", self._confirm, methods=["POST"]),
                Route("/v1/cases", self._cases, methods=["POST"]),
                Route("/health", self._health),
            ],
            middleware=[Middleware(Guard, headers=page.headers(self._settings))],
            exception_handlers={Failure: _refused, HTTPException: _not_here},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        scrub(asyncio.get_running_loop())
        if self._keys.status["status"] == "ok":
            await self._cards.prove(self._keys.keks)
        works = [self._reversals.run(), self._sweep(), *([self._ask(self._stand_ins)] if self._stand_ins else [])]
        loops = [asyncio.create_task(one) for one in works]
        yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._cards.sweep()
            except Exception as error:
                told("sweep", error)
            await asyncio.sleep(_SWEEP_S)

    async def _ask(self, stand_ins: StandIns) -> None:
        while True:
            try:
                while await stand_ins.ask():
                    pass
            except Exception as error:
                told("network tokens", error)
            await asyncio.sleep(_ASK_S)

    # - for browsers --------------------------------------------------------------------------------------------------

    async def _form(self, _: Request) -> Response:
        return self._page.file(self._page.main)

    async def _file(self, request: Request) -> Response:
        return self._page.file(request.path_params["name"])

    async def _sandbox_cards(self, _: Request) -> Response:
        if not self._settings.sandbox or self._acquirer:
            raise NotHere  # in token mode the acquirer's page offers them: no number is even listed here
        cards = [
            {name: getattr(one, name) for name in ("label", "bank", "hint", "exp_month", "exp_year", "cvv", "zip")}
            | {"number": one.number.reveal()}
            for one in self._settings.sandbox_cards
        ]
        return answers.answer({"cards": cards})

    async def _tokenize(self, request: Request) -> Response:
        if request.headers.get("origin") != self._settings.origin:
            raise OriginRefused
        _ = self._keys.keks  # before anything is asked of a bank
        raw = await _raw(request, _FORM_BYTES)
        address = request.client.host if request.client else "?"
        if self._acquirer:
            hosted = bodies.HostedBody.read(raw)
            token = await self._enrolment.adopt(hosted.ticket, hosted.once, self._acquirer, address=address)
        else:
            body = bodies.FormBody.read(raw)
            token = await self._enrolment.tokenize(body.ticket, body.form, address=address)
        return answers.answer({"token": token}, 201)

    # - for server and worker -----------------------------------------------------------------------------------------

    async def _test_cards(self, request: Request) -> Response:
        """What a sandbox has, by what each does. Their numbers stay here."""
        bodies.NothingBody.read(await self._call(request))
        offered = self._settings.sandbox_cards
        return answers.answer({"cards": [{"card": one.name, "bank": one.bank, "hint": one.hint} for one in offered]})

    async def _store_test_card(self, request: Request) -> Response:
        """Store one as if somebody had typed it into the form: its bank is asked, and may say no. Once by a ticket."""
        body = bodies.TestCardBody.read(await self._call(request))
        offered = [one for one in self._settings.sandbox_cards if one.name == body.card]
        chosen = next((one for one in offered if body.bank in (None, one.bank)), None)
        if chosen is None:
            return answers.answer({"token": None, "code": "unknown"})
        typed = (chosen.number, chosen.exp_month, chosen.exp_year, Secret(chosen.cvv), Secret(chosen.zip))
        try:  # a program comes from no address: each try is one of its own, and the person's tries are counted
            token = await self._enrolment.tokenize(body.ticket, Form(*typed, body.keep), address=str(uuid7()))
        except TicketUsed:  # asked again: the card that is there
            token = await self._enrolment.stored(body.ticket)
        except Failure as refused:
            return answers.answer({"token": None, "code": refused.code})
        return answers.answer({"token": token, "code": None})

    async def _describe(self, request: Request) -> Response:
        body = bodies.TokensBody.read(await self._call(request))
        cards = await self._cards.describe(body.tokens, Why(_caller(request), body.reason))
        return answers.answer({"cards": [answers.card(one) for one in cards]})

    async def _refresh(self, request: Request) -> Response:
        body = bodies.TokensBody.read(await self._call(request))
        cards = await self._updates.refresh(body.tokens, Why(_caller(request), body.reason))
        return answers.answer({"cards": [answers.card(one) for one in cards]})

    async def _use(self, request: Request) -> Response:
        """A line of JSON for each outcome, in the order in which they come: who waits for a slow bank waits alone."""
        body = bodies.UseBody.read(await self._call(request))
        told = self._attempts.use_each([one.ask for one in body.attempts], caller=_caller(request))
        lines = (answers.line(result, str(body.attempts[place].id)) async for place, result in told)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def _inquire(self, request: Request) -> Response:
        body = bodies.InquireBody.read(await self._call(request))
        results = await self._attempts.inquire(body.attempts)
        told_of = zip(results, body.attempts, strict=True)
        return answers.answer({"outcomes": [answers.outcome(result, str(one)) for result, one in told_of]})

    async def _delete(self, request: Request) -> Response:
        body = bodies.TokensBody.read(await self._call(request))
        deleted = await self._cards.delete(body.tokens, Why(_caller(request), body.reason))
        return answers.answer({"deleted": deleted})

    # - for operators and custodians ----------------------------------------------------------------------------------

    async def _rewrap(self, request: Request) -> Response:
        bodies.NothingBody.read(await self._call(request))
        done, left = await self._rotation.rewrap()
        return answers.answer({"rewrapped": done, "left": left})

    async def _reseal(self, request: Request) -> Response:
        body = bodies.ResealBody.read(await self._call(request))
        done, left = await self._rotation.reseal(body.before)
        return answers.answer({"resealed": done, "left": left})

    async def _add_version(self, request: Request) -> Response:
        bodies.NothingBody.read(await self._call(request))
        return answers.answer({"version": await self._rotation.add_version()})

    async def _retire(self, request: Request) -> Response:
        bodies.NothingBody.read(await self._call(request))
        return answers.answer({"destroyed": await self._rotation.retire()})

    async def _unlock(self, request: Request) -> Response:
        """One custodian's share; the vault opens with the last that it takes."""
        body = bodies.ShareBody.read(await self._call(request, locked=True))
        try:
            async with self._ringing():
                keks = self._keys.offer(body.share.get_secret_value())
            if keks is not None:
                await self._cards.prove(keks)
                self._keys.take(keks)
        except KeyFileRefused:
            await self._alarms.ring("wrong_keys", "unlock")
            raise KeysRefused from None
        log.info("share_taken", **self._keys.status)
        return answers.answer(self._keys.status)

    async def _reshare(self, request: Request) -> Response:
        """One custodian's old share; the new ones with the last that it takes. They do not count yet."""
        body = bodies.ReshareBody.read(await self._call(request))
        async with self._ringing():
            made = self._keys.resharing.ask(body.share.get_secret_value(), body.split)
        return answers.answer(self._keys.resharing.progress | {"shares": [one.text for one in made]})

    async def _confirm(self, request: Request) -> Response:
        """One custodian's new share; with the last that it takes the old ones are void."""
        body = bodies.ShareBody.read(await self._call(request))
        async with self._ringing():
            done = self._keys.confirm(body.share.get_secret_value())
        log.info("share_confirmed", done=done)
        return answers.answer({"done": done} | self._keys.resharing.progress)

    @asynccontextmanager
    async def _ringing(self) -> AsyncIterator[None]:
        """A wrong share is somebody's business, whatever it was given for."""
        try:
            yield
        except ShareRefused as refused:
            await self._alarms.ring("wrong_share", refused.facts["reason"])
            raise

    async def _cases(self, request: Request) -> Response:
        bodies.NothingBody.read(await self._call(request, locked=True))
        return answers.answer({"cases": [answers.case(one) for one in await self._reversals.cases()]})

    async def _health(self, _: Request) -> Response:
        """What monitoring asks for: whether it works, what rang within a day, and what waits for a person."""
        told = {"alarms": await self._alarms.recent(), "cases": len(await self._reversals.cases())}
        return answers.answer(self._keys.status | told)

    async def _call(self, request: Request, *, locked: bool = False) -> bytes:
        """The body of a call by server or worker. Raises NoBearer; VaultLocked, unless it may come before the keys."""
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._settings.shared.authorization.encode()):
            raise NoBearer
        if not locked:
            _ = self._keys.keks
        return await _raw(request, _CALL_BYTES)


class Guard:
    """Around every request: the headers, one log line without query or body, and no exception that says what it saw."""

    def __init__(self, app: ASGIApp, *, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            told("defect", error)
            if not status:
                await answers.defect()(scope, receive, send_guarded)
        took_ms = round((time.monotonic() - began) * 1000, 1)
        log.info("call", method=scope["method"], path=_known_path(scope), status=status, took_ms=took_ms)


def _caller(request: Request) -> str:
    """Who calls, as it says of itself: whoever holds the key is believed, and the log tells them apart."""
    told = request.headers.get("tuppence-caller", "")
    return told if told in CALLERS else "unknown"


def _known_path(scope: Scope) -> str:
    """The path if it is one of ours: anything else is somebody's text, and may be a number."""
    return scope["path"] if scope.get("endpoint") and not scope.get("path_params") else "…"


async def _refused(_: Request, failure: Exception) -> Response:
    assert isinstance(failure, Failure)
    return answers.problem(failure)


async def _not_here(_: Request, __: Exception) -> Response:
    return answers.problem(NotHere())


async def _raw(request: Request, most: int) -> bytes:
    """The body as JSON's bytes, never more of it in memory than may be. Raises BodyRefused, BodyTooLarge."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise BodyRefused(reason="not_json")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise BodyTooLarge(bytes_max=most)
    return bytes(raw)


def _now() -> datetime:
    return datetime.now(UTC)
