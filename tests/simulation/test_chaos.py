"""A small day of chaos through real processes, and whether its laws would notice."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.simulation.chaos import Outcome, Plan, chaos, check_laws

from tuppence.payments.reconciliation import Break, Kind

ONE = UUID(int=1)
BREAK = Break(
    id=UUID(int=2),
    rail="card",
    kind=Kind.MISSING,
    subject="attempt:…",
    payment_id=ONE,
    account="card_clearing",
    amount_minor=100,
    currency="USD",
    detail={},
    opened_at=datetime.now(UTC),
    state="open",
    ended_at=None,
    ended_by=None,
    reason=None,
)
GOOD = Outcome(
    states={ONE: "available"},
    moved={ONE: Counter(debit=1, push=1)},
    breaks=[BREAK],
    faults=Counter(missing=1),
    late_debits=0,
    charged_back=0,
    disputed=0,
    balances={"card_clearing": 100, "house_cash": -100},
    broken=[],
)


async def test_a_small_day_of_chaos() -> None:
    """Sixty-four payments, a fifth of their answers lost, doubled or late, everything killed, mistakes in the file:
    every payment ends, the banks moved exactly what our states say, and every fault is a break with name and amount.
    """
    plan = Plan(
        payments=64,
        pairs=8,
        kills=3,
        return_permille=30,
        late_debits=1,
        chargebacks=2,
        odds={"silent": 50, "lost": 50, "twice": 40, "late": 40},
        pace_seconds=0.2,
        patience_seconds=200,
    )
    numbers = await chaos(plan)

    assert (64, 3) <= (numbers["payments"], sum(numbers["killed"].values()))
    assert {"missing": 2, "duplicate": 2, "amount": 4, "currency": 2, "unknown_line": 1} == numbers["breaks_open"]


def test_the_laws_hold_where_all_is_well() -> None:
    """With one named break, and nothing else left."""
    check_laws({ONE: 100}, GOOD)


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, states={}),
        replace(GOOD, states={ONE: "credit_unknown"}),
        replace(GOOD, moved={ONE: Counter(debit=2, push=1)}),
        replace(GOOD, moved={ONE: Counter(debit=1, push=2)}),
        replace(GOOD, moved={ONE: Counter(debit=1)}),
        replace(GOOD, breaks=[]),
        replace(GOOD, breaks=[replace(BREAK, state="explained")]),
        replace(GOOD, balances={"card_clearing": 99}),
        replace(GOOD, balances={"card_clearing": 100, "payout_clearing": 1}),
        replace(GOOD, late_debits=1),
        replace(GOOD, charged_back=100),
        replace(GOOD, charged_back=100, disputed=100),
        replace(GOOD, disputed=100),
        replace(GOOD, broken=["a balance"]),
    ],
)
def test_seeded_bugs_are_noticed(bad: Outcome) -> None:
    """A payment lost, stuck, moved twice or not at all; a fault without a break; a cent without a name."""
    with pytest.raises(AssertionError):
        check_laws({ONE: 100}, bad)
