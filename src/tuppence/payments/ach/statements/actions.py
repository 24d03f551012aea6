"""The verbs of statements: take one in, match what was read too late, find what is missing. The ledger call is last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Statements, Tx, columns
from tuppence.ledger import Transfer, chart
from tuppence.outbox import Job
from tuppence.payments.ach import books, breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import File
from tuppence.payments.ach.statements import rules
from tuppence.payments.ach.statements.model import Line, Ours, Verdict
from tuppence.payments.ach.statements.rules import Day
from tuppence.rails.bank.sepa import Statement

SQL = Statements(__package__)

DUE = "payments.bank_statement_due"
_NEXT = "next"
_DUE_HOUR = 22  # of the banking day after: by then it is late
_LOOKED_BACK = 40  # statements whose balances are still compared
_NAMES = UUID("6a2c7a0e-54d3-4b0f-8a53-8b1e7b8f3f0d")  # our own name space; any constant would do


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a file, or of a file of returns, stands in one clearing account; in cash, so credits are below zero."""

    about: str
    clearing: str
    signed_minor: int


@dataclass(frozen=True, slots=True)
class _Returns:
    reference: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class _Missing:
    """Something that a statement should have told of by now. `left_minor` stands in bank_clearing meanwhile."""

    kind: str
    subject: str
    left_minor: int


async def take(tx: Tx, statement: Statement, *, account: str, now: datetime, policy: Policy) -> None:
    """Book every line of a statement and open what does not agree. One that is known by its id changes nothing.

    Locks: other statements, the files that it settles, then the ledger.
    """
    await tx.execute(SQL.lock)
    refused = rules.why_not(statement, account=account, currency=policy.currency)
    if refused:
        wrong = Break("statement_damaged", f"statement:{statement.id}", {"why": refused})
        await breaks.open_all(tx, [wrong], now, policy)
        return
    day, lines = rules.day_of(statement), rules.lines_of(statement)
    if not await tx.execute(
        SQL.insert_statement,
        id=day.id,
        on_date=day.on_date,
        opening_minor=day.opening_minor,
        closing_minor=day.closing_minor,
        currency=policy.currency,
        at=now,
    ):
        return
    files = await _files(tx, lines)
    verdicts = await _judged(tx, lines, files, policy)
    await tx.execute(
        SQL.insert_lines,
        matched=[verdict.matched for verdict in verdicts],
        **columns(lines, "statement_id", "number", "kind", "about", "amount_minor"),
    )
    await _settle(tx, lines, verdicts, files, day)
    await _open(tx, lines, verdicts, now, policy)
    await _look_for_gaps(tx, now, policy)
    await note_missing(tx, policy=policy)
    await books.book(
        tx, [one for line, verdict in zip(lines, verdicts, strict=True) for one in _moves(line, verdict, policy)]
    )


async def _files(tx: Tx, lines: Sequence[Line]) -> dict[str, File]:
    names = sorted({one.about for one in lines if one.kind in ("settlement", "fees")})
    return {one.name: one for one in await tx.fetch(SQL.lock_files, File, names=names)}


async def _judged(tx: Tx, lines: Sequence[Line], files: Mapping[str, File], policy: Policy) -> list[Verdict]:
    before = {(kind, about) for kind, about in await tx.rows(SQL.told, about=sorted({one.about for one in lines}))}
    parts = await _parts(tx, [one.id for one in files.values()])
    returned = await _returned(tx, [one.about for one in lines if one.kind == "returns"])
    verdicts = []
    for line in lines:
        file = files.get(line.about)
        ours: Ours | None = returned.get(line.about) if line.kind == "returns" else None
        if file and line.kind == "settlement":
            ours = Ours(parts.get(file.name, {}), file.net_minor)
        elif file and line.kind == "fees":
            ours = Ours({}, -file.entries * policy.cost.bank_item_minor)
        again = line.kind != "other" and ((line.kind, line.about) in before or rules.is_told(lines, line))
        verdicts.append(rules.judge(line, ours, told_before=again))
    return verdicts


async def _parts(tx: Tx, files: Sequence[UUID]) -> dict[str, dict[str, int]]:
    return _by_about(await tx.fetch(SQL.parts_of_files, _Part, files=list(files)))


async def _returned(tx: Tx, references: Sequence[str]) -> dict[str, Ours]:
    """What was read of these files of returns; those that were not are left out."""
    read = await tx.fetch(SQL.returns, _Returns, references=list(references))
    parts = _by_about(await tx.fetch(SQL.parts_of_returns, _Part, references=list(references)))
    return {one.reference: Ours(parts.get(one.reference, {}), one.net_minor) for one in read}


def _by_about(parts: Sequence[_Part]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in parts:
        found.setdefault(one.about, {})[one.clearing] = one.signed_minor
    return found


async def _settle(
    tx: Tx, lines: Sequence[Line], verdicts: Sequence[Verdict], files: Mapping[str, File], day: Day
) -> None:
    """Whoever waits for a file's settlement looks at it."""
    settled = [
        files[line.about].id
        for line, verdict in zip(lines, verdicts, strict=True)
        if line.kind == "settlement" and line.about in files and verdict.kind != "settled_twice"
    ]
    waiting = await tx.scalars(SQL.settle_files, ids=settled, on=day.on_date)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in waiting])


async def _open(tx: Tx, lines: Sequence[Line], verdicts: Sequence[Verdict], now: datetime, policy: Policy) -> None:
    found = [
        Break(
            verdict.kind,
            line.name,
            {"statement": line.statement_id, "about": line.about, "said_minor": line.amount_minor},
            verdict.left_minor,
            "bank_clearing",
        )
        for line, verdict in zip(lines, verdicts, strict=True)
        if verdict.kind
    ]
    await breaks.open_all(tx, found, now, policy)


async def _look_for_gaps(tx: Tx, now: datetime, policy: Policy) -> None:
    """Where one balance does not follow from the one before, a statement is missing; it may come yet."""
    days = await tx.fetch(SQL.days, Day, most=_LOOKED_BACK)
    gaps = rules.gaps(days[::-1])
    await breaks.explain(tx, [f"statement:{one.id}" for one in days if one.id not in gaps], now, "agrees by now")
    found = [Break("statement_gap", f"statement:{name}", {"by_minor": minor}) for name, minor in gaps.items()]
    await breaks.open_all(tx, found, now, policy)


async def note_missing(tx: Tx, *, policy: Policy) -> None:
    """Open a break for what no statement told of though its day was read, and for a statement that has not come."""
    now = await outbox.now(tx)
    read_to = (await tx.scalars(SQL.read_to))[0]
    if read_to is None:
        return
    missing = await tx.fetch(SQL.missing, _Missing, read_to=read_to)
    found = [Break(one.kind, one.subject, {}, one.left_minor, "bank_clearing") for one in missing]
    calendar = policy.calendar
    due = calendar.instant(calendar.add(read_to, 1), _DUE_HOUR)
    if now >= due:
        found.append(Break("statement_missing", "statement:next", {"read_to": f"{read_to}"}))
        due = calendar.instant(calendar.add(now.astimezone(calendar.zone).date(), 1), _DUE_HOUR)
    stays = {one.subject for one in found}
    told = await tx.scalars(SQL.missed)
    await breaks.explain(tx, [one for one in told if one not in stays], now, "told by now")
    await breaks.open_all(tx, found, now, policy)
    await outbox.enqueue(tx, [Job(DUE, _NEXT, {}, due)])


async def returns_read(tx: Tx, reference: str, now: datetime, policy: Policy) -> list[Transfer]:
    """A file of returns was read that a statement told of before: what to book, so that each part is where it belongs.

    Locks: other statements.
    """
    await tx.execute(SQL.lock)
    lines = await tx.fetch(SQL.unmatched, Line, about=reference)
    if not lines:
        return []
    ours = (await _returned(tx, [reference]))[reference]
    verdicts = [rules.judge_again(line, ours) for line in lines]
    await tx.execute(SQL.match_lines, about=reference)
    await breaks.explain(tx, [one.name for one in lines], now, "read by now")
    await _open(tx, lines, verdicts, now, policy)
    return [
        books.pair(
            uuid5(_NAMES, f"{line.name}:{name}:again"),
            ("bank_clearing", name),
            minor,
            policy.currency,
            chart.Step.SETTLE,
        )
        for line, verdict in zip(lines, verdicts, strict=True)
        for name, minor in verdict.moves.items()
    ]


def _moves(line: Line, verdict: Verdict, policy: Policy) -> list[Transfer]:
    """Cash against each account, and what a fee came to beside what was booked for it."""
    step, cost = chart.Step.SETTLE, chart.Step.COST_ADJUSTMENT
    moves = [
        books.pair(uuid5(_NAMES, f"{line.name}:{name}"), ("house_cash", name), minor, policy.currency, step)
        for name, minor in verdict.moves.items()
        if minor
    ]
    if verdict.adjusted_minor:
        made, names = uuid5(_NAMES, f"{line.name}:cost"), ("rail_cost", "rail_payable")
        moves.append(books.pair(made, names, verdict.adjusted_minor, policy.currency, cost))
    return moves
