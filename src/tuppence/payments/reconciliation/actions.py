"""The verbs of reconciliation: read files, judge attempts by them, close breaks. The ledger call comes last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Failure, Leg, Policy, uuid7
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer
from tuppence.payments.charges import actions as charges
from tuppence.payments.disputes import redress
from tuppence.payments.reconciliation import books, cases, queries, rules
from tuppence.payments.reconciliation.errors import BreakEnded, BreakHasAmount, BreakNotFound
from tuppence.payments.reconciliation.model import Break, Candidate, Close, FileRow, Found, Kind, Known, Verdict
from tuppence.payments.sends import actions as sends
from tuppence.payments.sends.model import Recorded
from tuppence.rails.card.cases import CaseLine
from tuppence.rails.card.clearing import ClearingFile, Line

SQL = queries.SQL
RAIL = queries.RAIL

_BY_ITSELF = "agrees by now"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A line as it is written."""

    number: int
    movement: str
    reference: str
    attempt_id: UUID | None
    signed_minor: int
    currency: str
    fee_minor: int
    stan: str
    rrn: str
    at: datetime
    account: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """How far judging has come: go on after this attempt, and how much news there was."""

    after: UUID | None
    news: int


# - files -----------------------------------------------------------------------------------------------------------


async def read(tx: Tx, file: ClearingFile, *, policy: Policy) -> Kind | None:
    """Keep a file's lines and settle them in the books; why not, if it is not the next one. A known one is passed over.

    Locks: other reconciliations, then what hearing of chargebacks locks, then the ledger.
    """
    await queries.lock(tx)
    before = await queries.files(tx, RAIL)
    refused = rules.why_not(file, before)
    if refused or file.sequence in before:
        return refused
    known = await queries.known(tx, sorted({UUID(line.reference) for line in file.lines}))
    kept = [_keep(number, line, known, policy) for number, line in enumerate(file.lines, 1)]
    await _write_file(tx, file, kept, policy)
    strangers = [_stranger(file, one) for one in kept if one.attempt_id is None]
    await queries.open_breaks(tx, RAIL, strangers, await outbox.now(tx))
    booked: list[tuple[Line | CaseLine, str | None, bool]] = [
        (line, one.account, one.attempt_id is not None) for line, one in zip(file.lines, kept, strict=True)
    ]
    booked += await cases.read(tx, file, policy=policy)
    await _book(tx, books.settlement(RAIL, file.sequence, booked, policy.currency))
    return None


def _keep(number: int, line: Line, known: Mapping[UUID, Known], policy: Policy) -> _Kept:
    attempt = known.get(UUID(line.reference))
    ours = attempt if rules.matches(line, attempt) else None
    return _Kept(
        number=number,
        movement=line.movement,
        reference=line.reference,
        attempt_id=ours.id if ours else None,
        signed_minor=line.signed_minor,
        currency=line.currency,
        fee_minor=line.fee_minor,
        stan=line.stan,
        rrn=line.rrn,
        at=line.at,
        account=rules.account_of(line, ours, policy.currency),
    )


async def _write_file(tx: Tx, file: ClearingFile, kept: Sequence[_Kept], policy: Policy) -> None:
    await tx.execute(
        SQL.insert_file,
        rail=RAIL,
        sequence=file.sequence,
        business_date=file.day,
        digest=file.digest,
        lines=len(kept) + len(file.cases),
        net_minor=file.net_minor(policy.currency),
        read_at=await outbox.now(tx),
    )
    names = _Kept.__dataclass_fields__
    await tx.execute(SQL.insert_lines, rail=RAIL, sequence=file.sequence, **columns(kept, *names))


def _stranger(file: ClearingFile, line: _Kept) -> Found:
    """A break for a line that is about no attempt of ours: what it left in the clearing account."""
    detail = {"file": file.name, "number": line.number, "movement": line.movement, "reference": line.reference}
    subject = f"line:{RAIL}/{file.sequence}/{line.number}"
    left = -line.signed_minor if line.account else 0
    told = detail | {"signed_minor": line.signed_minor}
    return Found(uuid7(), Kind.UNKNOWN_LINE, subject, left, line.currency, None, line.account, told)


async def note_files(
    tx: Tx, wrong: Mapping[str, Kind], *, policy: Policy, lasting: Callable[[bool], bool] = bool
) -> FileRow | None:
    """Bring the breaks about files up to date: names and what is wrong with them. The latest file that was read.

    `lasting` is told whether a day's file is missing, and says whether it has been for long enough to be a break.
    """
    await queries.lock(tx)
    read_before, now = await queries.files(tx, RAIL), await outbox.now(tx)
    latest = read_before[max(read_before)] if read_before else None
    found = [Found(uuid7(), kind, f"file:{name}", 0, policy.currency) for name, kind in wrong.items()]
    if lasting(rules.is_file_missing(now, latest.business_date if latest else None)):
        detail = {"day": str(rules.before(rules.closed_day(now)))}
        found.append(Found(uuid7(), Kind.FILE_MISSING, f"file:{RAIL}", 0, policy.currency, detail=detail))
    stays = {one.subject for one in found}
    gone = [one for one in await queries.open_subjects(tx, RAIL) if one.startswith("file:") and one not in stays]
    await queries.open_breaks(tx, RAIL, found, now)
    await _explain(tx, gone, now)
    return latest


# - attempts --------------------------------------------------------------------------------------------------------


async def judge(tx: Tx, after: UUID, *, policy: Policy) -> Page:
    """Judge a page of attempts: open, update and explain their breaks, and have their rooms record what is news.

    Locks: other reconciliations, then what recording locks.
    """
    await queries.lock(tx)
    now, read_before = await outbox.now(tx), await queries.files(tx, RAIL)
    read_to = max((one.business_date for one in read_before.values()), default=date.min)
    since = await looked_back_to(tx, read_before)
    until = rules.end_of(read_to)
    page, go_on = await queries.candidates(tx, RAIL, since=since, read_until=until, after=after)
    lines = await queries.lines_of(tx, [one.id for one in page])
    closed = await queries.closed(tx, [_subject(one) for one in page])
    verdicts = [
        (
            one,
            rules.beside(
                rules.judge(one, lines[one.id], read_to=read_to, now=now, policy=policy), closed[_subject(one)]
            ),
        )
        for one in page
    ]
    await queries.open_breaks(tx, RAIL, [_found(one, verdict) for one, verdict in verdicts if verdict.kind], now)
    await _explain(tx, [_subject(one) for one, verdict in verdicts if not verdict.kind], now)
    news = [(one.room, Recorded(one.id, verdict.news)) for one, verdict in verdicts if verdict.news]
    for room, record in (("sends", sends.record), ("charges", charges.record), ("disputes", redress.record)):
        if mine := [told for whose, told in news if whose == room]:
            await record(tx, mine, policy=policy)
    return Page(go_on, len(news))


async def looked_back_to(tx: Tx, read_before: Mapping[int, FileRow]) -> datetime:
    """How far back attempts are compared: from the last file that was read, since we may not have run for a while."""
    days = [datetime.combine(one.business_date, time(), UTC) for one in read_before.values()]
    return min(await outbox.now(tx), max(days, default=datetime.max.replace(tzinfo=UTC))) - rules.LOOK_BACK


def _subject(one: Candidate) -> str:
    return f"attempt:{one.id}"


def _found(one: Candidate, verdict: Verdict) -> Found:
    assert verdict.kind is not None
    detail = {
        "attempt": str(one.id),
        "leg": Leg(one.leg).name.lower(),
        "fate": one.fate,
        "amount_minor": one.amount_minor,
    }
    account = {1: "card_clearing", 2: "payout_clearing", 3: "refund_clearing"}[one.leg]
    return Found(
        uuid7(), verdict.kind, _subject(one), verdict.left_minor, one.currency, one.payment_id, account, detail
    )


# - breaks ----------------------------------------------------------------------------------------------------------


async def close(tx: Tx, asks: Sequence[Close]) -> list[Break | Failure]:
    """Be done with breaks, each with a name and a reason. What it leaves in a clearing account must be written off.

    Locks: the breaks, in id order, then the ledger.
    """
    await queries.lock(tx)
    found = {one.id: one for one in await tx.fetch(SQL.lock_breaks, Break, ids=[ask.break_id for ask in asks])}
    results = [_closable(found.get(ask.break_id), ask) for ask in asks]
    done = [ask for ask, result in zip(asks, results, strict=True) if isinstance(result, Break)]
    await tx.execute(SQL.close_breaks, now=await outbox.now(tx), **columns(done, "break_id", "by", "reason"))
    await _book(tx, books.write_offs(one for one in results if isinstance(one, Break)))
    return results


def _closable(one: Break | None, ask: Close) -> Break | Failure:
    if one is None:
        return BreakNotFound()
    if one.state != "open":
        return BreakEnded(state=one.state, reason=one.reason)
    if one.amount_minor and not ask.write_off:
        return BreakHasAmount(amount_minor=one.amount_minor, currency=one.currency)
    return one


async def _explain(tx: Tx, subjects: Iterable[str], now: datetime) -> None:
    if named := sorted(subjects):
        await tx.execute(SQL.explain_breaks, subjects=named, now=now, reason=_BY_ITSELF)


async def _book(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """The last call before the commit."""
    if transfers:
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused
