"""What a file says of chargebacks: kept, handed to the room of disputes, and named as breaks where nothing fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy, uuid7
from tuppence.db import Tx
from tuppence.payments import disputes
from tuppence.payments.disputes import Case, Dispute, Event, Reason
from tuppence.payments.reconciliation import queries
from tuppence.payments.reconciliation.model import Found, Kind
from tuppence.rails.card.cases import REASONS, CaseLine
from tuppence.rails.card.clearing import ClearingFile, Line

SQL = queries.SQL

_EVENTS = {
    "chargeback": Event.OPEN,
    "contested": Event.CONTESTED,
    "won": Event.NETWORK_WON,
    "lost": Event.NETWORK_LOST,
}
_ACCOUNT = "card_clearing"


@dataclass(frozen=True, slots=True)
class _Debit:
    id: UUID
    room: str
    payment_id: UUID
    rrn: str | None
    currency: str


async def read(tx: Tx, file: ClearingFile, *, policy: Policy) -> list[tuple[Line | CaseLine, str | None, bool]]:
    """Have each heard, in the file's order. What to book: the line, its clearing account, whether it is about ours."""
    if not file.cases:
        return []
    ids = sorted({UUID(line.reference) for line in file.cases})
    debits = {one.id: one for one in await tx.fetch(SQL.debits, _Debit, ids=ids)}
    heard = await _hear(tx, file.cases, debits, policy)
    await _write(tx, file, heard)
    wrong = [
        _break(file, len(file.lines) + place, line, account_of(line, policy))
        for place, (line, dispute_id) in enumerate(zip(file.cases, heard, strict=True), 1)
        if dispute_id is None
    ]
    await queries.open_breaks(tx, queries.RAIL, wrong, await outbox.now(tx))
    return [
        (line, account_of(line, policy), dispute_id is not None)
        for line, dispute_id in zip(file.cases, heard, strict=True)
    ]


def account_of(line: CaseLine, policy: Policy) -> str | None:
    """The clearing account that a line empties; None in a currency that this house does not keep."""
    return _ACCOUNT if line.currency == policy.currency else None


async def _hear(tx: Tx, lines: Sequence[CaseLine], debits: Mapping[UUID, _Debit], policy: Policy) -> list[UUID | None]:
    """The dispute that each line is about; None where it is about no debit of ours, or comes out of turn.

    All are heard at once, so that people are told once, and the books written after that.
    """
    known = set(await disputes.queries.by_cases(tx, [line.number for line in lines]))
    cases = list[Case | None]()
    for line in lines:
        twice = line.word == "chargeback" and line.number in known  # the same money taken twice
        case = None if twice else _case(line, debits.get(UUID(line.reference)), policy)
        known |= {case.number} if case and case.event == Event.OPEN else set()
        cases.append(case)
    heard = iter(await disputes.hear(tx, [case for case in cases if case], policy=policy))
    found = [next(heard) if case else None for case in cases]
    return [one.id if isinstance(one, Dispute) else None for one in found]


def _case(line: CaseLine, debit: _Debit | None, policy: Policy) -> Case | None:
    """What a line says, if it is about a debit of ours and whole."""
    if debit is None or line.currency != policy.currency or debit.rrn not in (None, line.rrn):
        return None
    if line.amount_minor <= 0 or (line.word in ("chargeback", "contested") and line.respond_by is None):
        return None
    return Case(
        number=line.number,
        event=_EVENTS[line.word],
        about="charge" if debit.room == "charges" else "payment",
        subject_id=debit.payment_id,
        reason=Reason(REASONS[line.reason]),
        amount_minor=line.amount_minor,
        currency=line.currency,
        respond_by=line.respond_by,
    )


async def _write(tx: Tx, file: ClearingFile, heard: Sequence[UUID | None]) -> None:
    first = len(file.lines) + 1
    await tx.execute(
        SQL.insert_cases,
        rail=queries.RAIL,
        sequence=file.sequence,
        number=list(range(first, first + len(file.cases))),
        word=[line.word for line in file.cases],
        case_number=[line.number for line in file.cases],
        reference=[line.reference for line in file.cases],
        dispute_id=list(heard),
        signed_minor=[line.signed_minor for line in file.cases],
        currency=[line.currency for line in file.cases],
    )


def _break(file: ClearingFile, number: int, line: CaseLine, account: str | None) -> Found:
    detail = {"file": file.name, "number": number, "word": line.word, "case": line.number, "reference": line.reference}
    left = -line.signed_minor if account else 0
    subject = f"case:{queries.RAIL}/{file.sequence}/{number}"
    return Found(uuid7(), Kind.UNKNOWN_CASE, subject, left, line.currency, None, account, detail)
