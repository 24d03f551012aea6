"""Ten thousand pairs of friends, put straight into the database: signing them up would take an hour of Argon2."""

import hashlib
from uuid import UUID

import psycopg

from tuppence.core import uuid7

_PEOPLE = """
INSERT INTO people.person (id, handle, look, name, locale)
SELECT id, 'person' || n, 'person' || n, 'Person ' || n, 'en'
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS one (id, n)
"""
_PAIRS = """
INSERT INTO people.pair (low, high, friends_since)
SELECT least(a, b), greatest(a, b), now() FROM unnest(%(payers)s::uuid[], %(payees)s::uuid[]) AS pair (a, b)
"""
_SESSIONS = """
INSERT INTO people.session (id, person_id, token_hash, transport, device_id, device_name, device_since, created_at,
    last_seen_at, idle, ends_at)
SELECT gen_random_uuid(), id, hash, 'bearer', gen_random_uuid(), 'bench', now() - interval '30 days', now(), now(),
    interval '1 day', now() + interval '1 day'
FROM unnest(%(payers)s::uuid[], %(hashes)s::bytea[]) AS one (id, hash)
"""
_CARDS = """
WITH card AS (
    INSERT INTO payments.card (id, person_id, token, brand, funding, last4, exp_month, exp_year, bank, state, can_fund,
        can_receive, fast_funds, fingerprint, kept, created_at)
    SELECT gen_random_uuid(), id, 'card_' || id, 'visa', 'debit', '4242', 12, 2040, 'Maple', 'active', true, true, true,
        id::text, true, now()
    FROM unnest(%(ids)s::uuid[]) AS one (id)
    RETURNING id, person_id
)
INSERT INTO payments.wallet (person_id, pays_card_id, receives_card_id) SELECT person_id, id, id FROM card
"""
_FEEDS = "INSERT INTO outbox.feed (person_id) SELECT unnest(%(ids)s::uuid[])"


class Pairs:
    """Who pays whom, and the payers' session tokens."""

    def __init__(self, count: int) -> None:
        self.payers = [uuid7() for _ in range(count)]
        self.payees = [uuid7() for _ in range(count)]
        self.tokens = [f"bench-{n:032}" for n in range(count)]


def seed(superuser_url: str, count: int) -> Pairs:
    """Fill a migrated database with `count` pairs of friends, each with a card."""
    pairs = Pairs(count)
    everybody: list[UUID] = pairs.payers + pairs.payees
    parameters = {
        "ids": everybody,
        "payers": pairs.payers,
        "payees": pairs.payees,
        "hashes": [hashlib.sha256(token.encode()).digest() for token in pairs.tokens],
    }
    with psycopg.connect(superuser_url) as connection:
        for statement in (_PEOPLE, _PAIRS, _SESSIONS, _CARDS, _FEEDS):
            connection.execute(statement, parameters)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return pairs
