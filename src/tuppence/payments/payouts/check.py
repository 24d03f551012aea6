"""The invariants of payouts, against the books: the part of the check that the ledger cannot know."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.ledger.books import Broken, Flow, flows
from tuppence.payments.payouts.queries import SQL
from tuppence.payments.payouts.states import State

_AT_ONCE = 1_000
_START = UUID(int=0)
_CLEARING = chart.HOUSE["payout_clearing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the check needs of a payout."""

    id: UUID
    amount_minor: int
    state: State


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with payouts: what has left the books is what their states say. Open as repeatable read."""
    broken, after = list[Broken](), _START
    while found := await tx.fetch(SQL.standings, Standing, after=after, limit=_AT_ONCE):
        after = found[-1].id
        moved = {
            subject: list(some)
            for subject, some in groupby(await flows(tx, [one.id for one in found]), lambda flow: flow.subject)
        }
        broken += [
            Broken("what was paid out is not what the payout's state says", f"payout {one.id}")
            for one in found
            if gone_minor(moved.get(one.id, ())) != (one.amount_minor if one.state in _GONE else 0)
        ]
    return broken


_GONE = frozenset({State.ACCEPTED, State.PAID})


def gone_minor(moved: Iterable[Flow]) -> int:
    """What left for good, less what came back."""
    flows = [flow for flow in moved if flow.code == chart.Step.PAYOUT]
    sent = sum(flow.amount_minor for flow in flows if flow.credit_code == _CLEARING)
    return sent - sum(flow.amount_minor for flow in flows if flow.debit_code == _CLEARING)
