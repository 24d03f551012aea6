"""Writing down what was decided about accounts, in a constant number of statements, however many."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing.ads import books
from tuppence.billing.ads.drafts import Draft, Timer
from tuppence.billing.ads.model import Account, Campaign, Charge, Credit, Cycle, Moment, Refund
from tuppence.billing.ads.queries import SQL
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.outbox import Job, hooks
from tuppence.payments import charges

OWNER: charges.model.Owner = "ads"
CHARGE_CHANGED = f"{OWNER}.charge_changed"
REFUND_CHANGED = f"{OWNER}.refund_changed"
# Transfers that a transaction writes besides those of its drafts, by account.
Transfers = Mapping[UUID, Sequence[Transfer]]


async def write(tx: Tx, drafts: Sequence[Draft], *, policy: Policy, used: Transfers | None = None) -> None:
    """Write drafts, ask for their charges and refunds, tell the programs of the businesses. The accounts are locked."""
    for draft in drafts:
        draft.finish()
    await write_accounts(tx, [one.account for one in drafts])
    await write_cycles(tx, drafts)
    await write_charges(tx, [charge for one in drafts for charge in one.charges.values()])
    await write_refunds(tx, [refund for one in drafts for refund in one.refunds.values()])
    await write_moments(tx, [moment for one in drafts for moment in one.moments])
    await _catch_up(tx, [one for one in drafts if one.resumes_from])
    await _write_jobs(tx, drafts)
    await _ask(tx, drafts, policy)
    await hooks.publish(
        tx,
        [
            hooks.Happened(one.account.business_id, kind, subject, data)
            for one in drafts
            for kind, subject, data in one.hooks
        ],
    )
    await post(tx, [
        transfer
        for one in drafts
        for transfer in (*(used or {}).get(one.account.id, ()), *books.stepped(one.account, one.books))
    ])  # fmt: skip


async def write_accounts(tx: Tx, accounts: Sequence[Account]) -> None:
    await tx.execute(SQL.write_accounts, **columns(accounts, *Account.__slots__))


async def write_cycles(tx: Tx, drafts: Sequence[Draft]) -> None:
    """In their order: one closes before the next opens."""
    cycles = [cycle for one in drafts for cycle in sorted(one.cycles.values(), key=lambda cycle: cycle.n)]
    await tx.execute(SQL.write_cycles, **columns(cycles, *Cycle.__slots__))


async def write_campaigns(tx: Tx, campaigns: Sequence[Campaign]) -> None:
    await tx.execute(SQL.write_campaigns, **columns(campaigns, *Campaign.__slots__))


async def write_charges(tx: Tx, asked: Sequence[Charge]) -> None:
    """Ended ones first: only then may another of the same bill live."""
    if asked:
        rows = sorted(asked, key=lambda one: (one.state in ("charging", "unknown"), one.id))
        await tx.execute(SQL.write_charges, **columns(rows, *Charge.__slots__))


async def write_refunds(tx: Tx, asked: Sequence[Refund]) -> None:
    if asked:
        await tx.execute(SQL.write_refunds, **columns(asked, *Refund.__slots__))


async def write_credits(tx: Tx, credits_: Sequence[Credit]) -> None:
    if credits_:
        await tx.execute(SQL.write_credits, **columns(credits_, *Credit.__slots__))


async def write_moments(tx: Tx, moments: Sequence[Moment]) -> None:
    if moments:
        await tx.execute(SQL.write_moments, **columns(moments, *Moment.__slots__))


async def _catch_up(tx: Tx, resumed: Sequence[Draft]) -> None:
    """Ads run again: what daily caps would have let them spend meanwhile may be spent on top, if that was ticked."""
    if resumed:
        await tx.execute(
            SQL.catch_up,
            account_id=[one.account.id for one in resumed],
            since=[one.resumes_from for one in resumed],
            until=[one.now for one in resumed],
            ticked=[one.account.catch_up for one in resumed],
        )


async def _write_jobs(tx: Tx, drafts: Sequence[Draft]) -> None:
    gone: dict[Timer, list[str]] = {}
    for draft in drafts:
        for timer, key in draft.forget:
            gone.setdefault(timer, []).append(str(key))
    for timer, keys in sorted(gone.items()):
        await outbox.forget(tx, timer, sorted(keys))
    await outbox.enqueue(tx, [job for draft in drafts for job in _jobs(draft)])


def _jobs(draft: Draft) -> list[Job]:
    account_id = str(draft.account.id)
    return [Job(timer, str(key), {"account_id": account_id}, due_at) for (timer, key), due_at in draft.timers.items()]


async def _ask(tx: Tx, drafts: Sequence[Draft], policy: Policy) -> None:
    """Ask for charges and refunds. What is refused at once is heard of like any other refusal."""
    asked = [(draft, charge) for draft in drafts for charge in draft.new_charges]
    results = await charges.charge(tx, [_charge(draft, one) for draft, one in asked], policy=policy) if asked else []
    refused = [(one, result) for (_, one), result in zip(asked, results, strict=True) if isinstance(result, Failure)]
    refunds = [(draft, refund) for draft in drafts for refund in draft.new_refunds]
    told = await charges.refund(tx, [_refund(draft, one) for draft, one in refunds], policy=policy) if refunds else []
    denied = [(one, result) for (_, one), result in zip(refunds, told, strict=True) if isinstance(result, Failure)]
    await outbox.enqueue(
        tx,
        [Job(CHARGE_CHANGED, str(one.id), {"charge_id": str(one.id), "refused": why.code}) for one, why in refused]
        + [Job(REFUND_CHANGED, str(one.id), {"refund_id": str(one.id), "refused": why.code}) for one, why in denied],
    )


def _charge(draft: Draft, one: Charge) -> charges.Charge:
    account = draft.account
    name = "ads_prepaid" if one.cycle_id is None else "ads_receivable"
    share = charges.Share(chart.personal(name, account.id, account.currency), one.amount_minor)
    return charges.Charge(
        id=one.id, owner=OWNER, subject_id=one.cycle_id or account.id, business_id=account.business_id,
        payer_id=one.person_id, card_id=one.card_id, bank_id=one.bank_id, mandate_id=one.mandate_id,
        amount_minor=one.amount_minor, currency=account.currency, shares=(share,), says=f"Ads {account.name}"[:22],
    )  # fmt: skip


def _refund(draft: Draft, one: Refund) -> charges.Refund:
    account = draft.account
    name = "ads_prepaid" if one.cycle_id is None else "ads_receivable"
    share = charges.Share(chart.personal(name, account.id, account.currency), one.amount_minor)
    reason = "unused balance" if one.cycle_id is None else "invalid traffic"
    return charges.Refund(id=one.id, charge_id=one.charge_id, shares=(share,), reason=reason)


async def post(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """Book. A transfer that exists was written by an earlier try of the same step."""
    if transfers:
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused
