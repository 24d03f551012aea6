"""Thousands of people with cards, put straight into both databases: signing them up would take an hour of Argon2.

Their numbers are the simulated crowd's and lie sealed in the vault like anybody's; the vault opens each for each use.
"""

from dataclasses import asdict
from datetime import UTC, datetime

import psycopg
from tests.simulation.house import crowd_card

from tuppence.app.parts import urls
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.rails.card import bin_of
from tuppence.settings import Settings
from tuppence.vault import crypto, records
from tuppence.vault.crypto import Place
from tuppence.vault.enrolment import SQL
from tuppence.vault.keks.keyring import from_file

BINS = ("400011", "510012", "400014", "510016")  # exempt and regulated, fast and not

_TOLD = ("brand", "funding", "bank", "country", "can_fund", "can_receive", "fast_funds", "regulated")
_PEOPLE = """
INSERT INTO people.person (id, handle, look, name, locale)
SELECT id, 'person' || n, 'person' || n, 'Person ' || n, 'en'
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS one (id, n)
"""
_FRIENDS = """
INSERT INTO people.pair (low, high, friends_since)
SELECT least(a, b), greatest(a, b), now() FROM unnest(%(payers)s::uuid[], %(payees)s::uuid[]) AS pair (a, b)
"""
_FEEDS = "INSERT INTO outbox.feed (person_id) SELECT unnest(%(ids)s::uuid[])"
_CARDS = """
WITH card AS (
    INSERT INTO payments.card (id, person_id, token, brand, funding, last4, exp_month, exp_year, bank, state, can_fund,
        can_receive, fast_funds, regulated, fingerprint, kept, created_at)
    SELECT gen_random_uuid(), id, token, brand, 'debit', '4242', 12, 2035, bank, 'active', true, true, fast, regulated,
        id::text, true, now()
    FROM unnest(%(ids)s::uuid[], %(tokens)s::text[], %(brands)s::text[], %(banks)s::text[], %(fast)s::boolean[],
        %(regulated)s::boolean[]) AS one (id, token, brand, bank, fast, regulated)
    RETURNING id, person_id
)
INSERT INTO payments.wallet (person_id, pays_card_id, receives_card_id) SELECT person_id, id, id FROM card
"""


class Crowd:
    """Who there is: everybody is friends with the one opposite."""

    def __init__(self, pairs: int) -> None:
        self.payers = [uuid7() for _ in range(pairs)]
        self.payees = [uuid7() for _ in range(pairs)]
        self.everybody = self.payers + self.payees
        self._tokens = [crypto.new_token() for _ in self.everybody]

    async def arrive(self, settings: Settings, superuser_url: str) -> None:
        """Be there, with sealed cards."""
        await self._into_the_vault(settings)
        with psycopg.connect(superuser_url) as connection:
            for statement in (_PEOPLE, _FRIENDS, _FEEDS, _CARDS):
                connection.execute(statement.encode(), self._rows())
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def _rows(self) -> dict[str, list[object]]:
        about = [bin_of(BINS[n % len(BINS)]) for n in range(len(self.everybody))]
        return {
            "ids": list(self.everybody),
            "payers": list(self.payers),
            "payees": list(self.payees),
            "tokens": list(self._tokens),
            "brands": [one.brand for one in about if one],
            "banks": [one.bank for one in about if one],
            "fast": [one.fast_funds for one in about if one],
            "regulated": [one.regulated for one in about if one],
        }

    async def _into_the_vault(self, settings: Settings) -> None:
        keks = from_file(settings.key_file("vault.json", settings.vault_keys_file)).keks
        places = [Place(token, person) for token, person in zip(self._tokens, self.everybody, strict=True)]
        numbers = [crowd_card(n, BINS[n % len(BINS)])["number"] for n in range(len(places))]
        sealed = await records.seal(keks, [(place, text.encode()) for place, text in zip(places, numbers, strict=True)])
        database = await Database.open(urls(settings).vault, name="crowd")
        async with database.transaction() as tx:
            for place, one, text in zip(places, sealed, numbers, strict=True):
                about, print_ = bin_of(text[:6]), crypto.fingerprint(keks.fingerprint, text)
                told = {name: getattr(about, name) for name in _TOLD}
                row = {"last4": text[-4:], "exp_month": 12, "exp_year": 2035, "kept": True, "attach_by": None}
                row |= {"ticket_nonce": str(uuid7()), "created_at": datetime.now(UTC), "fingerprint": print_}
                await tx.execute(SQL.insert_card, **asdict(place), **asdict(one), **told, **row)
        await database.close()
