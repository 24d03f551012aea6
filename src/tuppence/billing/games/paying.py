"""Payouts of half-months: handed over as soon as they are known and have somewhere to go.

A developer of another currency is paid the house's, at the day's rate, through `fx` on both sides.
"""

from typing import Any
from uuid import UUID

from tuppence import ledger
from tuppence.billing.games import money
from tuppence.billing.games.moving import post
from tuppence.billing.games.pricing import Rates, convert
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.statements import Statement, locked, statement_of, transfer
from tuppence.core import Failure, Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx
from tuppence.ledger import Transfer, chart
from tuppence.ledger.chart import Step
from tuppence.payments import payouts

PAYOUT_CHANGED = "games.payout_changed"


async def pay(tx: Tx, statement_id: UUID, *, policy: Policy) -> None:
    """Hand a payout over, or say that there is nowhere for it to go; one that came back goes on to another account.

    Payouts see to the day, to who must agree, and that nothing goes to bank details that were just changed, nor more
    than is there.

    Locks: the developer's row; last, what payouts lock.
    """
    developer = await locked(tx, (await statement_of(tx, statement_id)).business_id)
    statement = await statement_of(tx, statement_id)
    if statement.state == "held" and developer.bank_id:
        again = payouts.Release(payout_id(statement_id), developer.bank_id)
        await payouts.release(tx, [again], policy=policy)  # what keeps it otherwise is told by its state
        return
    if statement.state not in ("waiting", "blocked"):
        return
    if developer.bank_id is None or developer.payee_id is None:
        await _set(tx, statement, "blocked", "no_bank")
        return
    await _hand_over(tx, statement, developer.bank_id, developer.payee_id, policy)


async def _hand_over(tx: Tx, statement: Statement, bank_id: UUID, payee_id: UUID, policy: Policy) -> None:
    """Schedule the payout; its id follows from the statement, so doing it again pays nothing twice."""
    amount, rate, exchanged = statement.payout_minor, None, list[Transfer]()
    if statement.currency != policy.currency:
        found = Rates(policy.currency, policy.fx.on, policy.fx.per_unit).between(statement.currency, policy.currency)
        amount, rate = convert(statement.payout_minor, found), found.rate
        exchanged = _exchanged(statement, amount, policy.currency)
    await _set(tx, statement, "scheduled", None, paid_minor=amount, paid_currency=policy.currency, paid_rate=rate)
    await ledger.create_accounts(tx, money.accounts(statement.business_id, policy.currency))
    await post(tx, exchanged)
    asked = payouts.Payout(
        id=payout_id(statement.id),
        owner="games",
        business_id=statement.business_id,
        payee_id=payee_id,
        bank_id=bank_id,
        amount_minor=amount,
        currency=policy.currency,
        account=chart.personal("dev_payable", statement.business_id, policy.currency),
        entries=statement.entries,
        pay_on=statement.pay_on,
    )
    (told,) = await payouts.schedule(tx, [asked], policy=policy)
    if isinstance(told, Failure):
        raise told


def payout_id(statement_id: UUID) -> UUID:
    return derived_id(statement_id, b"payout")


def _exchanged(statement: Statement, amount: int, currency: str) -> list[Transfer]:
    """What is owed in the developer's currency becomes as much in the house's, through `fx` on both sides."""
    theirs, ours = (chart.personal("dev_payable", statement.business_id, one) for one in (statement.currency, currency))
    out = chart.house("fx", statement.currency)
    into = chart.house("fx", currency)
    return [
        transfer(statement, b"fx out", theirs, out, statement.payout_minor, statement.currency, Step.EXCHANGE),
        transfer(statement, b"fx in", into, ours, amount, currency, Step.EXCHANGE),
    ]


_STATES = {"paid": "paid", "returned": "held", "held": "held", "blocked": "held", "carried": "held"}


async def payout_changed(tx: Tx, changed: UUID) -> None:
    """What became of a payout, in the statement's words; why, in the payout's."""
    told = (await payouts.payouts(tx, [changed]))[changed]
    ids = await tx.scalars(SQL.statements_of, business_id=told.business_id)
    statement_id = next((one for one in ids if payout_id(one) == changed), None)
    if statement_id is None:
        return
    state = _STATES.get(told.state, "scheduled")
    why = told.why or (told.state if state == "held" else None)
    if told.state == "scheduled" and told.approvals_needed:
        why = "approvals"
    await _set(tx, await statement_of(tx, statement_id), state, why)


async def _set(tx: Tx, statement: Statement, state: str, reason: str | None, **more: Any) -> None:
    paid = {"paid_minor": statement.paid_minor, "paid_currency": statement.paid_currency} | {
        "paid_rate": statement.paid_rate
    }
    await tx.execute(SQL.set_statement, id=statement.id, state=state, reason=reason, **paid | more)
