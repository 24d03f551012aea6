"""Any history of a charge: the pure core with a scripted network, answers late, doubled and in any order.

The ledger is a dictionary here; the network keeps the truth of what moved. After every step books, states and attempts
must agree, and when everything has been said, so must the truth.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.core import Failure, Policy, uuid7
from tuppence.ledger import Transfer, TransferFlags, chart
from tuppence.ledger.books import Flow
from tuppence.payments.cards.model import Card, CardState
from tuppence.payments.charges import books, hearing, rules
from tuppence.payments.charges.check import Standing, complaint
from tuppence.payments.charges.model import LATE_DEBIT, Attempt, Charge, Refund, Share
from tuppence.payments.charges.plans import Facts, Plan, Scene
from tuppence.payments.charges.states import TERMINAL, State
from tuppence.payments.sends.model import Answer, Fate

POLICY = Policy.load()
START = datetime(2026, 11, 23, 15, tzinfo=UTC)
ANN, SHOP = UUID(int=1), UUID(int=2)
PAYABLE, FEES = chart.personal("dev_payable", SHOP, "USD"), chart.house("fee_income", "USD")
PARKED = chart.personal("parked", ANN, "USD")
CODES = {chart.house(name, "USD"): code for name, code in chart.HOUSE.items()}
CODES |= {PAYABLE: chart.PERSONAL["dev_payable"], PARKED: chart.PERSONAL["parked"]}
CARD = Card(
    id=UUID(int=3),
    person_id=ANN,
    token="card_3",
    brand="visa",
    funding="debit",
    last4="0000",
    exp_month=1,
    exp_year=2030,
    bank="First",
    state=CardState.ACTIVE,
    can_fund=True,
    can_receive=True,
    fast_funds=True,
    fingerprint="3",
    kept=True,
    used_by=None,
    created_at=START,
)
STEPS = ["answer"] * 5 + ["again"] * 3 + ["refund"] * 2 + ["find"] * 2 + ["wait"]


@dataclass
class Ledger:
    """Transfers by id; writing one twice writes it once, settling one twice is a defect."""

    written: dict[UUID, Transfer] = field(default_factory=dict)
    settled: set[UUID] = field(default_factory=set)
    flows: list[Flow] = field(default_factory=list)

    def write(self, transfers: list[Transfer]) -> None:
        for one in transfers:
            known = self.written.setdefault(one.id, one)
            assert known == one, "the same id for something else"
            if known is one:
                self._move(one)

    def _move(self, one: Transfer) -> None:
        if one.flags & TransferFlags.PENDING:
            return
        moved = one
        if one.pending_id in self.written:
            assert one.pending_id not in self.settled, "settled twice"
            self.settled.add(one.pending_id)
            moved = self.written[one.pending_id]
        if not one.flags & TransferFlags.VOID_PENDING_TRANSFER:
            debit, credit = CODES[moved.debit_account_id], CODES[moved.credit_account_id]
            self.flows.append(Flow(moved.user_data_128, moved.code, debit, credit, moved.amount))

    def balance(self, code: int) -> int:
        """Debits less credits."""
        debits = sum(flow.amount_minor for flow in self.flows if flow.debit_code == code)
        return debits - sum(flow.amount_minor for flow in self.flows if flow.credit_code == code)


@dataclass
class History:
    """A charge, its ledger, and a network that decides each attempt when it is first asked."""

    scene: Scene
    random: Random
    now: datetime = START
    ledger: Ledger = field(default_factory=Ledger)
    moved: set[UUID] = field(default_factory=set)
    answers: list[tuple[UUID, Answer]] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def facts(self) -> Facts:
        return Facts(self.now, self.now, POLICY)

    def attempts(self) -> list[Attempt]:
        return [one for some in self.scene.attempts.values() for one in some]

    def take(self, plan: Plan | None) -> None:
        if plan is None:
            return
        self.ledger.write(books.transfers(plan.bookings, "USD"))
        self.scene = self.scene.after(plan)
        self.told.update(str(one.state) for one in plan.told)
        self.agrees()

    def hear(self, attempt_id: UUID, answer: Answer) -> None:
        self.answers.append((attempt_id, answer))
        self.take(hearing.step(self.scene, attempt_id, answer, self.facts))

    def answer(self) -> None:
        """Something about an attempt that is on its way, true as far as it goes."""
        open_ones = [one for one in self.attempts() if one.fate in (Fate.LIVE, Fate.UNKNOWN)]
        if open_ones:
            one = self.random.choice(open_ones)
            self.hear(one.id, self._debit(one) if one.of is None else self._refund(one))

    def _debit(self, one: Attempt) -> Answer:
        """Accepted and declined are said at once or never: after silence it is undone, or we had missed it."""
        said = self.random.choice(["accepted", "declined", "issuer_down", "unknown", "unknown", "reversed", "reversed"])
        if said == "accepted":
            self.moved.add(one.id)
        return _answer(said)

    def _refund(self, one: Attempt) -> Answer:
        said = self.random.choice(["accepted", "declined", "issuer_down", "unknown", "unknown", "never_seen"])
        if said == "accepted":
            self.moved.add(one.id)
        return _answer(said)

    def again(self) -> None:
        """An answer from before comes once more."""
        if self.answers:
            attempt_id, answer = self.random.choice(self.answers)
            self.take(hearing.step(self.scene, attempt_id, answer, self.facts))

    def find(self) -> None:
        """A settlement file has a debit that was taken for dead."""
        dead = [one for one in self.attempts() if one.fate == Fate.DEAD and one.of is None]
        if dead:
            self.moved.add(dead[-1].id)
            self.hear(dead[-1].id, Answer("found"))

    def refund(self) -> None:
        minor = self.random.randint(1, self.scene.charge.amount_minor)
        ask = Refund(uuid7(), self.scene.charge.id, [Share(PAYABLE, minor)], "requested")
        try:
            plan = rules.plan_refund(ask, self.scene, self.facts)
        except Failure:
            return
        self.take(plan if isinstance(plan, Plan) else None)

    def wait(self) -> None:
        self.now += timedelta(hours=self.random.choice([0, 1, 30]))

    def finish(self) -> None:
        """The network is well again, and everything is heard of in the end."""
        for _ in range(50):
            self.now += timedelta(hours=30)
            for one in self.attempts():
                if one.fate in (Fate.LIVE, Fate.UNKNOWN):
                    said = "reversed" if one.of is None and one.id not in self.moved else "accepted"
                    self.moved |= {one.id} if said == "accepted" else set()
                    self.hear(one.id, _answer(said))

    def agrees(self) -> None:
        charge, refunds = self.scene.charge, self.scene.refunds.values()
        going = (State.REFUNDING, State.REFUND_UNKNOWN)
        standing = Standing(
            id=charge.id,
            amount_minor=charge.amount_minor,
            state=charge.state,
            shares_minor=sum(charge.shares.values()),
            refunding_minor=charge.refunding_minor,
            refunded_minor=charge.refunded_minor,
            given_back_minor=sum(one.amount_minor for one in refunds if one.state == State.REFUNDED),
            going_back_minor=sum(one.amount_minor for one in refunds if one.state in going),
            found=any(one.fate == Fate.ACCEPTED for one in self.scene.attempts[charge.id]),
        )
        assert complaint(standing, self.ledger.flows) is None
        live = Counter(one.payment_id for one in self.attempts() if one.fate in (Fate.LIVE, Fate.UNKNOWN))
        assert max(live.values(), default=0) <= 1, "two live attempts of one leg"
        assert charge.refunding_minor + charge.refunded_minor <= charge.amount_minor


def _answer(said: str) -> Answer:
    if said in ("declined", "issuer_down"):
        return Answer("declined", decline_code="do_not_honor" if said == "declined" else said)
    return Answer(said)


def begun(random: Random) -> History:
    ask = Charge(
        id=uuid7(),
        owner="games",
        subject_id=uuid7(),
        business_id=SHOP,
        payer_id=ANN,
        card_id=CARD.id,
        bank_id=None,
        amount_minor=1_000,
        currency="USD",
        shares=[Share(PAYABLE, 900), Share(FEES, 100)],
        says="Shop",
    )
    plan = rules.plan_charge(ask, None, CARD, Facts(START, START, POLICY))
    assert isinstance(plan, Plan)
    return History(Scene(plan.charge, {}, {ask.id: list(plan.attempts)}), random)


@given(steps=st.lists(st.sampled_from(STEPS), min_size=15, max_size=40), random=st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_books_balance_after_any_history(steps: list[str], random: Random) -> None:
    """What was taken is the shares', or is going back to its payer; what the network moved, the books say."""
    history = begun(random)
    for step in steps:
        getattr(history, step)()
    history.finish()
    charge = history.scene.charge
    debits = sum(one.amount_minor for one in history.attempts() if one.of is None and one.id in history.moved)
    credits_ = sum(one.amount_minor for one in history.attempts() if one.of and one.id in history.moved)

    late = [one for one in history.scene.refunds.values() if one.reason == LATE_DEBIT]

    assert charge.state in TERMINAL
    assert (charge.state == State.DECLINED and debits > 0) == (len(late) == 1)
    assert not [one for one in history.scene.refunds.values() if one.state not in TERMINAL]
    assert (debits, -credits_) == (
        history.ledger.balance(chart.HOUSE["card_clearing"]),
        history.ledger.balance(chart.HOUSE["refund_clearing"]),
    )
    assert history.told["charged"] + history.told["declined"] == 1


@given(steps=st.lists(st.sampled_from(STEPS), min_size=15, max_size=40), random=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_saying_everything_again_changes_nothing(steps: list[str], random: Random) -> None:
    """Whatever was said, said once more in any order, leaves the charge and the books as they were."""
    history = begun(random)
    for step in steps:
        getattr(history, step)()
    history.finish()
    scene, flows = history.scene, list(history.ledger.flows)
    for attempt_id, answer in random.sample(history.answers, len(history.answers)):
        history.take(hearing.step(history.scene, attempt_id, answer, history.facts))

    assert (scene, flows) == (history.scene, history.ledger.flows)
