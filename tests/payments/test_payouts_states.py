"""The table of a payout, walked whole, and any history of one."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.core import Failure, Policy, uuid7
from tuppence.core.calendar import FED
from tuppence.ledger import TransferFlags
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.banks.states import State as BankState
from tuppence.payments.payouts import books, rules, states
from tuppence.payments.payouts.model import PaidOut, Payout
from tuppence.payments.payouts.rules import Facts, Plan
from tuppence.payments.payouts.states import TABLE, Books, Event, State

# The machine on one page, written down a second time: (state, event) → the states it can lead to.
EXPECTED = """
- schedule carried held approved scheduled
scheduled approve approved scheduled
scheduled hold held
scheduled block blocked
approved hold held
approved block blocked
approved due approved held blocked submitted
submitted unanswered submit_unknown
submitted accepted accepted
submitted settled paid
submitted failed held
submitted returned held
submit_unknown unanswered submit_unknown
submit_unknown accepted accepted
submit_unknown settled paid
submit_unknown failed held
submit_unknown returned held
accepted settled paid
accepted failed held
accepted returned held
paid returned held
held block blocked
held release held approved scheduled
blocked release held approved scheduled
"""
PAIRS = {(line.split()[0], line.split()[1]): line.split()[2:] for line in EXPECTED.strip().splitlines()}
POLICY = Policy.load()
START = datetime(2027, 3, 16, 14, tzinfo=UTC)
BO, STUDIO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(("before", "event"), list(itertools.product([None, *State], Event)))
def test_every_pair_is_in_the_table_or_refused(before: State | None, event: Event) -> None:
    """Each state and event leads where this page says, and nowhere else."""
    assert PAIRS.get((before or "-", event), []) == [row.after for row in states.rows(before, event)]


def test_nothing_leaves_but_from_approved() -> None:
    """There is one way out, and what is held before it is let go or made real after."""
    assert [(State.APPROVED, State.SUBMITTED)] == [(row.before, row.after) for row in TABLE if row.books is Books.HOLD]
    assert {State.SUBMITTED, State.SUBMIT_UNKNOWN} == {
        row.before for row in TABLE if row.books in (Books.POST, Books.VOID)
    }


def bank(number: int, *, active: bool = True) -> BankAccount:
    return BankAccount(
        id=UUID(int=number),
        person_id=BO,
        routing="099900014",
        bank="Harbor",
        kind="checking",
        holder="Bo",
        last4="0010",
        sealed=b"",
        fingerprint=str(number),
        state=BankState.ACTIVE if active else BankState.VERIFYING,
        reason=None,
        tries_left=3,
        deposit_1_minor=1,
        deposit_2_minor=2,
        deposits_by=START,
        expires_at=START,
        created_at=START,
        updated_at=START,
    )


BANKS = {one.id: one for one in (bank(10), bank(11), bank(12, active=False))}


@pytest.mark.parametrize(
    ("asked", "pays"),
    [
        (date(2027, 3, 19), date(2027, 3, 19)),
        (date(2027, 3, 20), date(2027, 3, 22)),  # a Saturday
        (date(2027, 5, 31), date(2027, 6, 1)),  # Memorial Day
        (date(2027, 7, 4), date(2027, 7, 6)),  # a Sunday, kept on Monday
        (date(2027, 1, 1), date(2027, 3, 16)),  # long gone: today
    ],
)
def test_a_day_rolls_forward(asked: date, pays: date) -> None:
    """It arrives on the day that was asked for, or on the next banking day, and leaves on the banking day before."""
    plan = scheduled(pay_on=asked)

    assert (asked, pays) == (plan.payout.asked_on, plan.payout.pays_on)
    assert plan.due_at is not None
    assert plan.due_at.astimezone(FED.zone).date() < pays or plan.due_at == START


def facts(payout: PaidOut | Payout, **changes: object) -> Facts:
    place = rules.destination_after(None, STUDIO, payout.bank_id, now=START, policy=POLICY)
    told = Facts(START, POLICY, BANKS.get(payout.bank_id), place)
    return replace(told, **changes)  # type: ignore[arg-type]


def scheduled(amount_minor: int = 30_000, **changes: object) -> Plan:
    ask = Payout(uuid7(), "games", STUDIO, BO, UUID(int=10), amount_minor, "USD", UUID(int=5), "e", date(2027, 3, 17))
    ask = replace(ask, **changes)  # type: ignore[arg-type]
    plan = rules.plan_schedule(ask, None, facts(ask))
    assert isinstance(plan, Plan)
    return plan


@dataclass
class History:
    """A payout with what it left in the books, and a bank that says anything at any time."""

    payout: PaidOut
    random: Random
    now: datetime = START
    held: set[UUID] = field(default_factory=set)
    gone_minor: int = 0
    sent: set[UUID] = field(default_factory=set)

    def take(self, event: Event) -> None:
        told = facts(
            self.payout,
            now=self.now,
            approvers=frozenset(uuid7() for _ in range(self.random.randint(0, 2))),
            covered=self.random.random() < 0.8,
            said=self.random.choice(["R02", "R03", "not_sent", "R17"]),
        )
        bank_id = self.random.choice([None, *BANKS])
        if event is Event.RELEASE and bank_id:
            told = replace(told, bank=BANKS[bank_id])
        try:
            plan = rules.release(self.payout, bank_id, told) if event is Event.RELEASE else None
            plan = plan or rules.step(self.payout, event, told)
        except Failure:
            return
        self.book(plan)
        self.payout = plan.payout

    def book(self, plan: Plan) -> None:
        if plan.books is None:
            return
        transfer = books.transfer(plan.payout, plan.books)
        if plan.books is Books.HOLD:
            assert not self.held
            assert self.gone_minor == 0, "sent again while it is gone"
            assert plan.payout.order_id not in self.sent, "one order is one try"
            self.held.add(transfer.id)
            self.sent.add(plan.payout.order_id or UUID(int=0))
        elif plan.books is Books.TAKE_BACK:
            self.gone_minor -= transfer.amount
        else:
            self.held.remove(transfer.pending_id)
            self.gone_minor += transfer.amount if transfer.flags & TransferFlags.POST_PENDING_TRANSFER else 0


@given(
    amount_minor=st.sampled_from([5_000, 30_000, 2_000_000]),
    events=st.lists(st.sampled_from([one for one in Event if one is not Event.SCHEDULE]), min_size=10, max_size=40),
    random=st.randoms(use_true_random=False),
)
@settings(max_examples=300, deadline=None)
def test_it_is_gone_once_after_any_history(amount_minor: int, events: list[Event], random: Random) -> None:
    """Whatever is said, in any order: what has left is what the state says, and nothing is sent while it is gone."""
    history = History(scheduled(amount_minor).payout, random)
    for event in events:
        history.take(event)
        history.now += timedelta(hours=random.choice([0, 12, 40]))
        state = history.payout.state
        gone = history.payout.amount_minor if state in (State.ACCEPTED, State.PAID) else 0

        assert gone == history.gone_minor
        assert (state in (State.SUBMITTED, State.SUBMIT_UNKNOWN)) == bool(history.held)
