"""The life of a payment as a table: in which state, upon which event, under which guard, into which state.

Numbers are those of docs/design/sends.md. A pair (state, event) that is not here is refused, whoever asks. Where
one pair has several rows, the first whose guard holds is taken; a row without a guard always holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CREATED = "created"
    STEP_UP = "step_up"
    DEBITING = "debiting"
    DEBIT_UNKNOWN = "debit_unknown"
    DEBIT_FAILED = "debit_failed"
    IN_REVIEW = "in_review"
    AWAITING_RECIPIENT = "awaiting_recipient"
    CREDITING = "crediting"
    CREDIT_UNKNOWN = "credit_unknown"
    CREDITED = "credited"
    AVAILABLE = "available"
    RETURNING = "returning"
    RETURN_UNKNOWN = "return_unknown"
    RETURNED = "returned"
    PARKED = "parked"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


class Event(StrEnum):
    """What can happen to a payment: a person acts, a timer fires, a rail tells, an operator decides."""

    SEND = "send"
    CANCEL = "cancel"
    WINDOW_OVER = "window_over"
    PROVEN = "proven"
    LOCKED_OUT = "locked_out"
    PROOF_TIMED_OUT = "proof_timed_out"
    DEBIT_ACCEPTED = "debit_accepted"
    DEBIT_DECLINED = "debit_declined"
    DEBIT_UNANSWERED = "debit_unanswered"
    DEBIT_DEAD = "debit_dead"
    DEBIT_FOUND = "debit_found"
    REVIEW_PASSED = "review_passed"
    REVIEW_REJECTED = "review_rejected"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    REMIND = "remind"
    PAYEE_CARD = "payee_card"
    PAYEE_BLOCKED = "payee_blocked"
    PAYEE_CLOSED = "payee_closed"
    PAYER_BLOCKED = "payer_blocked"
    CREDIT_ACCEPTED = "credit_accepted"
    CREDIT_DECLINED = "credit_declined"
    CREDIT_UNANSWERED = "credit_unanswered"
    CREDIT_DEAD = "credit_dead"
    CREDIT_RETURNED = "credit_returned"
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    LATE = "late"
    INTERVAL_OVER = "interval_over"
    REFUND_ACCEPTED = "refund_accepted"
    REFUND_DECLINED = "refund_declined"
    REFUND_UNANSWERED = "refund_unanswered"
    REFUND_DEAD = "refund_dead"
    PAYER_CARD = "payer_card"
    CHARGED_BACK = "charged_back"


class Guard(StrEnum):
    """A question about the facts; rules.py answers each."""

    NO_LONGER_POSSIBLE = "no longer possible"  # a block or a closed account since it was created
    PROOF_NEEDED = "proof needed"  # step-up was decided and the last proof is not fresh
    PROOF_FRESH = "proof fresh"
    TRY_AGAIN = "try again"  # the bank could not be reached, and tries are left
    WATCHED = "watched"  # the debit was left without answer, so settlement files are searched for it
    RISKY = "risky"
    UNDELIVERABLE = "undeliverable"  # the payee blocked the payer, or an account closed
    PAYEE_MUST_ACT = "payee must act"  # no card that can receive this
    PAYEE_READY = "payee ready"
    LATE = "late"
    NOT_CONTESTED = "not contested"  # nobody said that it did not arrive
    PAYER_READY = "payer ready"  # the payer has a card that a refund can go to, and has not got it back otherwise


class Books(StrEnum):
    """What a step does in the ledger; books.py knows the accounts."""

    DEBIT = "Dr card_clearing Cr in_transit"
    # A credit by bank file stands in bank_clearing instead of payout_clearing.
    HOLD_CREDIT = "pending Dr in_transit Cr payout_clearing"
    POST_CREDIT = "post Dr in_transit Cr payout_clearing"
    VOID_CREDIT = "void Dr in_transit Cr payout_clearing"
    TAKE_BACK_CREDIT = "Dr payout_clearing Cr in_transit"
    HOLD_REFUND = "pending Dr in_transit Cr refund_clearing"
    POST_REFUND = "post Dr in_transit Cr refund_clearing"
    VOID_REFUND = "void Dr in_transit Cr refund_clearing"
    PARK = "Dr in_transit Cr parked"
    UNPARK = "Dr parked Cr in_transit"
    KEEP = "Dr in_transit Cr chargeback_receivable"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    number: str
    before: State | None
    event: Event
    after: State
    guard: Guard | None = None
    books: tuple[Books, ...] = ()


def _rows() -> Iterable[Row]:
    s, e, g, b = State, Event, Guard, Books
    hold, refund = (b.HOLD_CREDIT,), (b.HOLD_REFUND,)
    taken, taken_back = (b.DEBIT,), (b.DEBIT, b.HOLD_REFUND)

    yield Row("1", None, e.SEND, s.CREATED)
    yield Row("2", s.CREATED, e.CANCEL, s.CANCELLED)
    yield Row("3b", s.STEP_UP, e.CANCEL, s.CANCELLED)
    yield Row("4", s.STEP_UP, e.PROOF_TIMED_OUT, s.ABANDONED)
    for before in (s.CREATED, s.STEP_UP):
        yield Row("4", before, e.LOCKED_OUT, s.ABANDONED)

    yield Row("5a", s.CREATED, e.PROVEN, s.CREATED, g.PROOF_FRESH)
    yield Row("5b", s.CREATED, e.WINDOW_OVER, s.CANCELLED, g.NO_LONGER_POSSIBLE)
    yield Row("3", s.CREATED, e.WINDOW_OVER, s.STEP_UP, g.PROOF_NEEDED)
    yield Row("5", s.CREATED, e.WINDOW_OVER, s.DEBITING)
    yield Row("5b", s.STEP_UP, e.PROVEN, s.CANCELLED, g.NO_LONGER_POSSIBLE)
    yield Row("5", s.STEP_UP, e.PROVEN, s.DEBITING, g.PROOF_FRESH)

    yield Row("6a", s.DEBITING, e.DEBIT_DECLINED, s.DEBITING, g.TRY_AGAIN)
    yield Row("6", s.DEBITING, e.DEBIT_DECLINED, s.DEBIT_FAILED)
    yield Row("7", s.DEBITING, e.DEBIT_UNANSWERED, s.DEBIT_UNKNOWN)
    yield Row("7a", s.DEBIT_UNKNOWN, e.DEBIT_UNANSWERED, s.DEBIT_UNKNOWN)
    yield Row("8", s.DEBITING, e.DEBIT_DEAD, s.DEBIT_FAILED)
    yield Row("8", s.DEBIT_UNKNOWN, e.DEBIT_DEAD, s.DEBIT_FAILED)
    yield Row("8", s.DEBIT_UNKNOWN, e.DEBIT_DECLINED, s.DEBIT_FAILED)
    yield Row("8a", s.DEBIT_UNKNOWN, e.DEBIT_ACCEPTED, s.RETURNING, books=taken_back)
    yield Row("8b", s.DEBIT_FAILED, e.DEBIT_FOUND, s.RETURNING, g.WATCHED, taken_back)

    yield Row("9", s.DEBITING, e.DEBIT_ACCEPTED, s.IN_REVIEW, g.RISKY, taken)
    yield Row("10a", s.DEBITING, e.DEBIT_ACCEPTED, s.RETURNING, g.UNDELIVERABLE, taken_back)
    yield Row("10", s.DEBITING, e.DEBIT_ACCEPTED, s.AWAITING_RECIPIENT, g.PAYEE_MUST_ACT, taken)
    yield Row("11", s.DEBITING, e.DEBIT_ACCEPTED, s.CREDITING, books=taken + hold)
    yield Row("10a", s.IN_REVIEW, e.REVIEW_PASSED, s.RETURNING, g.UNDELIVERABLE, refund)
    yield Row("10", s.IN_REVIEW, e.REVIEW_PASSED, s.AWAITING_RECIPIENT, g.PAYEE_MUST_ACT)
    yield Row("11", s.IN_REVIEW, e.REVIEW_PASSED, s.CREDITING, books=hold)
    yield Row("12", s.IN_REVIEW, e.REVIEW_REJECTED, s.RETURNING, books=refund)

    for event in (e.ACCEPT, e.PAYEE_CARD):
        yield Row("13", s.AWAITING_RECIPIENT, event, s.CREDITING, g.PAYEE_READY, hold)
    for event in (e.DECLINE, e.CANCEL, e.EXPIRE, e.PAYEE_BLOCKED, e.PAYEE_CLOSED):
        yield Row("14", s.AWAITING_RECIPIENT, event, s.RETURNING, books=refund)
    yield Row("14a", s.AWAITING_RECIPIENT, e.PAYER_BLOCKED, s.AWAITING_RECIPIENT)
    yield Row("14b", s.AWAITING_RECIPIENT, e.REMIND, s.AWAITING_RECIPIENT)

    yield Row("16", s.CREDITING, e.CREDIT_UNANSWERED, s.CREDIT_UNKNOWN)
    yield Row("16a", s.CREDIT_UNKNOWN, e.CREDIT_UNANSWERED, s.CREDIT_UNKNOWN)
    for before in (s.CREDITING, s.CREDIT_UNKNOWN):
        yield Row("15", before, e.CREDIT_ACCEPTED, s.CREDITED, books=(b.POST_CREDIT,))
        yield Row("17", before, e.CREDIT_DECLINED, s.AWAITING_RECIPIENT, books=(b.VOID_CREDIT,))
        yield Row("17", before, e.CREDIT_DEAD, s.AWAITING_RECIPIENT, books=(b.VOID_CREDIT,))

    yield Row("18", s.CREDITED, e.ARRIVED, s.AVAILABLE)
    yield Row("18", s.CREDITED, e.INTERVAL_OVER, s.AVAILABLE, g.NOT_CONTESTED)
    yield Row("18a", s.CREDITED, e.LATE, s.CREDITED)
    yield Row("18b", s.CREDITED, e.NOT_ARRIVED, s.CREDITED, g.LATE)
    for before in (s.CREDITED, s.AVAILABLE):
        yield Row("19", before, e.CREDIT_RETURNED, s.AWAITING_RECIPIENT, books=(b.TAKE_BACK_CREDIT,))

    yield Row("21", s.RETURNING, e.REFUND_UNANSWERED, s.RETURN_UNKNOWN)
    yield Row("21a", s.RETURN_UNKNOWN, e.REFUND_UNANSWERED, s.RETURN_UNKNOWN)
    for before in (s.RETURNING, s.RETURN_UNKNOWN):
        again = (b.VOID_REFUND, b.HOLD_REFUND)
        yield Row("20", before, e.REFUND_ACCEPTED, s.RETURNED, books=(b.POST_REFUND,))
        yield Row("21b", before, e.REFUND_DEAD, s.RETURNING, books=again)
        yield Row("22a", before, e.REFUND_DECLINED, s.RETURNING, g.TRY_AGAIN, again)
        yield Row("22", before, e.REFUND_DECLINED, s.PARKED, books=(b.VOID_REFUND, b.PARK))
    yield Row("22b", s.PARKED, e.REMIND, s.PARKED)
    yield Row("23", s.PARKED, e.PAYER_CARD, s.RETURNING, g.PAYER_READY, (b.UNPARK, b.HOLD_REFUND))
    for before in (s.IN_REVIEW, s.AWAITING_RECIPIENT):
        yield Row("24", before, e.CHARGED_BACK, s.RETURNED, books=(b.KEEP,))


TABLE = tuple(_rows())


def rows(before: State | None, event: Event) -> tuple[Row, ...]:
    """The rows of a pair, in the order in which their guards are asked; none means refused."""
    return _BY_PAIR.get((before, event), ())


_BY_PAIR: dict[tuple[State | None, Event], tuple[Row, ...]] = {}
for _row in TABLE:
    _pair = (_row.before, _row.event)
    _BY_PAIR[_pair] = (*_BY_PAIR.get(_pair, ()), _row)

# Nothing more happens by itself; `available` and a watched `debit_failed` are left only when a bank corrects itself.
TERMINAL = frozenset({State.DEBIT_FAILED, State.AVAILABLE, State.RETURNED, State.CANCELLED, State.ABANDONED})
# Nothing was sent in the end, so the room that this payment took in its payer's limits is given back.
RELEASES = frozenset({State.DEBIT_FAILED, State.RETURNED, State.CANCELLED, State.ABANDONED})
# From here on the payee is told of it.
PAYEE_SEES = frozenset({State.IN_REVIEW, State.AWAITING_RECIPIENT, State.CREDITING})
