"""Network tokens: numbers that a network gives to stand for cards, when we send them and for nobody else.

One lies in a record of its own beside its card's, under a token that the app never hears of. Requests are sent with it
where there is one; where the network says that it is no longer good it is shredded, and the card's own number is sent
when the app tries again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from tuppence.db import Database, Statements, Tx, columns
from tuppence.vault import crypto, network, records, traces
from tuppence.vault.cards import Why
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.model import StoredCard
from tuppence.vault.network import Network

SQL = Statements(__package__)

_ROUND = 50  # cards asked about at once
_AGAIN = timedelta(days=1)  # after a network that gave none
_WHY = Why("vault", "network token")
_SEALED = ("kek_id", "kek_version", "wrapped_dek", "nonce", "ciphertext")
_STAND_IN = ("token", "stands_for", *_SEALED, "fingerprint", "last4", "exp_month", "exp_year")


class StandIns:
    """The verbs on network tokens."""

    def __init__(self, database: Database, keys: Keyring, rail: Network, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._rail = rail
        self._now = now

    async def ask(self) -> int:
        """Ask the network about some kept cards that have none; how many there were. Raises KeksAway, VaultLocked.

        Numbers are opened to be asked about, and the access log says so before they are.
        """
        now = self._now()
        async with self._database.transaction() as tx:
            cards = await tx.fetch(SQL.ask_about, StoredCard, now=now, before=now - _AGAIN, most=_ROUND)
            await traces.note(tx, _WHY.access(now, "update", [one.token for one in cards]))
        numbers = await records.unseal(self._keys.keks, [one.record for one in cards])
        opened = [(one, number) for one, number in zip(cards, numbers, strict=True) if isinstance(number, bytes)]
        given = await asyncio.gather(*(self._rail.stand_in(one.opened(number)) for one, number in opened))
        await self._store([(one, told) for (one, _), told in zip(opened, given, strict=True) if told])
        return len(cards)

    async def end(self, token: str) -> None:
        """Forget the network token of a card: the network says that it is no longer good."""
        now = self._now()
        async with self._database.transaction() as tx:
            gone = await tx.scalars(SQL.shred_stand_ins, tokens=[token], now=now)
            await traces.note(tx, _WHY.access(now, "delete", gone))

    async def _store(self, given: Sequence[tuple[StoredCard, network.Card]]) -> None:
        """Seal what was given. A card that was deleted meanwhile gets none."""
        made = [(_made(card, told, self._keys.keks.fingerprint, self._now()), told) for card, told in given]
        sealed = await records.seal(self._keys.keks, [(one.place, told.number.reveal().encode()) for one, told in made])
        whole = [replace(one, **asdict(how)) for (one, _), how in zip(made, sealed, strict=True)]
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=[card.token for card, _ in given])
            stored = await tx.scalars(SQL.insert_stand_ins, now=self._now(), **columns(whole, *_STAND_IN))
            await traces.note(tx, _WHY.access(self._now(), "store", stored))


async def standing_in(tx: Tx, tokens: Sequence[str]) -> Mapping[str, StoredCard]:
    """The network tokens of these cards, by the cards' tokens."""
    return {one.stands_for or "": one for one in await tx.fetch(SQL.stand_ins, StoredCard, tokens=list(tokens))}


def _made(card: StoredCard, told: network.Card, key: crypto.Key, now: datetime) -> StoredCard:
    """A card's network token as it will lie beside it, not sealed yet."""
    number = told.number.reveal()
    return replace(
        card,
        token=crypto.new_token(),
        stands_for=card.token,
        fingerprint=crypto.fingerprint(key, number),
        last4=number[-4:],
        exp_month=told.exp_month,
        exp_year=told.exp_year,
        created_at=now,
    )
