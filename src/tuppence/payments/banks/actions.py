"""The verbs of bank accounts: add, confirm, choose, remove, and heed what banks say of them.

Every one locks the owners' wallets first, in id order: that is the lock of their accounts too.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import CURRENCIES, Failure, Leg, Policy, step_id
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.outbox import Job
from tuppence.payments import arrival
from tuppence.payments.ach import entries
from tuppence.payments.ach.model import Entry
from tuppence.payments.ach.windows import next_cutoff, settles_on
from tuppence.payments.banks import queries, rules
from tuppence.payments.banks.model import AddBank, BankAccount, ChangeBank, Confirm, Noted, RemoveBank
from tuppence.payments.banks.queries import BankView
from tuppence.payments.banks.rules import Deposits
from tuppence.payments.banks.states import Event, State
from tuppence.payments.cards import actions as cards
from tuppence.payments.cards import queries as card_queries
from tuppence.payments.cards.rules import Wallet
from tuppence.payments.errors import (
    AmountsWrong,
    BankAccountNotFound,
    BankSchemeRefused,
    BankUnknown,
    RoutingInvalid,
)
from tuppence.rails.bank import sepa
from tuppence.rails.bank.routing import bank_of, check_digit_holds

SQL = queries.SQL

READY = "payments.bank_ready"
EXPIRE = "payments.bank_expire"

A = TypeVar("A", Confirm, ChangeBank, RemoveBank)
Rule = Callable[[Wallet, BankAccount, A], tuple[Wallet, BankAccount]]

_MOST_CENTS = 99
_WRITTEN = (
    "id",
    "routing",
    "bank",
    "kind",
    "last4",
    "sealed",
    "fingerprint",
    "state",
    "reason",
    "tries_left",
    "updated_at",
    "debits_from",
)
_INSERTED = (
    *_WRITTEN,
    "person_id",
    "holder",
    "deposit_1_minor",
    "deposit_2_minor",
    "deposits_by",
    "expires_at",
    "created_at",
)


async def add(tx: Tx, asks: Sequence[AddBank], *, policy: Policy) -> list[BankView | Failure]:
    """Add bank accounts and enter the two deposits that prove them. A repeat tells what is."""
    wallets = await card_queries.lock_wallets(tx, [ask.person_id for ask in asks])
    held = await queries.all_of(tx, sorted(wallets))
    known = await queries.by_id(tx, [ask.id for ask in asks])
    now = await outbox.now(tx)
    new: list[BankAccount] = []
    results: list[BankAccount | Failure] = []
    for ask in asks:
        mine = held[ask.person_id]
        try:
            account = _plan_add(ask, mine, known.get(ask.id), now, policy)
        except Failure as failure:
            results.append(failure)
            continue
        if account.id not in known:
            known[account.id] = account
            mine.append(account)
            new.append(account)
        results.append(account)
    if new:
        await _insert(tx, new, now=now, policy=policy)
        await outbox.tell(tx, [queries.event(one, wallets[one.person_id]) for one in new])
    return [one if isinstance(one, Failure) else queries.view(one, wallets[one.person_id]) for one in results]


def _plan_add(
    ask: AddBank, mine: Sequence[BankAccount], already: BankAccount | None, now: datetime, policy: Policy
) -> BankAccount:
    bank = _bank_name(ask, policy)
    calendar = policy.calendar
    settles = settles_on(next_cutoff(now, policy.bank, calendar), same_day=False, policy=policy.bank, calendar=calendar)
    by = arrival.by_bank(now, settles, policy=policy.arrival, calendar=calendar).latest
    asks_bank = rules.debits_from(settles) if policy.bank.prenotes and policy.bank.debits else None
    deposits = Deposits(1 + secrets.randbelow(_MOST_CENTS), 1 + secrets.randbelow(_MOST_CENTS), by, asks_bank)
    return rules.plan_add(ask, mine, already, bank=bank, deposits=deposits, now=now, policy=policy.bank)


def _bank_name(ask: AddBank, policy: Policy) -> str:
    """Raises: BankSchemeRefused, RoutingInvalid, BankUnknown."""
    if (ask.kind == "iban") != (policy.scheme == "sepa"):
        raise BankSchemeRefused
    if ask.kind == "iban":
        known = sepa.bank_at(ask.routing)
        return known.name if known else ask.routing
    if not check_digit_holds(ask.routing):
        raise RoutingInvalid
    bank = bank_of(ask.routing)
    if bank is None:
        raise BankUnknown
    return bank.name


async def _insert(tx: Tx, new: Sequence[BankAccount], *, now: datetime, policy: Policy) -> None:
    await tx.execute(SQL.insert_accounts, **columns(new, *_INSERTED))
    deposits = [entry for one in new for entry in deposits_of(one, policy.currency, now)]
    prenotes = [_prenote_of(one, policy.currency, now) for one in new if one.debits_from]
    await entries.put(tx, deposits + prenotes, now=now, policy=policy)
    await outbox.enqueue(tx, [Job(EXPIRE, str(one.id), {}, one.expires_at) for one in new])


def deposits_of(account: BankAccount, currency: str, now: datetime) -> list[Entry]:
    """The two entries that prove an account; their ids follow from its own."""
    return [
        Entry(
            id=step_id(account.id, Leg.CREDIT, n),
            account_id=account.id,
            purpose="deposit",
            payment_id=None,
            amount_minor=amount,
            currency=currency,
            receiver=account.holder,
            sender="",
            made_at=now,
            sec="PPD",
            description="ACCTVERIFY",  # Source: Nacha, micro-entries, 2022-09-16
        )
        for n, amount in enumerate((account.deposit_1_minor, account.deposit_2_minor), 1)
    ]


def _prenote_of(account: BankAccount, currency: str, now: datetime) -> Entry:
    """The entry without money that asks its bank whether it may be debited."""
    return Entry(
        id=step_id(account.id, Leg.DEBIT, 1),
        account_id=account.id,
        purpose="prenote",
        payment_id=None,
        amount_minor=0,
        currency=currency,
        receiver=account.holder,
        sender="",
        made_at=now,
        sec="PPD",
        description="PRENOTE",
        direction="debit",
    )


async def confirm(tx: Tx, asks: Sequence[Confirm]) -> list[BankView | Failure]:
    """Take the amounts that people read on their statements. A wrong pair costs a try, which stays written."""
    now = await outbox.now(tx)

    def rule(wallet: Wallet, account: BankAccount, ask: Confirm) -> tuple[Wallet, BankAccount]:
        return wallet, rules.confirm(account, ask, now)

    before = await queries.by_id(tx, [ask.id for ask in asks])
    results = await _choose(tx, asks, rule)
    active = [ask.id for ask, one in zip(asks, results, strict=True) if _is(one, State.ACTIVE)]
    await outbox.enqueue(tx, [Job(READY, str(one)) for one in active])
    await outbox.forget(tx, EXPIRE, [str(one) for one in active])
    return [
        AmountsWrong(tries_left=one["tries_left"] or 0)
        if not isinstance(one, Failure) and not _was_right(ask, before[ask.id])
        else one
        for ask, one in zip(asks, results, strict=True)
    ]


def _is(result: BankView | Failure, state: State) -> bool:
    return not isinstance(result, Failure) and result["state"] == state


def _was_right(ask: Confirm, account: BankAccount) -> bool:
    return account.deposits_minor == tuple(sorted(ask.amounts_minor))


async def change(tx: Tx, asks: Sequence[ChangeBank]) -> list[BankView | Failure]:
    """Choose which account receives; cards step back, and the other way round."""
    return await _choose(tx, asks, lambda wallet, one, ask: (rules.with_choice(wallet, one, ask.receives), one))


async def remove(tx: Tx, asks: Sequence[RemoveBank]) -> list[BankView | Failure]:
    """Take accounts off their owners' lists; removing again is harmless. What is on its way there still goes there."""
    now = await outbox.now(tx)
    return await _choose(
        tx, asks, lambda wallet, one, _: (rules.without(wallet, one), rules.step(one, Event.REMOVE, now))
    )


async def _choose(tx: Tx, asks: Sequence[A], rule: Rule[A]) -> list[BankView | Failure]:
    """Apply a rule to somebody's own accounts; an ask for another's is answered BankAccountNotFound."""
    wallets = await card_queries.lock_wallets(tx, [ask.person_id for ask in asks])
    accounts = await queries.by_id(tx, [ask.id for ask in asks])
    shelf = await card_queries.cards_of(tx, sorted(wallets))
    results: list[BankAccount | Failure] = []
    for ask in asks:
        one = accounts.get(ask.id)
        try:
            if one is None or one.person_id != ask.person_id:
                raise BankAccountNotFound
            wallet, after = rule(wallets[ask.person_id], one, ask)
            wallets[ask.person_id] = (
                rules.with_bank(wallet, after, shelf[ask.person_id]) if _woke(one, after) else wallet
            )
            accounts[ask.id] = after
            results.append(after)
        except Failure as failure:
            results.append(failure)
    touched = {one.id: one for one in results if isinstance(one, BankAccount)}
    await _write(tx, touched.values(), wallets)
    return [one if isinstance(one, Failure) else queries.view(one, wallets[one.person_id]) for one in results]


def _woke(before: BankAccount, after: BankAccount) -> bool:
    return after.receives and not before.receives


async def _write(tx: Tx, touched: Iterable[BankAccount], wallets: dict[UUID, Wallet]) -> None:
    """Write accounts and wallets, and tell their owners of every card and account: defaults exclude each other."""
    changed = list(touched)
    await cards.write_wallets(tx, wallets.values())
    await tx.execute(SQL.write_accounts, **columns(changed, *_WRITTEN))
    shelf = await card_queries.cards_of(tx, sorted(wallets))
    told = cards.events([card for mine in shelf.values() for card in mine], wallets)
    gone = [queries.event(one, wallets[one.person_id]) for one in changed if one.state == State.REMOVED]
    await outbox.tell(tx, [*told, *await queries.access_all(tx, wallets), *gone])


async def heed(tx: Tx, noted: Sequence[Noted]) -> list[Failure | None]:
    """Take note of what banks said of accounts: returns and notices of change. Saying it again changes nothing."""
    return await _befall(tx, [one.id for one in noted], lambda account, n, now: rules.heeding(account, noted[n], now))


async def defer(tx: Tx, settling: Mapping[UUID, date]) -> None:
    """These accounts' prenotes settle on these days: nothing is debited sooner than that allows."""
    ids = list(settling)
    await _befall(tx, ids, lambda account, n, _: rules.deferred(account, settling[ids[n]]))


async def expire(tx: Tx, ids: Sequence[UUID]) -> list[Failure | None]:
    """Give up accounts whose owners never told the amounts."""

    def rule(account: BankAccount, _: int, now: datetime) -> BankAccount:
        if account.state != State.VERIFYING or now < account.expires_at:
            return account
        return rules.step(account, Event.EXPIRE, now, "expired")

    return await _befall(tx, ids, rule)


async def _befall(
    tx: Tx, ids: Sequence[UUID], rule: Callable[[BankAccount, int, datetime], BankAccount]
) -> list[Failure | None]:
    """Let something befall accounts, by its number in the batch."""
    owners = {one.person_id for one in (await queries.by_id(tx, ids)).values()}
    wallets = await card_queries.lock_wallets(tx, sorted(owners))
    accounts = await queries.by_id(tx, ids)
    now, before = await outbox.now(tx), dict(accounts)
    for n, account_id in enumerate(ids):
        after = rule(accounts[account_id], n, now)
        accounts[account_id] = after
    changed = [one for one in accounts.values() if one != before[one.id]]
    for one in changed:
        if not one.receives:
            wallets[one.person_id] = rules.without(wallets[one.person_id], one)
    if changed:
        await _write(tx, changed, {one.person_id: wallets[one.person_id] for one in changed})
    return [None] * len(ids)


async def book_deposits(tx: Tx, deposits: Sequence[Entry]) -> None:
    """The house pays for proving an account, and gets back what a bank returned. Repeating is harmless."""
    transfers = [transfer for one in deposits for transfer in _booked(one)]
    results = await ledger.create_transfers(tx, transfers) if transfers else []
    refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
    assert not refused, refused


def _booked(entry: Entry) -> list[Transfer]:
    cost, clearing = (chart.house(name, entry.currency) for name in ("rail_cost", "bank_clearing"))
    paid = Transfer(
        entry.id,
        cost,
        clearing,
        entry.amount_minor,
        ledger=CURRENCIES[entry.currency].numeric,
        code=chart.Step.DEPOSIT,
        user_data_128=entry.account_id,
    )
    if entry.state != "returned":
        return [paid]
    back = Transfer(
        step_id(entry.id, Leg.REFUND, 1),
        clearing,
        cost,
        entry.amount_minor,
        ledger=CURRENCIES[entry.currency].numeric,
        code=chart.Step.DEPOSIT,
        user_data_128=entry.account_id,
    )
    return [paid, back]
