"""The life of a dispute as a table: of which kinds, in which state, upon which event, under which guard, into which.

One machine, three kinds. A triple (kind, state, event) that is not here is refused. Where one has several rows, the
first whose guard holds is taken; a row without a guard always holds. docs/design/disputes.md says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    USER = "user"  # somebody says that a payment of theirs is wrong
    CHARGEBACK = "chargeback"  # the payer's bank took the money back
    GOODS = "goods"  # something that was bought did not come, or not as promised


class State(StrEnum):
    OPENED = "opened"
    TRIAGE = "triage"
    AWAITING_RESPONDENT = "awaiting_respondent"
    INVESTIGATING = "investigating"
    REPRESENTMENT = "representment"
    PRE_ARB = "pre_arb"
    RESOLVED_FOR_CLAIMANT = "resolved_for_claimant"
    RESOLVED_FOR_RESPONDENT = "resolved_for_respondent"
    SPLIT = "split"
    WITHDRAWN = "withdrawn"
    WON = "won"
    LOST = "lost"


class Event(StrEnum):
    """What can happen to a dispute: somebody acts, a clock runs out, a network tells."""

    OPEN = "open"
    TAKE = "take"
    ASK = "ask"
    ANSWER = "answer"
    CONCEDE = "concede"
    RESPONDENT_SILENT = "respondent_silent"
    WITHDRAW = "withdraw"
    OVERTAKEN = "overtaken"
    CREDIT_DUE = "credit_due"
    DECISION_DUE = "decision_due"
    FOR_CLAIMANT = "for_claimant"
    FOR_RESPONDENT = "for_respondent"
    HALVE = "halve"
    REPRESENT = "represent"
    RESPONSE_DUE = "response_due"
    CONTESTED = "contested"
    NETWORK_WON = "network_won"
    NETWORK_LOST = "network_lost"
    BORNE = "borne"
    RECOVER = "recover"
    WRITE_OFF = "write_off"


class Guard(StrEnum):
    """A question about the facts; rules.py answers each."""

    BUSINESS = "a business was paid"
    KEPT = "we still hold the money"
    ASKABLE = "asking gives nothing away"
    OWED = "the claimant has nothing of it yet"
    LENDABLE = "nothing of it yet, and it was not a trick"
    LENT = "a provisional credit was given"
    NOT_LENT = "no provisional credit was given"
    DENIED = "the business says no"
    UNRECOVERED = "the house still bears it"
    UNBORNE = "a business was paid, and the house still bears it"


class Books(StrEnum):
    """What a step does in the ledger; books.py knows the accounts."""

    TAKEN = "Dr chargeback_receivable Cr card_clearing"
    GIVEN_BACK = "Dr card_clearing Cr chargeback_receivable"
    OWE = "Dr chargeback_receivable Cr parked"
    LOSE = "Dr loss Cr chargeback_receivable"
    RECOVERED = "Dr house_cash Cr chargeback_receivable"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    number: str
    kinds: frozenset[Kind]
    before: State | None
    event: Event
    after: State
    guard: Guard | None = None
    books: tuple[Books, ...] = ()


_U, _C, _G = (frozenset({kind}) for kind in (Kind.USER, Kind.CHARGEBACK, Kind.GOODS))
_CLAIMS = _U | _G


_UNDECIDED = (State.OPENED, State.TRIAGE, State.AWAITING_RESPONDENT, State.INVESTIGATING)
_UNANSWERED = (State.AWAITING_RESPONDENT, State.INVESTIGATING)


def _claims() -> Iterable[Row]:
    """Rows 1 to 12: what a person reports."""
    s, e, g, b = State, Event, Guard, Books
    yield Row("1", _U, None, e.OPEN, s.OPENED)
    yield Row("1a", _G, None, e.OPEN, s.AWAITING_RESPONDENT)
    yield Row("2", _U, s.OPENED, e.TAKE, s.TRIAGE)
    for before in (s.OPENED, s.TRIAGE, s.INVESTIGATING):
        yield Row("3", _U, before, e.ASK, s.AWAITING_RESPONDENT, g.ASKABLE)
    yield Row("4", _U, s.AWAITING_RESPONDENT, e.ANSWER, s.INVESTIGATING)
    yield Row("4a", _U, s.AWAITING_RESPONDENT, e.RESPONDENT_SILENT, s.INVESTIGATING)
    yield Row("5", _G, s.AWAITING_RESPONDENT, e.ANSWER, s.INVESTIGATING, g.DENIED)
    yield Row("5a", _G, s.AWAITING_RESPONDENT, e.ANSWER, s.RESOLVED_FOR_RESPONDENT)
    for event in (e.RESPONDENT_SILENT, e.CONCEDE):
        yield Row("6", _G, s.AWAITING_RESPONDENT, event, s.RESOLVED_FOR_CLAIMANT, g.OWED, (b.OWE,))
        yield Row("6a", _G, s.AWAITING_RESPONDENT, event, s.WITHDRAWN)
    for before in _UNDECIDED:
        kinds = _CLAIMS if before in _UNANSWERED else _U
        yield Row("7", _U, before, e.CREDIT_DUE, before, g.LENDABLE, (b.OWE,))
        for event in (e.FOR_CLAIMANT, e.DECISION_DUE):
            yield Row("8", kinds, before, event, s.RESOLVED_FOR_CLAIMANT, g.OWED, (b.OWE,))
            yield Row("8a", kinds, before, event, s.RESOLVED_FOR_CLAIMANT, g.LENT)
            yield Row("8b", kinds, before, event, s.WITHDRAWN)
        yield Row("9", kinds, before, e.HALVE, s.SPLIT, g.OWED, (b.OWE,))
        yield Row("10", kinds, before, e.FOR_RESPONDENT, s.RESOLVED_FOR_RESPONDENT, g.LENT, (b.LOSE,))
        yield Row("10a", kinds, before, e.FOR_RESPONDENT, s.RESOLVED_FOR_RESPONDENT)
        yield Row("11", kinds, before, e.WITHDRAW, s.WITHDRAWN, g.NOT_LENT)
        yield Row("12", kinds, before, e.OVERTAKEN, s.WITHDRAWN, g.LENT, (b.LOSE,))
        yield Row("12a", kinds, before, e.OVERTAKEN, s.WITHDRAWN)


def _chargebacks() -> Iterable[Row]:
    """Rows 13 to 18: what the payer's bank does."""
    s, e, g, b = State, Event, Guard, Books
    yield Row("13", _C, None, e.OPEN, s.LOST, g.KEPT, (b.TAKEN,))
    yield Row("13a", _C, None, e.OPEN, s.AWAITING_RESPONDENT, g.BUSINESS, (b.TAKEN,))
    yield Row("13b", _C, None, e.OPEN, s.INVESTIGATING, books=(b.TAKEN,))
    for before in _UNANSWERED:
        for event in (e.ANSWER, e.REPRESENT, e.RESPONSE_DUE):
            yield Row("14", _C, before, event, s.REPRESENTMENT)
    yield Row("15", _C, s.REPRESENTMENT, e.CONTESTED, s.PRE_ARB)
    for event in (e.ANSWER, e.REPRESENT, e.RESPONSE_DUE):
        yield Row("15a", _C, s.PRE_ARB, event, s.PRE_ARB)
    for before in (*_UNANSWERED, s.PRE_ARB):
        yield Row("16", _C, before, e.CONCEDE, s.LOST)
    for before in (*_UNANSWERED, s.REPRESENTMENT, s.PRE_ARB):
        yield Row("17", _C, before, e.NETWORK_WON, s.WON, books=(b.GIVEN_BACK,))
        yield Row("18", _C, before, e.NETWORK_LOST, s.LOST)


def _bearing() -> Iterable[Row]:
    """Rows 19 to 21: who bears it in the end."""
    s, e, g, b = State, Event, Guard, Books
    for before in (*_UNANSWERED, s.REPRESENTMENT, s.PRE_ARB, s.LOST):
        yield Row("19", _C, before, e.BORNE, before, g.UNBORNE)
    for before in (s.RESOLVED_FOR_CLAIMANT, s.SPLIT):
        yield Row("19", _CLAIMS, before, e.BORNE, before, g.UNBORNE)
    for kinds, before in ((_C, s.LOST), (_CLAIMS, s.RESOLVED_FOR_CLAIMANT), (_CLAIMS, s.SPLIT)):
        yield Row("20", kinds, before, e.RECOVER, before, g.UNRECOVERED, (b.RECOVERED,))
        yield Row("21", kinds, before, e.WRITE_OFF, before, g.UNRECOVERED, (b.LOSE,))


TABLE = (*_claims(), *_chargebacks(), *_bearing())


def rows(kind: Kind, before: State | None, event: Event) -> tuple[Row, ...]:
    """The rows of a triple, in the order in which their guards are asked; none means refused."""
    return _BY_TRIPLE.get((kind, before, event), ())


_BY_TRIPLE: dict[tuple[Kind, State | None, Event], tuple[Row, ...]] = {}
for _row in TABLE:
    for _kind in _row.kinds:
        _triple = (_kind, _row.before, _row.event)
        _BY_TRIPLE[_triple] = (*_BY_TRIPLE.get(_triple, ()), _row)

# Decided; `lost` and what was decided for the claimant go on to say who bears it in the end.
TERMINAL = frozenset(
    {
        State.RESOLVED_FOR_CLAIMANT,
        State.RESOLVED_FOR_RESPONDENT,
        State.SPLIT,
        State.WITHDRAWN,
        State.WON,
        State.LOST,
    }
)
