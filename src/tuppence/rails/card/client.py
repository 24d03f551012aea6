"""How server and worker call the vault. Tokens go there and facts come back; no card number is ever in sight."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import structlog

from tuppence.core import Failure, Kind
from tuppence.vault import tickets
from tuppence.vault.keys import SharedKeys

T = TypeVar("T")
log = structlog.get_logger()

_DONE_NOTHING = frozenset({"vault_locked", "keys_away", "too_many_reads"})
_PAUSES_S = (0.1, 0.5)  # between three tries of the same call


class VaultUnavailable(Failure):
    """The card vault cannot be reached. Nothing was sent to any bank."""

    kind = Kind.UNAVAILABLE
    code = "vault_unavailable"


class VaultRefused(Exception):
    """The vault did not take a call of ours: a defect, or keys that do not belong together."""


class _Silent(Exception):
    """The call was written and not answered: it may have been done."""


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card of the sandbox, by what it does."""

    card: str
    bank: str
    hint: str


@dataclass(frozen=True, slots=True)
class StoredTestCard:
    """A test card's token; or why there is none: `unknown`, or as the form says it."""

    token: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the vault tells of a token."""

    token: str
    person_id: UUID
    brand: str
    funding: str
    last4: str
    exp_month: int
    exp_year: int
    bank: str
    country: str
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    regulated: bool
    fingerprint: str
    keep: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One rail request under an id of the caller's. `of` is the debit or purchase that a refund gives back; category
    (ISO 18245) and what the buyer's statement `says`, 21 characters of ASCII, are a purchase's.
    """

    id: UUID
    kind: str  # debit, purchase, push, refund
    token: str
    amount_minor: int
    currency: str
    payment_id: UUID
    of: UUID | None = None
    category: str | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the vault knows of an attempt, and what came along.

    `state`: accepted, declined, unknown, reversed (a debit proven dead), never_seen (by the network, so far), or
    refused (by the vault, which has not sent it; `code` says why).
    """

    attempt_id: UUID
    state: str
    code: str | None = None
    decline_code: str | None = None
    response_code: str | None = None
    approval: str | None = None
    rrn: str | None = None
    stan: int | None = None
    trace: str | None = None
    fast_funds: bool | None = None
    network_at: datetime | None = None
    never_seen_since: datetime | None = None


class VaultClient:
    """Every call may be repeated: the vault knows attempts by their ids. So a call without answer is tried again."""

    def __init__(self, url: str, keys: SharedKeys, *, answer_s: float = 30.0, caller: str = "worker") -> None:
        """`answer_s` must be longer than the vault waits for the network; the access log names the `caller`."""
        self._keys = keys
        self._http = httpx2.AsyncClient(
            base_url=url,
            headers={"Authorization": keys.authorization, "Tuppence-Caller": caller},
            timeout=httpx2.Timeout(answer_s, connect=2.0),
            trust_env=False,
        )

    async def __aenter__(self) -> "VaultClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def describe(self, tokens: Sequence[str], *, reason: str = "adopt") -> list[CardFacts | None]:
        """What each token stands for; None for a token that is not (any more). Raises: VaultUnavailable."""
        answer = await self._read("/v1/describe", {"tokens": list(tokens), "reason": reason})
        return [_filled(CardFacts, row) if row else None for row in answer["cards"]]

    async def test_cards(self) -> list[TestCard]:
        """What a sandbox's vault has to try things with; nothing where money is real. Raises: VaultUnavailable."""
        return [TestCard(**one) for one in (await self._read("/v1/test-cards", {}))["cards"]]

    async def store_test_card(self, ticket: str, card: str, bank: str | None, *, keep: bool) -> StoredTestCard:
        """Store one as the form would. Raises: VaultUnavailable."""
        asked = {"ticket": ticket, "card": card, "bank": bank, "keep": keep}
        return StoredTestCard(**await self._read("/v1/store-test-card", asked))

    async def use(self, asks: Sequence[Use]) -> list[Told]:
        """As `use_each`, to the last, in the order of the asks."""
        told = {one.attempt_id: one async for one in self.use_each(asks)}
        return [told[ask.id] for ask in asks]

    async def use_each(self, asks: Sequence[Use]) -> AsyncIterator[Told]:
        """Ask for rail requests, each under an id of its own, and tell of each as soon as the vault does.

        Safe to repeat. What the vault does not answer, though it may have heard it, is told as unknown.
        Raises: VaultUnavailable when provably nothing was asked of what was not told of yet.
        """
        left = {ask.id: ask for ask in asks}
        with suppress(_Silent):
            async for row in self._ask("/v1/use", lambda: {"attempts": [_row(ask) for ask in left.values()]}):
                told = _filled(Told, row)
                del left[told.attempt_id]
                yield told
        for one in left:
            yield Told(one, "unknown")

    async def inquire(self, ids: Sequence[UUID]) -> list[Told]:
        """What became of attempts, order kept. No answer is told as unknown. Raises: VaultUnavailable."""
        try:
            answer = await self._call("/v1/inquire", {"attempts": [str(one) for one in ids]})
        except _Silent:
            return [Told(one, "unknown") for one in ids]
        told = [_filled(Told, row) for row in answer["outcomes"]]
        assert [one.attempt_id for one in told] == list(ids), "the vault answers in order"
        return told

    async def refresh(self, tokens: Sequence[str], *, reason: str = "expired") -> list[CardFacts | None]:
        """The same after the account updater was asked for new dates. Raises: VaultUnavailable."""
        answer = await self._read("/v1/refresh", {"tokens": list(tokens), "reason": reason})
        return [_filled(CardFacts, row) if row else None for row in answer["cards"]]

    async def delete(self, tokens: Sequence[str], *, reason: str = "no longer needed") -> None:
        """Forget cards for good. Raises: VaultUnavailable: call again."""
        await self._read("/v1/delete", {"tokens": list(tokens), "reason": reason})

    def ticket(self, person_id: UUID, purpose: str, *, origin: str, nonce: str | None = None) -> tuple[str, datetime]:
        """A slip that opens the card form once, for five minutes, in a frame of `origin`; and when it expires.

        With a `nonce` it is once for all slips that have the same.
        """
        text, ticket = tickets.mint(
            self._keys.ticket,
            person_id=person_id,
            purpose=purpose,
            origin=origin,
            now=datetime.now(UTC),
            nonce=nonce,
        )
        return text, ticket.expires_at

    async def _read(self, path: str, body: dict[str, Any]) -> Any:
        try:
            return await self._call(path, body)
        except _Silent:
            raise VaultUnavailable from None

    async def _call(self, path: str, body: dict[str, Any]) -> Any:
        """One answer. Raises as `_ask` does."""
        (answer,) = [one async for one in self._ask(path, lambda: body)]
        return answer

    async def _ask(self, path: str, body: Callable[[], dict[str, Any]]) -> AsyncIterator[Any]:
        """The lines of an answer, each JSON. If they break off it is asked again, for what is wanted by then.

        Raises: VaultUnavailable if no try was written, _Silent if one was, VaultRefused.
        """
        written = False
        for pause_s in (*_PAUSES_S, None):
            try:
                async with self._http.stream("POST", path, json=body()) as response:
                    if await _turned_away(response):
                        break
                    written = True
                    if response.status_code < 500:
                        async for line in _lines(response):
                            yield json.loads(line)
                        return
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
                pass
            except httpx2.ReadTimeout:
                raise _Silent from None
            except httpx2.TransportError:
                written = True
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        log.warning("vault_silent", path=path, written=written)
        raise _Silent if written else VaultUnavailable


async def _turned_away(response: httpx2.Response) -> bool:
    """At the door, with nothing done: the vault waits for custodians or its key service, or we ask too much."""
    if response.status_code not in (429, 503):
        return False
    await response.aread()
    try:
        return response.json().get("code") in _DONE_NOTHING
    except (ValueError, AttributeError):
        return False


def _lines(response: httpx2.Response) -> AsyncIterator[str]:
    if response.status_code != 200:
        raise VaultRefused(f"{response.request.url.path} answered {response.status_code}")
    return response.aiter_lines()


def _row(ask: Use) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(ask.id), "kind": ask.kind, "token": ask.token, "payment_id": str(ask.payment_id)}
    row |= {"amount_minor": ask.amount_minor, "currency": ask.currency}
    optional = {"of": ask.of and str(ask.of), "category": ask.category, "says": ask.says}
    return row | {name: value for name, value in optional.items() if value is not None}


_READERS: dict[str, Any] = {
    "person_id": UUID,
    "attempt_id": UUID,
    "network_at": datetime.fromisoformat,
    "never_seen_since": datetime.fromisoformat,
}


def _filled(into: type[T], row: dict[str, Any]) -> T:
    """A value from the members of a JSON object that it knows; more may come with a newer vault."""
    known = {field.name for field in fields(into)}  # type: ignore[arg-type]
    values = {name: value for name, value in row.items() if name in known and value is not None}
    return into(**{name: _READERS[name](value) if name in _READERS else value for name, value in values.items()})
