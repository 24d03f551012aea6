"""Where a payment's money is, from the books, and where its state says that it must be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tuppence.ledger import chart
from tuppence.ledger.books import Flow
from tuppence.payments.sends.states import State

_TRANSIT, _PARKED, _LOSS = chart.HOUSE["in_transit"], chart.PERSONAL["parked"], chart.HOUSE["loss"]
_MADE_GOOD = chart.HOUSE["chargeback_receivable"]  # the payer has it back from the house, or by their bank
_RAILS = {chart.HOUSE[name] for name in ("card_clearing", "bank_clearing", "payout_clearing", "refund_clearing")}
_CREDIT, _REFUND, _DEBIT = chart.Step.CREDIT, chart.Step.REFUND, chart.Step.DEBIT


@dataclass(frozen=True, slots=True)
class Holdings:
    """Minor units: what came in, where it went, what is still with us. `astray` moved in a way that no step has."""

    debited: int = 0
    credited: int = 0
    refunded: int = 0
    in_transit: int = 0
    parked: int = 0
    loss: int = 0
    astray: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the check needs of a payment."""

    id: UUID
    amount_minor: int
    state: State


def holdings(flows: Iterable[Flow]) -> Holdings:
    """Add up what was moved about one payment."""
    held = dict.fromkeys(Holdings.__slots__, 0)
    for flow in flows:
        sides = {flow.debit_code: -flow.amount_minor, flow.credit_code: flow.amount_minor}
        held["in_transit"] += sides.get(_TRANSIT, 0)
        held["parked"] += sides.get(_PARKED, 0)
        if _TRANSIT in sides or _PARKED in sides:
            _add(held, flow, sides)
    return Holdings(**held)


def _add(held: dict[str, int], flow: Flow, sides: Mapping[int, int]) -> None:
    """Where money that came into, or left, our keeping came from or went. Between the two it stays with us."""
    other = next((code for code in sides if code not in (_TRANSIT, _PARKED)), None)
    kept = sum(sides.get(code, 0) for code in (_TRANSIT, _PARKED))
    if other is None:
        return
    if other in _RAILS and flow.code == _DEBIT:
        held["debited"] += kept
    elif other in _RAILS and flow.code == _CREDIT:
        held["credited"] -= kept
    elif (other in _RAILS and flow.code == _REFUND) or other == _MADE_GOOD:
        held["refunded"] -= kept
    elif other == _LOSS:
        held["loss"] -= kept
    else:
        held["astray"] -= kept


_NOTHING = frozenset({State.CREATED, State.STEP_UP, State.DEBITING, State.DEBIT_UNKNOWN, State.DEBIT_FAILED})
_NOTHING |= {State.CANCELLED, State.ABANDONED}
_DELIVERED = frozenset({State.CREDITED, State.AVAILABLE})


def complaint(payment: Standing, held: Holdings) -> str | None:
    """What is wrong with a payment's money; None if nothing is."""
    out = held.credited + held.refunded + held.in_transit + held.parked + held.loss
    if held.astray or held.debited != out:
        return "debited differs from credited, refunded, in transit, parked and lost"
    if held.credited and held.refunded:
        return "both credited and returned"
    if held != expected(payment):
        return "money is not where the payment's state says"
    return None


def expected(payment: Standing) -> Holdings:
    """Where the money of a payment in this state is: all of it in one place, or nowhere yet."""
    amount = payment.amount_minor
    if payment.state in _NOTHING:
        return Holdings()
    if payment.state in _DELIVERED:
        return Holdings(debited=amount, credited=amount)
    if payment.state == State.RETURNED:
        return Holdings(debited=amount, refunded=amount)
    if payment.state == State.PARKED:
        return Holdings(debited=amount, parked=amount)
    return Holdings(debited=amount, in_transit=amount)
