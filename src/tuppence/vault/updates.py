"""Cards that ran out and were sent out anew: the account updater tells the new date, and the new number if there is
one, and the holder types nothing. A number that the network tells is sealed here as one that was typed.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from tuppence.db import Database, Statements, columns
from tuppence.vault import crypto, records, rules, traces
from tuppence.vault.cards import Why
from tuppence.vault.enrolment import SAID_BY_BIN, Bins
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.model import Settings, StoredCard
from tuppence.vault.network import Network, Renewed

SQL = Statements(__package__)

_SEALED = ("kek_id", "kek_version", "wrapped_dek", "nonce", "ciphertext", "fingerprint", "last4")
_REISSUED = ("token", *_SEALED, "exp_month", "exp_year", *SAID_BY_BIN)


@dataclass(frozen=True, slots=True)
class _Told:
    """A card and what the updater says of it."""

    card: StoredCard
    renewed: Renewed

    @property
    def is_news(self) -> bool:
        """A later date; with a new number the same will do."""
        new, old = (self.renewed.exp_year, self.renewed.exp_month), (self.card.exp_year, self.card.exp_month)
        return new > old if self.renewed.number is None else new >= old

    @property
    def dated(self) -> StoredCard:
        return replace(self.card, exp_month=self.renewed.exp_month, exp_year=self.renewed.exp_year)


class Updates:
    """The verb on cards that ran out."""

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        rail: Network,
        bins: Bins,
        settings: Settings,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keys = keys
        self._rail = rail
        self._bins = bins
        self._country = settings.country
        self._now = now

    async def refresh(self, tokens: Sequence[str], why: Why) -> list[StoredCard | None]:
        """Ask for new dates and numbers, write what is news, tell the cards as they are now, order kept.

        Numbers are opened to be asked about, and the access log says so before they are. Raises KeksAway, VaultLocked.
        """
        async with self._database.transaction() as tx:
            cards = {one.token: one for one in await tx.fetch(SQL.cards, StoredCard, tokens=list(tokens))}
            await traces.note(tx, why.access(self._now(), "update", list(cards)))
        told = [one for one in await self._asked(list(cards.values())) if one.is_news]
        dated = [one.dated for one in told if one.renewed.number is None]
        reissued = [card for one in told if (card := await self._reissued(one))]
        was = [cards[one.token].wrapped_dek for one in reissued]
        async with self._database.transaction() as tx:
            await tx.execute(SQL.renew_cards, **columns(dated, "token", "exp_month", "exp_year"))
            await tx.execute(SQL.reissue_cards, was=was, now=self._now(), **columns(reissued, *_REISSUED))
            after = {one.token: one for one in await tx.fetch(SQL.cards, StoredCard, tokens=list(tokens))}
        return [after.get(token) for token in tokens]

    async def _asked(self, cards: Sequence[StoredCard]) -> list[_Told]:
        """What the updater knows, of cards that open."""
        numbers = await records.unseal(self._keys.keks, [one.record for one in cards])
        opened = [(one, to) for one, to in zip(cards, numbers, strict=True) if isinstance(to, bytes)]
        told = await asyncio.gather(*(self._rail.renewed(one.opened(number)) for one, number in opened))
        return [_Told(card, to) for (card, _), to in zip(opened, told, strict=True) if to]

    async def _reissued(self, told: _Told) -> StoredCard | None:
        """The card with its new number sealed; None if it has none, or one that would not be taken from its holder."""
        if told.renewed.number is None:
            return None
        number, keks = told.renewed.number.reveal(), self._keys.keks
        about = rules.reissued(number, self._bins, country=self._country)
        if about is None:
            return None
        (sealed,) = await records.seal(keks, [(told.card.place, number.encode())])
        facts: dict[str, Any] = {name: getattr(about, name) for name in SAID_BY_BIN}
        prints: dict[str, Any] = {"fingerprint": crypto.fingerprint(keks.fingerprint, number), "last4": number[-4:]}
        return replace(told.dated, **asdict(sealed), **facts, **prints)
