"""Edges of a payment that no story passes: a closed sheet, a proof that grew old, refunds that nobody answers."""

from dataclasses import replace
from datetime import timedelta

from tests.payments.conftest import House

from tuppence import outbox, people
from tuppence.payments.disputes.model import View
from tuppence.rails.card import Told

WINDOW = timedelta(seconds=6)


async def test_closing_the_sheet_takes_nothing(house: House) -> None:
    """The proof was asked for, and not given: cancelled by the payer, and the room is theirs again."""
    sent = await house.send(amount_minor=10_001)
    await house.work(after=WINDOW)
    closed = await house.act(sent, house.ann, "cancel")
    await house.work(after=timedelta(minutes=11))

    assert "cancelled" == closed["state"] == (await house.see(sent, house.ann))["state"]
    assert [] == house.bank.asked
    assert 0 == (await house.used())["day"]


async def test_a_stale_proof_is_asked_for_again(house: House) -> None:
    """Given in the window; by the time that the window is looked at, it is older than allowed."""
    sent = await house.send(amount_minor=10_001)
    await house.prove(sent)
    house.policy = replace(house.policy, step_up=replace(house.policy.step_up, fresh_seconds=0))
    house.__post_init__()  # the worker goes by it from now on
    await house.work(after=WINDOW)

    seen = await house.see(sent, house.ann)
    assert ("step_up", True) == (seen["state"], seen["step_up"]["needed"])
    assert [] == house.bank.asked


async def test_a_block_while_the_bank_is_asked_sends_it_back(house: House) -> None:
    """The payee blocks between the debit and its answer: nothing is delivered, and the payer is not told why."""

    async def block() -> None:
        house.bank.before = None
        async with house.database.transaction() as tx:
            await people.block(tx, [people.Block(house.bo, house.ann)])

    sent = await house.send()
    house.bank.before = block
    await house.work(after=WINDOW)

    assert ("returned", "unavailable") == ((seen := await house.see(sent, house.ann))["state"], seen["cause"])
    assert ["debit", "refund"] == [one.kind for one in house.bank.asked]


async def test_a_refund_without_answer_is_asked_about_and_never_sent_again(house: House) -> None:
    """Asked after for a day; "never seen" proves nothing meanwhile; what is found counts."""
    house.bank.fates["refund ann's"] = "silent"
    sent = await _declined(house)
    refund = house.bank.asked[-1]
    house.bank.known[refund.id] = Told(refund.id, "never_seen")
    await house.work(after=timedelta(hours=23))
    assert "return_unknown" == (await house.see(sent, house.ann))["state"]

    house.bank.known[refund.id] = Told(refund.id, "accepted", trace="T1")
    await house.work(after=timedelta(hours=1))
    assert "returned" == (await house.see(sent, house.ann))["state"]
    assert 1 == sum(one.kind == "refund" for one in house.bank.asked)


async def test_a_refund_that_was_never_sent_is_sent_again(house: House) -> None:
    """The vault never heard of it, and never will send it now: proof, and only then a second attempt."""
    house.bank.fates["refund ann's"] = "silent"
    sent = await _declined(house)
    first = house.bank.asked[-1]
    house.bank.known[first.id] = Told(first.id, "refused")
    house.bank.fates.clear()
    await house.work(after=timedelta(minutes=1))

    assert "returned" == (await house.see(sent, house.ann))["state"]
    assert [first.id] != [one.id for one in house.bank.asked if one.kind == "refund"][1:]
    assert 2 == sum(one.kind == "refund" for one in house.bank.asked)


async def _declined(house: House) -> View:
    """Bo has no card, and does not want it."""
    sent = await house.send_to_cardless()
    await house.act(sent, house.bo, "decline")
    await house.work()
    assert await house.do(outbox.due) == 0
    return sent
