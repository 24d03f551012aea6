"""Half-monthly statements, what is kept back of them, and payouts. Each is a sum of entries and can be done again.

Closing takes a developer's books alone, so that an entry lies in the period that its time says; whoever writes one
shares them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing import businesses
from tuppence.billing.games import periods, queries
from tuppence.billing.games.errors import GameNotFound, InvoiceNotFound, PayoutBankRefused
from tuppence.billing.games.model import Developer, Entry
from tuppence.billing.games.moving import ENTRY, post
from tuppence.billing.games.periods import Closing, Period, Standing
from tuppence.billing.games.queries import SQL
from tuppence.core import CURRENCIES, Failure, Policy
from tuppence.core.calendar import FED
from tuppence.core.ids import derived_id, uuid7
from tuppence.db import Tx, columns
from tuppence.ledger import Transfer, chart
from tuppence.ledger.chart import Step
from tuppence.outbox import Job, hooks
from tuppence.payments import charges
from tuppence.payments.banks import queries as banks

CLOSE = "games.close"
PAY = "games.pay"
_MONEY_ROLES = ("owner", "finance")


@dataclass(frozen=True, slots=True)
class Statement:
    """A row of billing.game_statement: a half-month, what it came to, and what became of the payout."""

    id: UUID
    business_id: UUID
    first_day: date
    last_day: date
    currency: str
    net_minor: int
    held_minor: int
    release_on: date
    released_by: UUID | None
    released_minor: int
    carried_in_minor: int
    carried_out_minor: int
    payout_minor: int
    invoice_minor: int
    negative_since: date | None
    entries: str
    closed_at: datetime
    pay_on: date
    state: str
    reason: str | None
    paid_minor: int | None
    paid_currency: str | None
    paid_rate: str | None
    invoice_charge_id: UUID | None
    invoice_paid_at: datetime | None

    def wire(self) -> dict[str, Any]:
        """As the API tells it: the sum, line by line, and where the money is."""
        hidden = {"released_by", "invoice_charge_id", "business_id"}
        told = {name: getattr(self, name) for name in self.__slots__ if name not in hidden}
        days = {name: told[name].isoformat() for name in ("first_day", "last_day", "release_on", "pay_on")}
        since = self.negative_since.isoformat() if self.negative_since else None
        return told | days | {"negative_since": since}


@dataclass(frozen=True, slots=True)
class _Open:
    net_minor: int
    entries: str


# - closing -----------------------------------------------------------------------------------------------------------


async def close_due(tx: Tx, business_id: UUID, *, policy: Policy) -> None:
    """Close every half-month of a developer that is over, and ask to be called when the next one is.

    Locks: the developer's books, alone; then their row.
    """
    await tx.execute(SQL.lock_books, id=business_id)
    developer = await locked(tx, business_id)
    now, period = await outbox.now(tx), Period.of(developer.open_from)
    closed: list[tuple[Statement, list[Transfer]]] = []
    while now >= period.ends_at(developer.zone):
        closed.append(await _close(tx, developer, period, now, policy))
        period = period.next
    await tx.execute(SQL.open_period, business_id=business_id, open_from=period.first)
    due = [Job(PAY, str(one.id)) for one, _ in closed if one.payout_minor]
    await outbox.enqueue(tx, [*due, Job(CLOSE, str(business_id), due_at=period.ends_at(developer.zone))])
    await hooks.publish(tx, [_invoiced(one) for one, _ in closed if one.invoice_minor])
    await post(tx, [one for _, some in closed for one in some])


async def _close(
    tx: Tx, developer: Developer, period: Period, now: datetime, policy: Policy
) -> tuple[Statement, list[Transfer]]:
    """One period: its statement, and what moves between what is owed and what is kept back."""
    opened = await tx.fetch_one(SQL.open_entries, _Open, business_id=developer.business_id, last=period.last)
    assert opened
    standing = await _standing(tx, developer, period)
    minimum = policy.payouts.minimum_minor
    closing = periods.close(period, opened.net_minor, standing, policy.games, minimum_minor=minimum)
    statement = _statement(developer, period, closing, opened.entries, now, policy)
    await tx.execute(SQL.write_statements, **columns([statement], *Statement.__slots__))
    await tx.execute(SQL.take_entries, business_id=developer.business_id, last=period.last, statement_id=statement.id)
    await tx.execute(SQL.release, business_id=developer.business_id, last=period.last, statement_id=statement.id)
    return statement, _kept(statement)


async def _standing(tx: Tx, developer: Developer, period: Period) -> Standing:
    before = await tx.fetch_one(SQL.last_statement, Statement, business_id=developer.business_id)
    (released,) = await tx.scalars(SQL.releasable, business_id=developer.business_id, last=period.last)
    return Standing(before.carried_out_minor if before else 0, before.negative_since if before else None, released)


def _statement(
    developer: Developer, period: Period, closing: Closing, entries: str, now: datetime, policy: Policy
) -> Statement:
    return Statement(
        id=uuid7(),
        business_id=developer.business_id,
        first_day=period.first,
        last_day=period.last,
        currency=developer.currency,
        net_minor=closing.net_minor,
        held_minor=closing.held_minor,
        release_on=periods.release_on(period, policy.games),
        released_by=None,
        released_minor=closing.released_minor,
        carried_in_minor=closing.carried_in_minor,
        carried_out_minor=closing.carried_out_minor,
        payout_minor=closing.payout_minor,
        invoice_minor=closing.invoice_minor,
        negative_since=closing.negative_since,
        entries=entries,
        closed_at=now,
        pay_on=periods.pay_on(period, policy.games, policy.calendar),
        state="waiting" if closing.payout_minor else "carried",
        reason=None,
        paid_minor=None,
        paid_currency=None,
        paid_rate=None,
        invoice_charge_id=None,
        invoice_paid_at=None,
    )


def _kept(statement: Statement) -> list[Transfer]:
    owed, kept = (
        chart.personal(name, statement.business_id, statement.currency) for name in ("dev_payable", "dev_reserve")
    )
    held = transfer(statement, b"held", owed, kept, statement.held_minor, statement.currency, Step.RESERVE)
    released = transfer(statement, b"released", kept, owed, statement.released_minor, statement.currency, Step.RELEASE)
    return [one for one in (released, held) if one.amount]


def transfer(
    statement: Statement, what: bytes, debit: UUID, credit: UUID, amount: int, currency: str, step: Step
) -> Transfer:
    return Transfer(
        derived_id(statement.id, what),
        debit,
        credit,
        amount,
        ledger=CURRENCIES[currency].numeric,
        code=step,
        user_data_128=statement.id,
    )


def _invoiced(statement: Statement) -> hooks.Happened:
    owes = {"statement_id": str(statement.id), "amount_minor": statement.invoice_minor, "currency": statement.currency}
    return hooks.Happened(statement.business_id, "game.invoice.issued", statement.id, owes)


# - where money goes, and what is owed to us --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetBank:
    """A member who may lets a business's payouts go to a bank account of theirs."""

    business_id: UUID
    person_id: UUID
    bank_id: UUID


async def set_bank(tx: Tx, asks: Sequence[SetBank]) -> list[Failure | None]:
    """Change where payouts go, and let those go on that had nowhere to go or came back.

    Everybody with a hand in the money is told; payouts see to it that nothing goes to changed details for some days.
    Refuses: GameNotFound, PayoutBankRefused. Locks: the developers' rows.
    """
    return [await _set_bank(tx, ask) for ask in asks]


async def _set_bank(tx: Tx, ask: SetBank) -> Failure | None:
    found = (await banks.by_id(tx, [ask.bank_id])).get(ask.bank_id)
    if found is None or found.person_id != ask.person_id or not found.receives:
        return PayoutBankRefused()
    try:
        developer = await locked(tx, ask.business_id)
    except GameNotFound as failure:
        return failure
    if developer.bank_id == ask.bank_id:
        return None
    now = await outbox.now(tx)
    changed = {"business_id": ask.business_id, "payee_id": ask.person_id, "bank_id": ask.bank_id}
    await tx.execute(SQL.set_bank, **changed, changed_on=now.astimezone(FED.zone).date())
    kept = await tx.scalars(SQL.unpaid, business_id=ask.business_id)
    await outbox.enqueue(tx, [Job(PAY, str(one)) for one in kept])
    members = (await businesses.members(tx, [ask.business_id]))[ask.business_id]
    told = {"business_id": str(ask.business_id), "bank_id": str(ask.bank_id), "by": str(ask.person_id)}
    await outbox.tell(
        tx, [outbox.Event(one.person_id, "payout_bank", told) for one in members if one.role in _MONEY_ROLES]
    )
    return None


@dataclass(frozen=True, slots=True)
class PayInvoice:
    """A member pays what a business owes us, with a card of theirs. The id is theirs, minted once an intention."""

    id: UUID
    business_id: UUID
    person_id: UUID
    card_id: UUID


async def pay_invoice(tx: Tx, asks: Sequence[PayInvoice], *, policy: Policy) -> list[Statement | Failure]:
    """Charge the newest open invoice. Refuses: InvoiceNotFound, and what charges refuse."""
    return [await _pay_invoice(tx, ask, policy) for ask in asks]


async def _pay_invoice(tx: Tx, ask: PayInvoice, policy: Policy) -> Statement | Failure:
    await locked(tx, ask.business_id)
    last = await tx.fetch_one(SQL.last_statement, Statement, business_id=ask.business_id)
    if last is None or not last.invoice_minor or last.invoice_paid_at or last.currency != policy.currency:
        return InvoiceNotFound()
    if last.invoice_charge_id not in (None, ask.id):  # it is being paid
        return InvoiceNotFound()
    asked = charges.Charge(
        id=ask.id,
        owner="games",
        subject_id=last.id,
        business_id=ask.business_id,
        payer_id=ask.person_id,
        card_id=ask.card_id,
        bank_id=None,
        amount_minor=last.invoice_minor,
        currency=last.currency,
        shares=[charges.Share(chart.personal("dev_payable", ask.business_id, last.currency), last.invoice_minor)],
        says="Tuppence invoice",
    )
    (told,) = await charges.charge(tx, [asked], policy=policy)
    if isinstance(told, Failure):
        return told
    await tx.execute(SQL.charge_invoice, id=last.id, charge_id=ask.id)
    return await statement_of(tx, last.id)


async def invoice_paid(tx: Tx, statement_id: UUID) -> None:
    """What was owed to us came: an entry of the open period. Locks: the developer's books, shared."""
    statement = await statement_of(tx, statement_id)
    await tx.execute(SQL.share_books, ids=[statement.business_id])
    if not await tx.execute(SQL.invoice_paid, id=statement_id, now=await outbox.now(tx)):
        return
    developer, now = await locked(tx, statement.business_id), await outbox.now(tx)
    paid = Entry(
        id=derived_id(statement_id, b"invoice"),
        business_id=statement.business_id,
        game_id=None,
        purchase_id=None,
        kind="invoice_paid",
        at=now,
        day=periods.day_of(now, developer.zone),
        currency=statement.currency,
        amount_minor=statement.invoice_minor,
        tax_minor=0,
        fee_minor=0,
        share_minor=statement.invoice_minor,
        owed_currency=statement.currency,
        owed_minor=statement.invoice_minor,
    )
    await tx.execute(SQL.write_entries, **columns([paid], *ENTRY))


async def invoice_unpaid(tx: Tx, statement_id: UUID) -> None:
    """The member's bank said no: it stays open."""
    await tx.execute(SQL.charge_invoice, id=statement_id, charge_id=None)


async def access_statements(tx: Tx, business_id: UUID, limit: int = 60) -> list[Statement]:
    """A business's statements, the newest first."""
    return await tx.fetch(SQL.statements, Statement, business_id=business_id, limit=limit)


async def holdings(tx: Tx, developer: Developer) -> dict[str, Any]:
    """What accrues in the open period, and what is kept in reserve."""
    reserve = chart.personal("dev_reserve", developer.business_id, developer.currency)
    (kept,) = await ledger.lookup_accounts(tx, [reserve])
    return {
        "currency": developer.currency,
        "open_from": developer.open_from.isoformat(),
        "accruing_minor": (await tx.scalars(SQL.accruing, business_id=developer.business_id))[0],
        "reserve_minor": kept.credits_posted - kept.debits_posted,
    }


async def bank_of(tx: Tx, developer: Developer) -> dict[str, Any] | None:
    """Where payouts go, as a member may see it."""
    if developer.bank_id is None or developer.bank_changed_on is None:
        return None
    found = (await banks.by_id(tx, [developer.bank_id]))[developer.bank_id]
    told = {name: getattr(found, name) for name in ("bank", "last4", "holder")}
    return told | {"since": developer.bank_changed_on.isoformat()}


async def locked(tx: Tx, business_id: UUID) -> Developer:
    """Raises: GameNotFound, for a business that never made a game."""
    await tx.execute(SQL.lock_developer, id=business_id)
    found = (await queries.developers(tx, [business_id])).get(business_id)
    if found is None:
        raise GameNotFound
    return found


async def statement_of(tx: Tx, statement_id: UUID) -> Statement:
    found = await tx.fetch_one(SQL.statement, Statement, id=statement_id)
    assert found
    return found
