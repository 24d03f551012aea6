"""What the steps of a payment did to somebody's money, and what it comes to. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from tuppence.payments.sends.states import TABLE, Books, Event
from tuppence.payments.statements.errors import PeriodRefused
from tuppence.payments.statements.model import LINES, Line, Move, Period, Step, Sum, Summary, Totals

PERIOD_DAYS_MOST = 366

PAYER_MOVES: Mapping[Books, Move] = MappingProxyType(
    {
        Books.DEBIT: Move.SENT,
        Books.POST_CREDIT: Move.DELIVERED,
        Books.TAKE_BACK_CREDIT: Move.CAME_BACK,
        Books.POST_REFUND: Move.REFUNDED,
        Books.PARK: Move.PARKED,
        Books.UNPARK: Move.UNPARKED,
        Books.KEEP: Move.REFUNDED,  # by their bank, or by the house before
    }
)
PAYEE_MOVES: Mapping[Books, Move] = MappingProxyType(
    {Books.POST_CREDIT: Move.RECEIVED, Books.TAKE_BACK_CREDIT: Move.RETURNED}
)
# A step of the life-cycle by its number and event, and the one move of money in it. Holds move nothing yet.
STEPS: Mapping[tuple[str, Event], Books] = MappingProxyType(
    {(row.number, row.event): books for row in TABLE for books in row.books if books in PAYER_MOVES}
)
_ON_ITS_WAY = MappingProxyType({Move.SENT: 1, Move.CAME_BACK: 1, Move.DELIVERED: -1, Move.REFUNDED: -1})
_KEPT = MappingProxyType({Move.PARKED: 1, Move.UNPARKED: -1})


def check(period: Period) -> None:
    """Raises: PeriodRefused."""
    days = (period.last - period.first).days + 1
    if days < 1:
        raise PeriodRefused(reason="ends_before_it_begins")
    if days > PERIOD_DAYS_MOST:
        raise PeriodRefused(reason="too_long", days_most=PERIOD_DAYS_MOST)


def move(number: str, event: Event, *, paying: bool) -> Move | None:
    """What this step is to the payer, or to the payee; None when their money did not move."""
    return (PAYER_MOVES if paying else PAYEE_MOVES).get(STEPS[number, event])


def move_of(step: Step, person_id: UUID) -> Move | None:
    """The line that a step is to somebody, if it is one."""
    found = move(step.number, step.event, paying=step.payer_id == person_id)
    return found if found in LINES else None


def card_of(step: Step, moved: Move) -> UUID | None:
    """The card of the person's own that the money left or reached."""
    match moved:
        case Move.SENT:
            return step.funding_card_id
        case Move.REFUNDED:
            return step.refund_card_id or step.funding_card_id
        case Move.RECEIVED:
            return None if step.receiving_bank_id else step.receiving_card_id
        case _:
            return None


def summary(sums: Iterable[Sum]) -> Summary:
    """Add up what the steps come to, currency by currency."""
    lines, moved = 0, Counter[tuple[str, bool, Move]]()
    for one in sums:
        if found := move(one.number, one.event, paying=one.paying):
            moved[one.currency, one.before, found] += one.minor
            lines += one.times if found in LINES and not one.before else 0
    currencies = sorted({currency for currency, _, _ in moved})
    return Summary(lines, tuple(_totals(currency, moved) for currency in currencies))


def _totals(currency: str, moved: Counter[tuple[str, bool, Move]]) -> Totals:
    before, within = ({one: moved[currency, early, one] for one in Move} for early in (True, False))
    opening = sum(sign * before[one] for one, sign in _ON_ITS_WAY.items())
    return Totals(
        currency=currency,
        opening_minor=opening,
        sent_minor=within[Move.SENT],
        delivered_minor=within[Move.DELIVERED],
        came_back_minor=within[Move.CAME_BACK],
        refunded_minor=within[Move.REFUNDED],
        closing_minor=opening + sum(sign * within[one] for one, sign in _ON_ITS_WAY.items()),
        parked_minor=sum(sign * (before[one] + within[one]) for one, sign in _KEPT.items()),
        received_minor=within[Move.RECEIVED],
        returned_minor=within[Move.RETURNED],
    )


def checked(lines: Iterable[Line], told: Summary) -> None:
    """A statement whose lines do not come to its sums is a defect, and must not be printed."""
    shown = Counter[tuple[str, Move]]()
    for line in lines:
        shown[line.currency, line.move] += line.amount_minor
    for totals in told.totals:
        for moved, minor in (
            (Move.SENT, totals.sent_minor),
            (Move.REFUNDED, totals.refunded_minor),
            (Move.RECEIVED, totals.received_minor),
            (Move.RETURNED, totals.returned_minor),
        ):
            assert minor == shown[totals.currency, moved], (totals.currency, moved)
