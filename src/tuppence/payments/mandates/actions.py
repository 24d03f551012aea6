"""The verbs of mandates: agree and revoke. Nothing of a mandate changes but that it is withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure
from tuppence.core.policy import BankPolicy, Policy
from tuppence.db import Tx, columns
from tuppence.payments import errors
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.banks.rules import demand_debits
from tuppence.payments.mandates import queries
from tuppence.payments.mandates.model import Agree, Mandate, Revoke
from tuppence.payments.mandates.words import version, words

SQL = queries.SQL

_NEW = (
    "id",
    "account_id",
    "person_id",
    "business_id",
    "scope",
    "payee",
    "amount_minor",
    "currency",
    "version",
    "language",
    "words",
    "session_id",
    "agreed_at",
)


async def agree(tx: Tx, asks: Sequence[Agree], *, policy: Policy) -> list[Mandate | Failure]:
    """Write down that people agreed. A repeat tells what is."""
    accounts = await banks.by_id(tx, [ask.account_id for ask in asks])
    known = await queries.by_id(tx, [ask.id for ask in asks])
    now = await outbox.now(tx)
    results: list[Mandate | Failure] = []
    new: list[Mandate] = []
    for ask in asks:
        try:
            mandate = _plan(ask, accounts.get(ask.account_id), known.get(ask.id), now=now, policy=policy)
        except Failure as failure:
            results.append(failure)
            continue
        if mandate.id not in known:
            known[mandate.id] = mandate
            new.append(mandate)
        results.append(mandate)
    if new:
        await tx.execute(SQL.insert_mandates, **columns(new, *_NEW))
    return results


def _plan(
    ask: Agree, account: BankAccount | None, already: Mandate | None, *, now: datetime, policy: Policy
) -> Mandate:
    """Raises: BankAccountNotFound, IdTaken, BankDebitsOff, BankNotReady, BankBeingAsked, WordsOutdated; checked in that
    order.
    """
    if account is None or account.person_id != ask.person_id:
        raise errors.BankAccountNotFound
    if already is not None:
        if _intention(already) == _intention(ask):
            return already
        raise errors.IdTaken
    _demand(account, now, policy.bank)
    if ask.version != version():
        raise errors.WordsOutdated(version=version())
    return Mandate(
        id=ask.id,
        account_id=ask.account_id,
        person_id=ask.person_id,
        business_id=ask.business_id,
        scope=ask.scope,
        payee=ask.payee,
        amount_minor=ask.amount_minor,
        currency=policy.currency,
        version=ask.version,
        language=ask.language,
        words=words(
            ask.scope,
            account,
            company=ask.company,
            payee=ask.payee,
            amount_minor=ask.amount_minor,
            currency=policy.currency,
            language=ask.language,
        ),
        session_id=ask.session_id,
        agreed_at=now,
    )


def _intention(one: Mandate | Agree) -> tuple[object, ...]:
    return one.person_id, one.account_id, one.business_id, one.scope, one.payee, one.amount_minor


def _demand(account: BankAccount, now: datetime, policy: BankPolicy) -> None:
    if not policy.debits:
        raise errors.BankDebitsOff
    demand_debits(account, now)


async def revoke(tx: Tx, asks: Sequence[Revoke]) -> list[Mandate | Failure]:
    """Withdraw mandates: nothing new is taken by them. Again is harmless; what is on its way is not stopped."""
    now = await outbox.now(tx)
    held = {one.id: one for one in await tx.fetch(SQL.lock_mandates, Mandate, ids=[ask.id for ask in asks])}
    mine = [held.get(ask.id) for ask in asks]
    good = [one.id for ask, one in zip(asks, mine, strict=True) if one and one.person_id == ask.person_id]
    await tx.execute(SQL.revoke_mandates, ids=good, at=now, by="holder")
    return [
        replace(one, revoked_at=one.revoked_at or now, revoked_by=one.revoked_by or "holder")
        if one and one.id in good
        else errors.MandateNotFound()
        for one in mine
    ]


async def withdrawn(tx: Tx, ids: Sequence[UUID]) -> None:
    """The bank says that its customer does not stand by these, or no longer."""
    await tx.execute(SQL.revoke_mandates, ids=list(ids), at=await outbox.now(tx), by="bank")
