"""The invariants of payments, against the books: the part of the check that the ledger cannot know."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.ledger import chart, lookup_accounts
from tuppence.ledger.books import Broken, flows
from tuppence.payments.sends.holdings import Standing, complaint, holdings
from tuppence.payments.sends.queries import SQL

_AT_ONCE = 1_000
_START = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Twice:
    payment_id: UUID
    leg: int


async def check(tx: Tx, *, policy: Policy) -> list[Broken]:
    """What is wrong with payments. Open the transaction as repeatable read, so that it is one picture.

    For every payment: what was debited was credited, refunded, is in transit, parked or lost; never both credited and
    returned; all of it is where the state says; at most one live attempt a leg. And nothing else is in transit.
    """
    broken, in_transit, after = [], 0, _START
    while found := await tx.fetch(SQL.standings, Standing, after=after, limit=_AT_ONCE):
        after = found[-1].id
        moved = {
            subject: list(some)
            for subject, some in groupby(await flows(tx, [one.id for one in found]), lambda flow: flow.subject)
        }
        for payment in found:
            held = holdings(moved.get(payment.id, ()))
            in_transit += held.in_transit
            if wrong := complaint(payment, held):
                broken.append(Broken(wrong, f"payment {payment.id}"))
    broken += [
        Broken("two live attempts of one leg", f"payment {one.payment_id} leg {one.leg}")
        for one in await tx.fetch(SQL.live_twice, _Twice)
    ]
    account = await lookup_accounts(tx, [chart.house("in_transit", policy.currency)])
    if sum(one.credits_posted - one.debits_posted for one in account) != in_transit:
        broken.append(Broken("in transit differs from what payments say", "in_transit"))
    return broken
