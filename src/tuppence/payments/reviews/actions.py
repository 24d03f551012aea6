"""An operator's decision on payments that were held."""

from collections.abc import Sequence

from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.payments.reviews.model import Decision
from tuppence.payments.sends import stepping
from tuppence.payments.sends.holding import Ruling
from tuppence.payments.sends.plans import Plan
from tuppence.payments.sends.states import Event, State
from tuppence.payments.sends.stepping import Move


async def decide(tx: Tx, decisions: Sequence[Decision], *, policy: Policy) -> list[State | Failure]:
    """Let payments go on, or send them back; the state that each is in then, or that it was not there to decide about.

    Locks: the payments, in id order, until the transaction ends.
    """
    asks = [
        Move(
            one.payment_id,
            Event.REVIEW_PASSED if one.approve else Event.REVIEW_REJECTED,
            ruling=Ruling(one.by, one.reason),
        )
        for one in decisions
    ]
    _, results = await stepping.moves(tx, asks, policy)
    return [_told(one) for one in results]


def _told(result: Plan | Failure | None) -> State | Failure:
    assert result is not None
    return result if isinstance(result, Failure) else result.payment.state
