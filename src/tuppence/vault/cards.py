"""Stored cards: what may be told of them, and how they are forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from tuppence.db import Database, Statements
from tuppence.vault import traces
from tuppence.vault.errors import KeyFileRefused, TooManyReads
from tuppence.vault.keks import Keks
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.limits import Limits
from tuppence.vault.model import StoredCard
from tuppence.vault.traces import Access

SQL = Statements(__package__)
log = structlog.get_logger()

_REMEMBERED = timedelta(days=1)  # the longest that a refused check counts


@dataclass(frozen=True, slots=True)
class ByKek:
    kek_id: str
    kek_version: int
    cards: int


@dataclass(frozen=True, slots=True)
class Why:
    """Who asks for cards, and what for: it goes into the access log."""

    caller: str
    reason: str

    def access(self, now: datetime, verb: str, tokens: Sequence[str]) -> list[Access]:
        return [Access(now, self.caller, verb, token, self.reason) for token in tokens]


class Cards:
    """The verbs on cards that are stored."""

    def __init__(self, database: Database, keys: Keyring, *, now: Callable[[], datetime], limits: Limits) -> None:
        self._database = database
        self._keys = keys
        self._now = now
        self._limits = limits

    async def describe(self, tokens: Sequence[str], why: Why) -> list[StoredCard | None]:
        """What may be told of cards, order kept; None for one that is deleted or never was.

        A kept card that nobody asks about within its time is deleted: the app never learnt its token.
        Raises TooManyReads.
        """
        for token in tokens:
            if full := self._limits.take(describe_card=token, describe_caller=why.caller):
                log.error("too_many_reads", limit=full, caller=why.caller)
                raise TooManyReads(limit=full)
        now = self._now()
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=list(tokens))
            await tx.execute(SQL.take_up_kept, tokens=list(tokens), now=now)
            known = {card.token: card for card in await tx.fetch(SQL.cards, StoredCard, tokens=list(tokens))}
            await traces.note(tx, why.access(now, "describe", list(known)))
        return [known.get(token) for token in tokens]

    async def delete(self, tokens: Sequence[str], why: Why) -> int:
        """Forget the keys of cards, so that nothing opens them again; how many there were. Refunds work on."""
        now = self._now()
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=list(tokens))
            gone = await tx.scalars(SQL.shred_cards, tokens=list(tokens), now=now)
            await traces.note(tx, why.access(now, "delete", gone))
        return len(gone)

    async def sweep(self) -> None:
        """Delete what nobody took up in time, and forget yesterday's failures."""
        now = self._now()
        async with self._database.transaction() as tx:
            gone = await tx.scalars(SQL.shred_unattached, now=now)
            await traces.note(tx, Why("vault", "not taken up").access(now, "delete", gone))
            await tx.execute(SQL.forget_checks, before=now - _REMEMBERED)
        if gone:
            log.info("cards not taken up", deleted=len(gone))

    async def by_kek(self) -> list[ByKek]:
        async with self._database.transaction(read_only=True) as tx:
            return await tx.fetch(SQL.cards_by_kek, ByKek)

    async def prove(self, keks: Keks) -> None:
        """Raises KeyFileRefused if cards lie here that these keys cannot open: they were made with others."""
        missing = [
            one for one in await self.by_kek() if one.kek_id != keks.kek_id or one.kek_version not in keks.versions
        ]
        if missing:
            raise KeyFileRefused(f"{sum(one.cards for one in missing)} cards were sealed with keys that are not here")
