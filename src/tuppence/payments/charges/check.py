"""The invariants of charges, against the books: the part of the check that the ledger cannot know."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.ledger.books import Broken, Flow, flows
from tuppence.payments.charges.queries import SQL
from tuppence.payments.charges.states import State

_AT_ONCE = 1_000
_START = UUID(int=0)
_CARD, _GIVEN = chart.HOUSE["card_clearing"], chart.HOUSE["refund_clearing"]
_BANK, _PARKED = chart.HOUSE["bank_clearing"], chart.PERSONAL["parked"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the check needs of a charge. `shares_minor` and the refunds' sums are added up from their rows."""

    id: UUID
    amount_minor: int
    state: State
    shares_minor: int
    refunding_minor: int
    refunded_minor: int
    given_back_minor: int  # by refunds that were done
    going_back_minor: int  # by refunds under way
    found: bool  # it was taken though it was declined


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with charges. Open the transaction as repeatable read, so that it is one picture.

    For every charge: what was taken is its shares, or nothing, as its state says; never more is given back than was
    taken, and the books say so too; at most one live attempt, of it and of each refund.
    """
    broken, after = [], _START
    while found := await tx.fetch(SQL.standings, Standing, after=after, limit=_AT_ONCE):
        after = found[-1].id
        moved = {
            subject: list(some)
            for subject, some in groupby(await flows(tx, [one.id for one in found]), lambda flow: flow.subject)
        }
        broken += [
            Broken(wrong, f"charge {one.id}") for one in found if (wrong := complaint(one, moved.get(one.id, ())))
        ]
    twice = await tx.scalars(SQL.live_twice)
    return broken + [Broken("two live attempts of one leg", f"charge or refund {one}") for one in twice]


def complaint(charge: Standing, moved: Iterable[Flow]) -> str | None:
    """What is wrong with a charge's money; None if nothing is."""
    flows = [flow for flow in moved if flow.code in (chart.Step.CHARGE, chart.Step.GIVE_BACK)]
    taken = sum(flow.amount_minor for flow in flows if flow.debit_code in (_CARD, _BANK))
    parked = sum(flow.amount_minor for flow in flows if flow.credit_code == _PARKED)
    given_back = sum(flow.amount_minor for flow in flows if flow.credit_code == _GIVEN)
    given_back -= sum(flow.amount_minor for flow in flows if flow.debit_code == _GIVEN)
    is_late = charge.state == State.DECLINED and charge.found
    if charge.shares_minor != charge.amount_minor:
        return "shares do not add up to the charge"
    if taken != (charge.amount_minor if charge.state in (State.CHARGED, State.RETURNED) or is_late else 0):
        return "what was taken is not what the charge's state says"
    if parked != (charge.amount_minor if is_late else 0):
        return "what was taken late is not its payer's"
    if (charge.refunded_minor, charge.refunding_minor) != (charge.given_back_minor, charge.going_back_minor):
        return "refunds do not add up to what the charge says"
    if given_back != charge.refunded_minor:
        return "what was given back is not what the charge says"
    return None
