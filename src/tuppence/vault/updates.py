"""Cards that ran out and were sent out anew: the account updater tells their new date, and the holder types nothing."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tuppence.db import Database, Statements, columns
from tuppence.vault import records, traces
from tuppence.vault.cards import Why
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.model import StoredCard
from tuppence.vault.network import Network

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Dated:
    token: str
    exp_month: int
    exp_year: int


class Updates:
    """The verb on cards that ran out."""

    def __init__(self, database: Database, keys: Keyring, rail: Network, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._rail = rail
        self._now = now

    async def refresh(self, tokens: Sequence[str], why: Why) -> list[StoredCard | None]:
        """Ask for new dates, write those that are later, and tell the cards as they are now, order kept.

        Numbers are opened to be asked about, and the access log says so before they are. Raises KeksAway, VaultLocked.
        """
        now = self._now()
        async with self._database.transaction() as tx:
            cards = {one.token: one for one in await tx.fetch(SQL.cards, StoredCard, tokens=list(tokens))}
            await traces.note(tx, why.access(now, "update", list(cards)))
        numbers = await records.unseal(self._keys.keks, [one.record for one in cards.values()])
        asked = [one.opened(to) for one, to in zip(cards.values(), numbers, strict=True) if isinstance(to, bytes)]
        opened = [one for one, to in zip(cards.values(), numbers, strict=True) if isinstance(to, bytes)]
        told = await asyncio.gather(*(self._rail.renewed(one) for one in asked))
        later = [_Dated(card.token, to.exp_month, to.exp_year) for card, to in zip(opened, told, strict=True) if to]
        fresh = [one for one in later if (one.exp_year, one.exp_month) > _date(cards[one.token])]
        async with self._database.transaction() as tx:
            await tx.execute(SQL.renew_cards, **columns(fresh, "token", "exp_month", "exp_year"))
        cards |= {one.token: replace(cards[one.token], exp_month=one.exp_month, exp_year=one.exp_year) for one in fresh}
        return [cards.get(token) for token in tokens]


def _date(card: StoredCard) -> tuple[int, int]:
    return card.exp_year, card.exp_month
