"""Stories told through the public API, with real processes behind it and simulated banks behind those."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tuppence.cli import seeds
from tuppence.cli.client import Refused
from tuppence.cli.house import RunningHouse
from tuppence.cli.story import Story


async def test_the_demos_own_story_and_a_second_planting(house: RunningHouse) -> None:
    """Four friends are planted once however often it is asked, and the main job goes as it must."""
    first = await seeds.plant(house.settings)
    again = await seeds.plant(house.settings)
    await Story(house, again).tell()

    assert {handle: one.id for handle, one in first.items()} == {handle: one.id for handle, one in again.items()}
    for friend in again.values():
        talks = (await friend.call("GET", "/v1/sync/bootstrap"))["conversations"]
        assert len({talk["person"]["id"] for talk in talks}) == len(talks)
        assert 3 == len((await friend.call("GET", "/v1/friends"))["friends"])
    for friend in (*first.values(), *again.values()):
        await friend.close()


async def test_money_waits_for_a_card_and_goes_on_when_there_is_one(befriended: Any, watch: Any) -> None:
    """A friend without a card sees the money wait, adds one through the vault's form, and gets it."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay()
    waiting = await watch(pair.payee, payment_id, "awaiting_recipient")
    await pair.payee.add_card(await seeds.card_of(pair.payee, None, ("Next morning",)))
    delivered = await watch(pair.payee, payment_id, "credited")

    assert {"add_card", "decline"} <= set(waiting["can"])
    assert delivered["arrival"]["earliest"] <= delivered["arrival"]["latest"]
    assert delivered["trace"]


async def test_arrived_is_the_payees_word(befriended: Any, watch: Any) -> None:
    """When the payee says that it is there, both see it arrived."""
    pair = await befriended()
    payment_id = await pair.pay()
    await watch(pair.payee, payment_id, "credited")
    said = await pair.payee.act(payment_id, "arrived")

    assert "available" == said["state"] == (await watch(pair.payer, payment_id, "available"))["state"]


async def test_the_banks_show_the_other_side(befriended: Any, watch: Any) -> None:
    """What both sides read of a payment stands on two accounts at two banks: less here at once, more there when posted.

    The numbers shown are their last four digits.
    """
    pair = await befriended()
    await watch(pair.payee, await pair.pay(), "credited")
    banks = (await pair.payer.call("GET", "/v1/sandbox/banks"))["banks"]
    accounts = [account for bank in banks for account in bank["accounts"]]
    newest = max((account for account in accounts if account["lines"]), key=lambda one: str(one["lines"][0]["at"]))

    assert {"debit", "push"} <= {line["what"] for account in accounts for line in account["lines"]}
    assert all(account["number"][:2] == "••" and len(account["number"]) == 6 for account in accounts)
    assert ("push", False) == (newest["lines"][0]["what"], newest["lines"][0]["undone"])
    coming = newest["coming_minor"]  # of every story so far that was paid to this card and is not posted yet
    assert not coming or newest["lines"][0]["amount_minor"] <= coming


@pytest.mark.parametrize(("who", "verb", "cause"), [("payee", "decline", "declined"), ("payer", "cancel", "cancelled")])
async def test_waiting_money_goes_back_when_either_says_so(
    befriended: Any, watch: Any, who: str, verb: str, cause: str
) -> None:
    """A declined or cancelled payment is refunded to the card that it came from."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay()
    await watch(pair.payee, payment_id, "awaiting_recipient")
    await getattr(pair, who).act(payment_id, verb)
    returned = await watch(pair.payer, payment_id, "returned")

    assert cause == returned["cause"]
    assert "17" == returned["funding"]["last4"][-2:]


async def test_money_that_nobody_takes_expires_and_goes_back(befriended: Any, watch: Any) -> None:
    """After seven days without a card the money is back with the payer."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay()
    waiting = await watch(pair.payer, payment_id, "awaiting_recipient")
    now = await pair.now()
    await pair.move_clock(datetime.fromisoformat(waiting["expires_at"]) - now + timedelta(minutes=1))

    assert "expired" == (await watch(pair.payer, payment_id, "returned"))["cause"]


async def test_a_block_turns_waiting_money_back_and_tells_nobody(befriended: Any, watch: Any) -> None:
    """Who is blocked reads that it could not be delivered, and nothing more."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay()
    await watch(pair.payee, payment_id, "awaiting_recipient")
    await pair.payee.call("PUT", f"/v1/blocks/{pair.payer.id}")
    returned = await watch(pair.payer, payment_id, "returned")

    assert "unavailable" == returned["cause"]
    assert "block" not in str(returned)


async def test_five_wrong_pins_end_the_payment_and_lock_the_pin(befriended: Any, watch: Any) -> None:
    """The fifth wrong PIN locks it for an hour; the payment is given up before anything moved."""
    pair = await befriended()
    sent = await pair.payer.send(pair.payee, 2000)
    codes = []
    for pin in ("0001", "0002", "0003", "0004", "0005", "4271"):
        with pytest.raises(Refused) as refused:
            await pair.payer.act(sent["id"], "step-up", {"pin": pin})
        codes.append(refused.value.code)
    given_up = await watch(pair.payer, sent["id"], "abandoned")

    assert ["pin_wrong"] * 4 + ["pin_locked"] * 2 == codes
    assert "locked_out" == given_up["cause"]


async def test_a_bank_that_does_not_answer_is_not_asked_twice(befriended: Any, watch: Any) -> None:
    """A credit without an answer is asked after until the bank says that it has it: one push, delivered."""
    pair = await befriended(receives="Slow answer")
    payment_id = await pair.pay()
    delivered = await watch(pair.payee, payment_id, "credited")

    assert 1 == len([line for line in delivered["timeline"] if line["state"] == "crediting"])


async def test_the_worker_may_die_at_any_time(house: RunningHouse, befriended: Any, watch: Any) -> None:
    """A worker killed while money is on its way is followed by one that brings it there, once."""
    pair = await befriended()
    sent = await pair.payer.send(pair.payee, 2000)
    await pair.payer.act(sent["id"], "step-up", {"pin": "4271"})
    await house.processes.kill("worker")
    await pair.move_clock(timedelta(seconds=10))
    await house.processes.kill("worker")
    delivered = await watch(pair.payer, sent["id"], "credited")

    assert [line["state"] for line in delivered["timeline"]].count("debiting") == 1


async def test_the_limit_tells_what_room_there_is(befriended: Any) -> None:
    """Over the limit nothing is written, and the refusal says how much room is left."""
    pair = await befriended()
    await pair.payer.send(pair.payee, 20_000)
    with pytest.raises(Refused) as refused:
        await pair.payer.send(pair.payee, 15_000)

    assert (402, "limit_exceeded") == (refused.value.status, refused.value.code)
    assert 10_000 == refused.value.problem["room_minor"]


async def test_health_tells_which_part_is_down(house: RunningHouse, newcomer: Any) -> None:
    """With every part running the house is well."""
    friend = await newcomer("Zoe", card=None)
    health = await friend.call("GET", "/v1/health")

    assert {"database": "ok", "worker": "ok", "vault": "ok"} == health["parts"]
