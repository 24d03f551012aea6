"""Changing keys while they are in use: KEKs by wrapping records' keys anew, records' keys by encrypting anew.

In batches that commit, so a crash loses nothing and the next call goes on. No row is locked meanwhile: one that
somebody deleted or renewed in between is left as it is, and so is one that does not open, which rings an alarm. All the
while every version opens.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tuppence.db import Database, Statement, Statements, columns
from tuppence.vault import records, traces
from tuppence.vault.cards import Cards
from tuppence.vault.crypto import Sealed
from tuppence.vault.errors import CardUnreadable, StillNeeded
from tuppence.vault.keks import Keks, newest
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.model import StoredCard
from tuppence.vault.records import Record
from tuppence.vault.traces import Access, Alarms

SQL = Statements(__package__)

_BATCH = 200
_COLUMNS = ("token", "was", "kek_id", "kek_version", "wrapped_dek", "nonce", "ciphertext")

Renew = Callable[[Keks, Sequence[Record]], Awaitable[list[Sealed | CardUnreadable]]]


@dataclass(frozen=True, slots=True)
class _Fresh:
    token: str
    was: bytes  # the wrapped key that was read: a row that has another by now, or none, is left as it is
    kek_id: str
    kek_version: int
    wrapped_dek: bytes
    nonce: bytes
    ciphertext: bytes

    @classmethod
    def of(cls, card: StoredCard, to: Sealed) -> "_Fresh":
        return cls(card.token, card.wrapped_dek, to.kek_id, to.kek_version, to.wrapped_dek, to.nonce, to.ciphertext)


@dataclass(frozen=True, slots=True)
class _Batch:
    done: int
    beyond: str


@dataclass(frozen=True, slots=True)
class _Pass:
    """One way to renew: which cards, how, and how they are written back."""

    due: Statement
    renew: Renew
    write: Statement
    named: Mapping[str, object]
    verb: str | None = None  # how the access log calls it, if numbers are opened


class Rotation:
    """The verbs on keys."""

    def __init__(self, database: Database, keys: Keyring, cards: Cards, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._cards = cards
        self._now = now
        self._alarms = Alarms(database, now=now)

    async def add_version(self) -> int:
        """A newer KEK, used from now on; its version. Raises KeksAway, VaultLocked."""
        return await self._keys.keks.add_version()

    async def rewrap(self) -> tuple[int, int]:
        """Wrap every record's key under the newest KEK; (done, left). Raises KeksAway, VaultLocked."""
        await self._keys.keks.refresh()
        latest = newest(self._keys.keks)
        done = await self._all(_Pass(SQL.cards_to_rewrap, records.rewrap, SQL.rewrap_cards, {"newest": latest}))
        left = sum(one.cards for one in await self._cards.by_kek() if one.kek_version < latest)
        return done, left

    async def reseal(self, before: datetime) -> tuple[int, int]:
        """Encrypt every record whose key is older anew, under a key of its own; (done, left).

        Numbers are opened for that, each for a moment, and the access log says so. Raises KeksAway, VaultLocked.
        """
        named = {"before": min(before, self._now())}
        done = await self._all(_Pass(SQL.cards_to_reseal, records.reseal, SQL.reseal_cards, named, "reseal"))
        async with self._database.transaction(read_only=True) as tx:
            (left,) = await tx.scalars(SQL.count_old_deks, **named)
        return done, left

    async def retire(self) -> list[int]:
        """Destroy every KEK version but the newest; which. Raises StillNeeded while a card needs one of them."""
        keks = self._keys.keks
        old = sum(one.cards for one in await self._cards.by_kek() if one.kek_version != newest(keks))
        if old:
            raise StillNeeded(cards=old)
        return await keks.retire()

    async def _all(self, how: _Pass) -> int:
        done, beyond = 0, ""
        while batch := await self._batch(how, beyond):
            done += batch.done
            beyond = batch.beyond
        return done

    async def _batch(self, how: _Pass, beyond: str) -> _Batch | None:
        """Read, renew with no transaction open (a key service may take its time), write what is still as it was read;
        None when there is no more.
        """
        async with self._database.transaction(read_only=True) as tx:
            cards = await tx.fetch(how.due, StoredCard, **how.named, beyond=beyond, most=_BATCH)
        if not cards:
            return None
        fresh = []
        for card, to in zip(cards, await how.renew(self._keys.keks, [one.record for one in cards]), strict=True):
            if isinstance(to, Sealed):
                fresh.append(_Fresh.of(card, to))
            else:
                await self._alarms.ring(to.code, to.facts["reason"], card.token)
        return _Batch(await self._write(how, fresh), cards[-1].token)

    async def _write(self, how: _Pass, fresh: Sequence[_Fresh]) -> int:
        now = self._now()
        async with self._database.transaction() as tx:
            written = await tx.scalars(how.write, **columns(fresh, *_COLUMNS), now=now)
            if how.verb:
                await traces.note(tx, [Access(now, "vault", how.verb, token, "rotation") for token in written])
        return len(written)
