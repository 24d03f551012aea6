"""A payment's ways through the real database, worker and ledger, with a bank that does as it is told."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import payments, people
from tuppence.payments import errors
from tuppence.payments.sends import jobs, sync
from tuppence.payments.sends.model import Answer
from tuppence.rails.card import Told, VaultUnavailable

DAY = timedelta(days=1)
WINDOW = timedelta(seconds=6)


async def test_twenty_dollars_arrive(house: House) -> None:
    """Card to card: the payer sees every state, the payee only what is theirs to see, and the books hold."""
    sent = await house.send()
    assert ("created", ["cancel"]) == (sent["state"], sent["can"])
    assert [] == await house.feed(house.bo, "payment")

    await house.work(after=WINDOW)
    seen = await house.see(sent, house.bo)
    assert ["credited", "payee", "A12345", "T67890"] == [seen[one] for one in ("state", "viewer", "approval", "trace")]
    assert {"brand": "visa", "last4": "4242", "bank": "First Bank"} == seen["receiving"]
    assert seen["funding"] is None

    done = await house.act(sent, house.bo, "arrived")
    assert ("available", []) == (done["state"], done["can"])
    told = await house.feed(house.ann, "payment")
    assert ["created", "debiting", "crediting", "credited", "available"] == [one["state"] for one in told]
    assert ["crediting", "credited", "available"] == [one["state"] for one in await house.feed(house.bo, "payment")]
    assert {"card_clearing": 2_000, "payout_clearing": -2_000} == await house.balances()


async def test_the_bubble_shows_to_the_payee_when_there_is_something_to_see(house: House) -> None:
    """Said to the payer alone at first, revealed to both when the money has been taken."""
    sent = await house.send()
    assert 1 == len(await house.feed(house.ann, "message"))
    assert [] == await house.feed(house.bo, "message")

    await house.work(after=WINDOW)
    assert sent["id"] == (await house.feed(house.bo, "message"))[-1]["ref_id"]


async def test_a_declined_debit_takes_nothing(house: House) -> None:
    """The payer learns why, the payee nothing at all, and the room is back."""
    house.bank.fates["ann's"] = "insufficient_funds"
    sent = await house.send()
    await house.work(after=WINDOW)

    seen = await house.see(sent, house.ann)
    assert ("debit_failed", "insufficient_funds") == (seen["state"], seen["decline_code"])
    assert [] == await house.feed(house.bo, "payment")
    assert 0 == (await house.used())["day"]
    assert 0 == (await house.feed(house.ann, "limits"))[-1]["windows"][0]["used_minor"]
    assert {} == await house.balances()


async def test_a_bank_out_of_reach_is_tried_once_more(house: House) -> None:
    """Two tries within ten minutes, each with an id of its own, the second only after the first was refused."""
    house.bank.fates["ann's"] = "issuer_down"
    sent = await house.send()
    await house.work(after=WINDOW)
    assert ("debiting", 1) == ((await house.see(sent, house.ann))["state"], len(house.bank.asked))

    await house.work(after=timedelta(seconds=31))
    assert "debit_failed" == (await house.see(sent, house.ann))["state"]
    assert 2 == len({one.id for one in house.bank.asked})


async def test_a_lost_card_is_suspended(house: House) -> None:
    """And pays no more until its owner takes another."""
    house.bank.fates["ann's"] = "lost_or_stolen"
    await house.send()
    await house.work(after=WINDOW)

    assert ["suspended"] == [one["state"] for one in await house.cards(house.ann)]
    with pytest.raises(errors.CardUnusable):
        await house.send()


async def test_a_debit_without_answer_waits_for_its_reversal(house: House) -> None:
    """Nothing is sent again; news is promised by a time; once the reversal is acknowledged, nothing was taken."""
    house.bank.fates["ann's"] = "silent"
    sent = await house.send()
    await house.work(after=WINDOW)
    seen = await house.see(sent, house.ann)
    assert "debit_unknown" == seen["state"]
    assert seen["next_update_at"]

    (asked,) = house.bank.asked
    house.bank.known[asked.id] = Told(asked.id, "reversed")
    await house.work(after=timedelta(minutes=1))
    seen = await house.see(sent, house.ann)
    assert ("debit_failed", "no_answer") == (seen["state"], seen["cause"])
    assert 1 == len(house.bank.asked)


async def test_a_debit_that_is_found_too_late_goes_back(house: House) -> None:
    """The answer was lost between us and the vault: it was taken after all, and is returned without being asked for."""
    house.bank.fates["ann's"] = "silent"
    sent = await house.send()
    await house.work(after=WINDOW)
    (asked,) = house.bank.asked
    house.bank.known[asked.id] = Told(asked.id, "accepted", approval="A1")
    house.bank.fates.clear()
    await house.work(after=timedelta(minutes=1))

    seen = await house.see(sent, house.ann)
    assert ("returned", "late_debit") == (seen["state"], seen["cause"])
    assert [] == await house.feed(house.bo, "payment")
    assert {"card_clearing": 2_000, "refund_clearing": -2_000} == await house.balances()


async def test_a_friend_without_a_card_can_take_it_by_adding_one(house: House) -> None:
    """It waits; the new card starts it by itself."""
    sent = await house.send_to_cardless()
    waiting = await house.see(sent, house.bo)
    assert ("awaiting_recipient", ["add_card", "accept", "decline"]) == (waiting["state"], waiting["can"])
    with pytest.raises(errors.NeedsCard):
        await house.act(sent, house.bo, "accept")

    await house.add_card(house.bo, "bob's new")
    await house.work()
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert ["bob's new"] == [one.token for one in house.bank.asked if one.kind == "push"]


@pytest.mark.parametrize(("who", "verb", "cause"), [("bo", "decline", "declined"), ("ann", "cancel", "cancelled")])
async def test_either_side_can_send_it_back(house: House, who: str, verb: Any, cause: str) -> None:
    """A refund by reference to the debit, so that it works even when the card is not kept."""
    sent = await house.send_to_cardless()
    await house.act(sent, getattr(house, who), verb)
    await house.work()

    seen = await house.see(sent, house.ann)
    assert ("returned", cause) == (seen["state"], seen["cause"])
    debit, refund = house.bank.asked
    assert ("refund", debit.id) == (refund.kind, refund.of)
    assert {"card_clearing": 2_000, "refund_clearing": -2_000} == await house.balances()


async def test_it_expires_after_a_week_with_reminders(house: House) -> None:
    """The payee is reminded on days 1, 3 and 6, the payer told on day 6, and on day 7 it goes back."""
    sent = await house.send_to_cardless()
    days = []
    for day in range(1, 9):
        await house.work(after=DAY)
        payee, payer = [len(await house.feed(one, "reminder")) for one in (house.bo, house.ann)]
        days.append((day, payee, payer, (await house.see(sent, house.ann))["state"]))

    wait = "awaiting_recipient"
    assert [(1, 1, 0, wait), (2, 1, 0, wait), (3, 2, 0, wait)] == days[:3]
    assert [(6, 3, 1, wait), (7, 3, 1, "returned"), (8, 3, 1, "returned")] == days[5:]
    assert "expired" == (await house.see(sent, house.bo))["cause"]


async def test_a_payee_who_blocks_sends_it_back_without_a_word(house: House) -> None:
    """The payer reads that it could not be delivered."""
    sent = await house.send_to_cardless()
    async with house.database.transaction() as tx:
        await people.block(tx, [people.Block(house.bo, house.ann)])
        await payments.blocked(tx, [(house.bo, house.ann)], policy=house.policy)
    await house.work()

    seen = await house.see(sent, house.ann)
    assert ("returned", "unavailable") == (seen["state"], seen["cause"])


async def test_a_payer_who_blocks_is_asked_and_the_payee_is_not_told(house: House) -> None:
    """It still waits; the payer may cancel, the payee sees nothing of the block."""
    sent = await house.send_to_cardless()
    async with house.database.transaction() as tx:
        await people.block(tx, [people.Block(house.ann, house.bo)])
        await payments.blocked(tx, [(house.ann, house.bo)], policy=house.policy)

    assert "payer_blocked" == (await house.see(sent, house.ann))["cause"]
    assert "no_card" == (await house.see(sent, house.bo))["cause"]
    assert "returning" == (await house.act(sent, house.ann, "cancel"))["state"]


async def test_a_card_that_cannot_receive_asks_for_another(house: House) -> None:
    """The money stays in transit, the card is known for what it is, and the next one gets it."""
    house.bank.fates["push bob's"] = "cannot_receive"
    sent = await house.send()
    await house.work(after=WINDOW)
    seen = await house.see(sent, house.bo)
    assert ("awaiting_recipient", "card_refused") == (seen["state"], seen["cause"])
    assert [False] == [one["can_receive"] for one in await house.cards(house.bo)]
    assert {"card_clearing": 2_000, "in_transit": -2_000} == await house.balances()

    await house.add_card(house.bo, "bob's new")
    await house.work()
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert ["bob's", "bob's new"] == [one.token for one in house.bank.asked if one.kind == "push"]


async def test_waiting_has_an_end_however_many_cards_refuse(house: House) -> None:
    """Fourteen days after it was created it goes back, even when it began to wait a day before."""
    sent = await house.send_to_cardless()
    house.bank.fates["push late"] = "cannot_receive"
    await house.work(after=6 * DAY)
    await house.add_card(house.bo, "late")
    await house.work()
    assert "card_refused" == (await house.see(sent, house.bo))["cause"]
    await house.work(after=6.5 * DAY)
    await house.add_card(house.bo, "later", fingerprint="late")
    house.bank.fates["push later"] = "cannot_receive"
    await house.work()
    seen = await house.see(sent, house.ann)
    assert 14 * DAY == datetime.fromisoformat(seen["expires_at"]) - datetime.fromisoformat(seen["created_at"])

    await house.work(after=2 * DAY)
    seen = await house.see(sent, house.ann)
    assert ("returned", "expired") == (seen["state"], seen["cause"])


async def test_a_push_without_answer_is_asked_about_and_never_sent_again(house: House) -> None:
    """Asked after on the schedule; "never seen" proves nothing for a day; an answer found later counts."""
    house.bank.fates["push bob's"] = "silent"
    sent = await house.send()
    await house.work(after=WINDOW)
    push = house.bank.asked[-1]
    house.bank.known[push.id] = Told(push.id, "never_seen")
    await house.work(after=timedelta(hours=23))
    assert "credit_unknown" == (await house.see(sent, house.bo))["state"]

    house.bank.known[push.id] = Told(push.id, "accepted", trace="T1", fast_funds=True)
    await house.work(after=timedelta(hours=1))
    seen = await house.see(sent, house.bo)
    assert ("credited", True) == (seen["state"], seen["arrival"]["fast"])
    assert 1 == sum(one.kind == "push" for one in house.bank.asked)


async def test_a_push_that_was_never_sent_can_be_tried_again(house: House) -> None:
    """The vault never heard of it, and never will send it now: proof, so the payee may try again with the same card."""
    house.bank.fates["push bob's"] = "silent"
    sent = await house.send()
    await house.work(after=WINDOW)
    push = house.bank.asked[-1]
    house.bank.known[push.id] = Told(push.id, "refused")
    house.bank.fates.clear()
    await house.work(after=timedelta(minutes=1))
    assert "not_delivered" == (await house.see(sent, house.bo))["cause"]

    await house.act(sent, house.bo, "accept")
    await house.work()
    assert "credited" == (await house.see(sent, house.bo))["state"]


async def test_money_that_cannot_go_back_waits_for_a_card(house: House) -> None:
    """The refund is refused: parked for the payer, with reminders; a new card of theirs gets it as a push."""
    sent = await house.send_to_cardless()
    house.bank.fates["refund ann's"] = "invalid_card"
    await house.act(sent, house.ann, "cancel")
    await house.work()
    seen = await house.see(sent, house.ann)
    assert ("parked", ["add_card"]) == (seen["state"], seen["can"])
    assert {"card_clearing": 2_000, "parked": -2_000} == await house.balances()
    await house.work(after=DAY)
    assert [{"payment_id": sent["id"], "whom": "parked"}] == await house.feed(house.ann, "reminder")

    await house.add_card(house.ann, "ann's new", last4="1111")
    await house.work()
    seen = await house.see(sent, house.ann)
    assert ("returned", "1111") == (seen["state"], seen["funding"]["last4"])
    assert ("push", "ann's new") == (house.bank.asked[-1].kind, house.bank.asked[-1].token)
    assert {"card_clearing": 2_000, "refund_clearing": -2_000} == await house.balances()


async def test_late_then_presumed(house: House) -> None:
    """Delivered; late when the interval is over; a business day later we say that it should have arrived."""
    sent = await house.send()
    await house.work(after=WINDOW)
    seen = await house.see(sent, house.bo)
    with pytest.raises(errors.NotLateYet):
        await house.act(sent, house.bo, "not_arrived")

    await house.until(seen["arrival"]["latest"])
    seen = await house.see(sent, house.bo)
    assert ("credited", True, ["arrived", "not_arrived"]) == (seen["state"], seen["late"], seen["can"])
    await house.work(after=5 * DAY)
    seen = await house.see(sent, house.ann)
    assert ("available", "presumed") == (seen["state"], seen["cause"])
    assert ["created", "debiting", "crediting", "credited", "late", "available"] == [
        line["state"] for line in seen["timeline"]
    ]


async def test_what_is_reported_missing_is_not_presumed(house: House) -> None:
    """The case stays open until the payee says that it arrived."""
    sent = await house.send()
    await house.work(after=WINDOW)
    await house.until((await house.see(sent, house.bo))["arrival"]["latest"])
    assert "open" == (await house.act(sent, house.bo, "not_arrived"))["dispute"]
    await house.work(after=30 * DAY)
    assert "credited" == (await house.see(sent, house.bo))["state"]

    assert "available" == (await house.act(sent, house.bo, "arrived"))["state"]


async def test_a_tap_too_late_learns_how_things_are(house: House) -> None:
    """409 with the payment as it is by now."""
    sent = await house.send_to_cardless()
    await house.act(sent, house.bo, "decline")

    with pytest.raises(errors.PaymentMovedOn) as late:
        await house.act(sent, house.ann, "cancel")
    assert ("returning", "declined") == (late.value.facts["payment"]["state"], late.value.facts["payment"]["cause"])


async def test_while_the_vault_is_away_a_debit_waits_only_a_moment(house: House) -> None:
    """Back within the minute, it goes on under the same id and moves the money once."""

    async def away() -> None:
        house.bank.before = None
        raise VaultUnavailable

    house.bank.before = away
    sent = await house.send()
    await house.work(after=WINDOW)
    assert "debiting" == (await house.see(sent, house.ann))["state"]
    await asyncio.sleep(jobs.AGAIN_SECONDS + 0.1)
    await house.work()
    assert "credited" == (await house.see(sent, house.ann))["state"]
    assert 1 == len(house.bank.moved("debit"))


async def test_a_snapshot_and_what_is_told_make_a_new_snapshot(house: House) -> None:
    """Both sides, through a long life, with the feed replayed twice."""
    before = {one: await house.snapshot(one) for one in (house.ann, house.bo)}
    sent = await house.send_to_cardless()
    await house.add_card(house.bo, "bob's new")
    await house.work(after=30 * DAY)
    await house.see(sent, house.bo)

    for person, known in before.items():
        for told in [*await house.feed(person, "payment")] * 2:
            known = sync.apply(known, told)
        assert await house.snapshot(person) == known


async def test_pages_cover_everything_once(house: House) -> None:
    """Newest first, by side, without gaps or repeats."""
    sent = [(await house.send(amount_minor=n))["id"] for n in range(1, 8)]
    await house.work(after=WINDOW)
    seen, cursor = [], None
    while True:
        page = await house.page(house.bo, limit=3, after=cursor)
        seen += [one["id"] for one in page.data]
        if page.following is None:
            break
        cursor = page.following

    assert sorted(sent) == sorted(seen)
    assert [] == (await house.page(house.bo, which="sent")).data


async def test_a_card_that_is_not_kept_pays_once_and_is_forgotten(house: House) -> None:
    """Good for one payment and its refund; the vault forgets it half a year after the end."""
    once = await house.add_card(house.ann, "once", kept=False)
    sent = await house.send_to_cardless(card_id=once)
    with pytest.raises(errors.CardUnusable):
        await house.send(card_id=once)
    await house.act(sent, house.ann, "cancel")
    await house.work(after=2 * DAY)
    assert "returned" == (await house.see(sent, house.ann))["state"]
    assert "once" not in house.bank.deleted

    await house.work(after=181 * DAY)
    assert "once" in house.bank.deleted


async def test_a_removed_card_serves_what_is_under_way_and_is_then_forgotten(house: House) -> None:
    """The payment goes on; receiving falls back to waiting; the vault deletes it when nothing needs it."""
    sent = await house.send()
    (mine,) = await house.cards(house.ann)
    await house.do(payments.cards.remove, [payments.cards.Remove(UUID(mine["id"]), house.ann)])
    await house.work(after=WINDOW)
    assert "credited" == (await house.see(sent, house.ann))["state"]
    assert [] == house.bank.deleted
    with pytest.raises(errors.NoCard):
        await house.send()

    await house.act(sent, house.bo, "arrived")
    await house.work(after=2 * DAY)
    assert ["ann's"] == house.bank.deleted


async def test_a_credit_that_the_bank_sends_back_waits_for_another_card(house: House) -> None:
    """Row 19: taken back into transit once, however often the bank says so; the card that it came from gets no other,
    and a new card does."""
    sent = await house.send()
    await house.work_off_undo()
    push = house.bank.asked[-1]
    returned = payments.Recorded(push.id, Answer("returned", decline_code="account_closed"))
    for _ in range(2):
        await house.do(payments.record, [returned, returned], policy=house.policy)

    seen = await house.see(sent, house.bo)
    assert ("awaiting_recipient", "credit_returned", False) == (seen["state"], seen["cause"], seen["late"])
    assert [False] == [one["can_receive"] for one in await house.cards(house.bo)]
    assert {"card_clearing": 2_000, "in_transit": -2_000} == await house.balances()

    await house.add_card(house.bo, "bob's new")
    await house.work()
    await house.do(payments.record, [returned], policy=house.policy)
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert {"card_clearing": 2_000, "payout_clearing": -2_000} == await house.balances()


@pytest.mark.parametrize("heard", ["unknown, then reversed", "reversed at once"])
async def test_a_reversed_debit_that_was_done_after_all_goes_back(house: House, heard: str) -> None:
    """Row 8b: refunded by reference to that debit, once, and the payer reads that it was taken after all. A worker that
    died while it waited hears only that the debit is reversed; it is watched all the same.
    """
    house.bank.fates["ann's"] = "reversed" if heard == "reversed at once" else "silent"
    sent = await house.send()
    await house.work_off_undo()
    (debit,) = house.bank.asked
    house.bank.known[debit.id] = Told(debit.id, "reversed")
    await house.work(after=timedelta(minutes=1))
    assert "debit_failed" == (await house.see(sent, house.ann))["state"]
    house.bank.fates.clear()

    found = payments.Recorded(debit.id, Answer("found"))
    for _ in range(2):
        await house.do(payments.record, [found, found], policy=house.policy)
    await house.work()
    seen = await house.see(sent, house.ann)
    assert ("returned", "late_debit") == (seen["state"], seen["cause"])
    assert [("refund", debit.id)] == [(one.kind, one.of) for one in house.bank.asked[1:]]
    assert {"card_clearing": 2_000, "refund_clearing": -2_000} == await house.balances()


async def test_a_refused_debit_is_not_found_by_hearsay(house: House) -> None:
    """Only a debit that was without answer once is watched: of a plain refusal, a line in a file is a break."""
    house.bank.fates["ann's"] = "insufficient_funds"
    sent = await house.send()
    await house.work_off_undo()
    await house.do(payments.record, [payments.Recorded(house.bank.asked[0].id, Answer("found"))], policy=house.policy)

    assert "debit_failed" == (await house.see(sent, house.ann))["state"]
    assert {} == await house.balances()
