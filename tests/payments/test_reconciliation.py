"""Days that settle, and days that do not: on the real database, worker and ledger, with files made to measure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.payments.clearing import Network
from tests.payments.conftest import House

from tuppence import outbox, payments
from tuppence.db import Statement
from tuppence.payments import costs, reconciliation
from tuppence.payments.reconciliation import RECONCILE, Break, Close, Kind, Reconciler, actions, errors
from tuppence.payments.reconciliation.jobs import Runs
from tuppence.rails.card import Told
from tuppence.rails.card.clearing import Line

CLEARING = ("card_clearing", "payout_clearing", "refund_clearing", "in_transit")


@pytest.fixture
def network(house: House, tmp_path: Path) -> Network:
    return Network(house, tmp_path / "clearing")


async def delivered(house: House, count: int = 1, **changes: Any) -> list[payments.View]:
    """Payments that went all the way."""
    sent = [await house.send(**changes) for _ in range(count)]
    await house.work_off_undo()
    return sent


async def breaks(house: House, *, ended: bool = False) -> list[Break]:
    async with house.database.transaction() as tx:
        return await reconciliation.list_breaks(tx, ended=ended)


async def left(house: House) -> dict[str, int]:
    """What is in the accounts that a settled day leaves empty."""
    return {name: minor for name, minor in (await house.balances()).items() if name in CLEARING}


async def test_a_run_is_put_down_and_taken_up_again(house: House, network: Network) -> None:
    """A busy day takes longer than a job may: turn after turn goes on where the last one rested, and all is settled."""
    await delivered(house, 3)
    await network.close_day()
    runs = Runs(Reconciler(house.database, network.folder, house.policy), turn_seconds=0)
    job = [outbox.Job(RECONCILE, "now")]

    turns = 1
    while await runs(job) == [outbox.Later(0.0)]:
        turns += 1

    assert turns > 3
    assert not any((await left(house)).values())
    await assert_nothing_unnamed(house)


async def assert_nothing_unnamed(house: House) -> None:
    """What is in the clearing accounts is what the breaks say, once everything is due."""
    named: dict[str, int] = {}
    for one in await breaks(house):
        if one.account and one.amount_minor:
            named[one.account] = named.get(one.account, 0) + one.amount_minor
    assert named == await left(house)


async def test_a_settled_day_leaves_the_clearing_accounts_empty(house: House, network: Network) -> None:
    """Delivered, refused and returned payments: after the file, only cash and cost are left, and they are the same."""
    await delivered(house, 3)
    house.bank.fates["push bob's"] = "cannot_receive"
    back = await house.send(amount_minor=777)
    await house.work_off_undo()
    await house.act(back, house.ann, "cancel")
    await house.work()
    file = await network.close_day()
    before = await house.balances()
    summary = await network.reconcile()

    assert (1, 8, 0, 0) == (summary.files, summary.lines, summary.news, summary.open)
    assert (6_777, -6_000, -777) == tuple(
        before[one] for one in ("card_clearing", "payout_clearing", "refund_clearing")
    )
    assert {"house_cash": file.net_minor("USD"), "rail_cost": -file.net_minor("USD")} == await house.balances()


async def test_the_worker_does_it_after_the_cut_off(house: House, network: Network) -> None:
    """By itself, again the next business day, and soon when the file was not there yet."""
    await house.do(outbox.enqueue, [outbox.Job(reconciliation.RECONCILE, reconciliation.KEY)])
    for _ in range(2):
        await delivered(house)
        await network.close_day()
        await house.work()
        assert {} == await left(house)


async def test_who_asks_meanwhile_is_not_put_off(house: House, network: Network) -> None:
    """A file comes, and somebody asks, while a run that found none is about to set its timer: it is read at once."""
    await delivered(house)
    file = await network.close_day()
    running, came_too_late = house.handlers[reconciliation.RECONCILE], network.folder.with_name("later")
    network.folder.rename(came_too_late)
    ask = outbox.Job(reconciliation.RECONCILE, reconciliation.KEY)

    async def overtaken(jobs: Sequence[outbox.Job]) -> Any:
        if came_too_late.exists():
            await house.do(outbox.enqueue, [ask])
            await running(jobs)
            came_too_late.rename(network.folder)
            return [None for _ in jobs]
        return await running(jobs)

    house.handlers = {**house.handlers, reconciliation.RECONCILE: overtaken}
    await house.do(outbox.enqueue, [ask])
    await house.work()
    assert (network.folder / file.name).exists()
    assert {} == await left(house)


async def test_reading_twice_books_once(house: House, network: Network) -> None:
    """The same file again, the same run again, a copy of the folder: nothing moves."""
    await delivered(house)
    file = await network.close_day()
    await network.reconcile()
    once = await house.balances()
    (network.folder / file.name).write_bytes(file.text)
    for _ in range(2):
        assert (0, 0) == ((again := await network.reconcile()).files, again.open)
    assert once == await house.balances()


FAULTS: dict[str, tuple[Kind, int]] = {  # what of a debit of 2,000 it leaves in card_clearing
    "missing": (Kind.MISSING, 2_000),
    "duplicated": (Kind.DUPLICATE, -2_000),
    "cent_more": (Kind.AMOUNT, -1),
    "cent_less": (Kind.AMOUNT, 1),
    "currency": (Kind.CURRENCY, 2_000),
    "extra": (Kind.UNKNOWN_LINE, -2_000),
}


def faulty(kind: str, lines: Sequence[Line]) -> Sequence[Line]:
    """A day's lines with one mistake in the first, which is a debit."""
    first, *rest = lines
    match kind:
        case "missing":
            return rest
        case "duplicated":
            return [first, *lines]
        case "cent_more" | "cent_less":
            return [replace(first, amount_minor=first.amount_minor + (1 if kind == "cent_more" else -1)), *rest]
        case "currency":
            return [replace(first, currency="EUR"), *rest]
        case _:
            return [*lines, replace(first, reference=uuid4().hex)]


@pytest.mark.parametrize("kind", ["missing", "duplicated", "cent_more", "cent_less", "currency", "extra"])
async def test_every_mistake_has_a_name_and_an_amount(house: House, network: Network, kind: str) -> None:
    """One break, with what it leaves in the clearing account; the payments around it are settled."""
    await delivered(house, 2)
    await network.close_day(lambda lines: faulty(kind, lines))
    await network.close_day()  # a bank that did not say when it decided has until then
    for _ in range(2):
        await network.reconcile()

    (found,) = await breaks(house)
    assert FAULTS[kind] == (found.kind, found.amount_minor)
    assert "card_clearing" == found.account
    await assert_nothing_unnamed(house)


@pytest.mark.parametrize("kind", ["missing", "cent_less", "duplicated"])
async def test_a_later_line_explains_a_break(house: House, network: Network, kind: str) -> None:
    """The network corrects itself: the break ends by itself, keeps its history, and nothing is left."""
    await delivered(house)
    await network.close_day(lambda lines: faulty(kind, lines))
    await network.close_day()
    await network.reconcile()
    debit = network.line(house.bank.asked[0])
    correction = {
        "missing": debit,
        "cent_less": replace(debit, amount_minor=1, fee_minor=0),
        "duplicated": network.line(house.bank.asked[0], "reversal"),
    }[kind]
    await network.close_day(more=[correction])
    await network.reconcile()

    (ended,) = await breaks(house, ended=True)
    assert ("explained", None, "agrees by now") == (ended.state, ended.ended_by, ended.reason)
    assert {} == await left(house)


async def test_a_break_is_closed_by_somebody_with_a_reason(house: House, network: Network) -> None:
    """Never by itself: what it leaves is written off on purpose, once, against `loss`; then it does not come back."""
    await delivered(house)
    await network.close_day(lambda lines: faulty("cent_less", lines))
    await network.reconcile()
    (found,) = await breaks(house)
    with pytest.raises(errors.BreakHasAmount):
        await house.do(actions.close, [Close(found.id, "olga", "a cent")])
    await house.do(actions.close, [Close(found.id, "olga", "a cent", write_off=True)])
    with pytest.raises(errors.BreakEnded):
        await house.do(actions.close, [Close(found.id, "olga", "a cent", write_off=True)])
    with pytest.raises(errors.BreakNotFound):
        await house.do(actions.close, [Close(uuid4(), "olga", "a cent")])
    await network.close_day()
    await network.reconcile()

    (ended,) = await breaks(house, ended=True)
    assert ("closed", "olga", "a cent") == (ended.state, ended.ended_by, ended.reason)
    assert {} == await left(house)
    assert 1 == (await house.balances())["loss"]


async def test_what_was_written_off_and_then_came_is_a_break(house: House, network: Network) -> None:
    """The cent arrives after all: too much now, by a cent, and said so."""
    await delivered(house)
    await network.close_day(lambda lines: faulty("cent_less", lines))
    await network.reconcile()
    (found,) = await breaks(house)
    await house.do(actions.close, [Close(found.id, "olga", "a cent", write_off=True)])
    await network.close_day(more=[replace(network.line(house.bank.asked[0]), amount_minor=1, fee_minor=0)])
    await network.reconcile()

    assert [(Kind.AMOUNT, -1)] == [(one.kind, one.amount_minor) for one in await breaks(house)]
    await assert_nothing_unnamed(house)


async def test_a_push_that_nobody_answered_is_found_in_the_file(house: House, network: Network) -> None:
    """Row 16: by its line it was done, so it is credited, and never sent again."""
    house.bank.fates["push bob's"] = "silent"
    sent = await house.send()
    await house.work_off_undo()
    push = house.bank.asked[-1]
    await network.close_day(more=[network.line(push)])
    summary = await network.reconcile()

    assert (1, 0) == (summary.news, summary.open)
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert 1 == sum(one.kind == "push" for one in house.bank.asked)
    assert {} == await left(house)


async def test_a_push_that_is_in_no_file_is_somebodys_case(house: House, network: Network) -> None:
    """After the file of the second business day; with nothing in the clearing account, and the payment as it was."""
    house.bank.fates["push bob's"] = "silent"
    sent = await house.send()
    await house.work_off_undo()
    opened = []
    for _ in range(3):
        await network.close_day()
        await network.reconcile()
        opened.append([one.kind for one in await breaks(house)])

    assert [[], [], [Kind.UNANSWERED]] == opened
    assert "credit_unknown" == (await house.see(sent, house.bo))["state"]


async def reversed_debit(house: House) -> tuple[payments.View, Any]:
    """A debit without answer, reversed and acknowledged."""
    house.bank.fates["ann's"] = "silent"
    sent = await house.send()
    await house.work_off_undo()
    debit = house.bank.asked[-1]
    house.bank.known[debit.id] = Told(debit.id, "reversed")
    await house.work(after=timedelta(minutes=1))
    house.bank.fates.clear()
    assert "debit_failed" == (await house.see(sent, house.ann))["state"]
    return sent, debit


async def test_a_reversed_debit_that_appears_goes_back(house: House, network: Network) -> None:
    """Row 8b: the reversal was acknowledged before that day's cut-off, so it is refunded at once, and settled."""
    sent, debit = await reversed_debit(house)
    await network.close_day(more=[network.line(debit)])
    summary = await network.reconcile()
    await house.work()

    seen = await house.see(sent, house.ann)
    assert ("returned", "late_debit", 1) == (seen["state"], seen["cause"], summary.news)
    assert [(Kind.LATE_DEBIT, "explained")] == [(one.kind, one.state) for one in await breaks(house, ended=True)]
    await network.close_day()
    await network.reconcile()
    assert {} == await left(house)


async def test_a_reversal_that_follows_is_waited_for(house: House, network: Network) -> None:
    """The debit cleared before its reversal was acknowledged: a break that waits, no refund on top of a reversal."""
    house.bank.fates["ann's"] = "silent"
    sent = await house.send()
    await house.work_off_undo()
    debit = house.bank.asked[-1]
    await network.close_day(more=[network.line(debit)])
    house.bank.known[debit.id] = Told(debit.id, "reversed")
    await network.reconcile()
    await house.work()
    await network.reconcile()
    assert [Kind.AWAITING_REVERSAL] == [one.kind for one in await breaks(house)]
    await assert_nothing_unnamed(house)

    await network.close_day(more=[network.line(debit, "reversal")])
    await network.reconcile()
    assert [] == await breaks(house)
    assert "debit_failed" == (await house.see(sent, house.ann))["state"]
    assert {} == await left(house)


async def test_a_reversal_that_never_follows_is_not_waited_for_longer(house: House, network: Network) -> None:
    """Two more files without it: the debit stands, so the money goes back."""
    house.bank.fates["ann's"] = "silent"
    sent = await house.send()
    await house.work_off_undo()
    debit = house.bank.asked[-1]
    await network.close_day(more=[network.line(debit)])
    house.bank.known[debit.id] = Told(debit.id, "reversed")
    house.bank.fates.clear()
    await house.work()
    states = []
    for _ in range(2):
        await network.close_day()
        await network.reconcile()
        await house.work()
        states.append((await house.see(sent, house.ann))["state"])

    assert ["debit_failed", "returned"] == states


async def test_a_credit_that_comes_back_is_in_transit_again(house: House, network: Network) -> None:
    """Row 19, from the file of a later day; a new card gets it, and all of it is settled."""
    (sent,) = await delivered(house)
    push = house.bank.asked[-1]
    await network.close_day()
    await network.close_day(more=[network.line(push, "return")])
    await network.reconcile()
    seen = await house.see(sent, house.bo)
    assert ("awaiting_recipient", "credit_returned") == (seen["state"], seen["cause"])

    await house.add_card(house.bo, "bob's new")
    await house.work()
    await network.close_day()
    await network.reconcile()
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert [] == await breaks(house)
    assert {} == await left(house)


@pytest.mark.parametrize("kind", [Kind.FILE_DAMAGED, Kind.FILE_OUT_OF_ORDER, Kind.FILE_DIFFERS])
async def test_a_file_that_is_not_right_books_nothing(house: House, network: Network, kind: Kind) -> None:
    """Damaged, one before it missing, or another under a name that was read: a break, until it is put right."""
    await delivered(house)
    first = await network.close_day()
    await network.reconcile()
    await delivered(house)
    before = await left(house)
    second = await network.close_day()
    path = network.folder / second.name
    match kind:
        case Kind.FILE_DAMAGED:
            path.write_bytes(second.text.replace(b"2000", b"2001", 1))
        case Kind.FILE_OUT_OF_ORDER:
            path.unlink()
            path = network.folder / (await network.close_day()).name
        case _:
            path.unlink()
            path = network.folder / first.name
            path.write_bytes(replace(first, lines=()).text)
    await network.reconcile()
    assert kind in {one.kind for one in await breaks(house)} <= {kind, Kind.FILE_MISSING}
    assert before == await left(house)

    for file in network.files:
        (network.folder / file.name).write_bytes(file.text)
    await network.reconcile()
    assert [] == await breaks(house)
    assert {} == await left(house)


async def test_a_file_that_does_not_come_is_a_break(house: House, network: Network) -> None:
    """From the next cut-off on, until it is there."""
    await network.close_day()
    await network.reconcile()
    late = await network.close_day()
    (network.folder / late.name).unlink()
    await network.reconcile()
    assert [] == await breaks(house)
    next_one = await network.close_day()
    (network.folder / next_one.name).unlink()
    await network.reconcile()
    assert [Kind.FILE_MISSING] == [one.kind for one in await breaks(house)]

    for file in (late, next_one):
        (network.folder / file.name).write_bytes(file.text)
    await network.reconcile()
    assert [] == await breaks(house)


async def test_a_line_with_another_reference_number_is_not_taken_for_ours(house: House, network: Network) -> None:
    """Our id under a retrieval reference that the network never told us: a stranger's line, and ours is missing."""
    await delivered(house)
    async with house.database.transaction() as tx:
        await tx.execute(Statement("test.rrn", "UPDATE payments.attempt SET rrn = '632915000999' WHERE leg = 1"))
    await network.close_day()
    await network.close_day()
    await network.reconcile()

    assert {(Kind.UNKNOWN_LINE, -2_000), (Kind.MISSING, 2_000)} == {
        (one.kind, one.amount_minor) for one in await breaks(house)
    }
    assert {} == await left(house)


async def test_the_bill_corrects_the_cost(house: House, network: Network) -> None:
    """Booked by the table, billed by the file: `rail_cost` ends at the bill, `rail_payable` at nothing."""
    await delivered(house)
    debit = house.bank.asked[0]
    dearer = network.line(debit, regulated=False)
    file = await network.close_day(lambda lines: [dearer, *lines[1:]])
    await network.reconcile()

    async with house.database.transaction() as tx:
        told = await costs.unit_cost(tx, since=await outbox.now(tx) - timedelta(days=9), currency="USD")
    assert {"push": (1, 17, 17), "regulated_debit": (1, 25, 30)} == {
        one.item: (one.attempts, one.booked_minor, one.billed_minor) for one in told.items
    }
    assert (47, 1, 47) == (told.cost_minor, told.delivered, told.per_payment_minor)
    assert {"rail_cost": 47, "house_cash": -47} == await house.balances()
    assert -47 == file.net_minor("USD")


async def test_seeded_bug_matching_by_amount(house: House, network: Network) -> None:
    """Had lines been matched by amount, a stranger's line would have stood in for a missing one, and nobody noticed."""
    await delivered(house)
    await network.close_day(lambda lines: [replace(lines[0], reference=uuid4().hex), *lines[1:]])
    await network.close_day()
    await network.reconcile()

    assert {Kind.UNKNOWN_LINE, Kind.MISSING} == {one.kind for one in await breaks(house)}
    assert {} == await left(house)
