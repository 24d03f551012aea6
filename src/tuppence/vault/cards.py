"""Stored cards: what may be told of them, how their keys change, how they are forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from tuppence.db import Database, Statements, columns
from tuppence.vault import crypto
from tuppence.vault.errors import CardUnreadable, KeyFileRefused
from tuppence.vault.keys import KeyFile
from tuppence.vault.model import StoredCard

SQL = Statements(__package__)
log = structlog.get_logger()

_BATCH = 200
_REMEMBERED = timedelta(days=1)  # the longest that a refused check counts


@dataclass(frozen=True, slots=True)
class _Rewrapped:
    token: str
    kek_version: int
    wrapped_dek: bytes


@dataclass(frozen=True, slots=True)
class ByKek:
    kek_id: str
    kek_version: int
    cards: int


@dataclass(frozen=True, slots=True)
class _Batch:
    done: int
    beyond: str


class Cards:
    """The verbs on cards that are stored."""

    def __init__(self, database: Database, keys: KeyFile, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._now = now

    async def describe(self, tokens: Sequence[str]) -> list[StoredCard | None]:
        """What may be told of cards, order kept; None for one that is deleted or never was.

        A kept card that nobody asks about within its time is deleted: the app never learnt its token.
        """
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=list(tokens))
            await tx.execute(SQL.take_up_kept, tokens=list(tokens), now=self._now())
            known = {card.token: card for card in await tx.fetch(SQL.cards, StoredCard, tokens=list(tokens))}
        return [known.get(token) for token in tokens]

    async def delete(self, tokens: Sequence[str]) -> int:
        """Forget the keys of cards, so that nothing opens them again; how many there were. Refunds work on."""
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=list(tokens))
            return await tx.execute(SQL.shred_cards, tokens=list(tokens), now=self._now())

    async def rewrap(self) -> tuple[int, int]:
        """Read the key file again and wrap every card's key under its newest version; (done, left).

        In batches that commit, so a crash loses nothing and the next call goes on; cards in use are skipped and left
        for the next call, and so is one that does not open, which is told to the operator.
        """
        self._keys.reload()
        done, beyond = 0, ""
        while batch := await self._rewrap_batch(beyond):
            done += batch.done
            beyond = batch.beyond
        newest = self._keys.ring.newest
        left = sum(one.cards for one in await self.by_kek() if one.kek_version < newest)
        return done, left

    async def sweep(self) -> None:
        """Delete what nobody took up in time, and forget yesterday's failures."""
        now = self._now()
        async with self._database.transaction() as tx:
            if gone := await tx.execute(SQL.shred_unattached, now=now):
                log.info("cards not taken up", deleted=gone)
            await tx.execute(SQL.forget_checks, before=now - _REMEMBERED)

    async def by_kek(self) -> list[ByKek]:
        async with self._database.transaction(read_only=True) as tx:
            return await tx.fetch(SQL.cards_by_kek, ByKek)

    async def prove_keys(self) -> None:
        """Raises KeyFileRefused if cards lie here that the key file cannot open: they were made with another."""
        ring = self._keys.ring
        missing = [one for one in await self.by_kek() if one.kek_id != ring.kek_id or one.kek_version not in ring.keks]
        if missing:
            raise KeyFileRefused(f"{sum(one.cards for one in missing)} cards were sealed with keys not in the key file")

    async def _rewrap_batch(self, beyond: str) -> _Batch | None:
        """One batch in one transaction; None when there is no more."""
        ring = self._keys.ring
        fresh = []
        async with self._database.transaction() as tx:
            cards = await tx.fetch(SQL.cards_to_rewrap, StoredCard, newest=ring.newest, beyond=beyond, most=_BATCH)
            for card in cards:
                try:
                    sealed = crypto.rewrap(ring, card.token, card.sealed)
                except CardUnreadable:
                    log.error("card unreadable", token=card.token)
                else:
                    fresh.append(_Rewrapped(card.token, sealed.kek_version, sealed.wrapped_dek))
            await tx.execute(SQL.rewrap_cards, **columns(fresh, "token", "kek_version", "wrapped_dek"))
        return _Batch(len(fresh), cards[-1].token) if cards else None
