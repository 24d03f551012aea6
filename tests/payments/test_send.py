"""May it be sent? Row 1 of the table with its refusals, limits, duplicates, proofs, and undo, on the real database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import outbox, payments, people
from tuppence.core import Failure, uuid7
from tuppence.payments import errors

DAY = timedelta(days=1)
WINDOW = timedelta(seconds=6)


async def test_undo_takes_nothing_and_gives_the_room_back(house: House) -> None:
    """Cancelled within the window; a second tap gets the same answer; the bank never heard of it."""
    sent = await house.send()
    undone = await house.act(sent, house.ann, "cancel")
    again = await house.act(sent, house.ann, "cancel")
    await house.work(after=WINDOW)

    assert ("cancelled", "undone") == (undone["state"], undone["cause"])
    assert undone == again
    assert [] == house.bank.asked
    assert 0 == (await house.used())["day"]
    assert {} == await house.balances()
    with pytest.raises(errors.PaymentNotFound):
        await house.see(sent, house.bo)


@pytest.mark.parametrize("whose", ["payee", "stranger"])
async def test_what_is_not_yours_to_see_does_not_exist(house: House, whose: str) -> None:
    """Before anything was taken the payee gets the very answer that a stranger gets, to a look and to a tap."""
    sent = await house.send()
    person = house.bo if whose == "payee" else uuid7()

    with pytest.raises(errors.PaymentNotFound):
        await house.see(sent, person)
    with pytest.raises(errors.PaymentNotFound):
        await house.act(sent, person, "decline")


async def test_a_repeat_of_a_send_is_the_same_payment(house: House) -> None:
    """The same id and body: in a batch, later, and after it moved on, it is one payment with one bubble."""
    ask = house.ask()
    async with house.database.transaction() as tx:
        first, second = await payments.send(tx, [ask, ask], policy=house.policy)
    assert first == second

    await house.work(after=WINDOW)
    assert "credited" == (await house.together(house.sending, ask))["state"]
    assert 1 == len(house.bank.moved("debit"))
    assert 1 == len({one["id"] for one in await house.feed(house.ann, "message")})


@pytest.mark.parametrize("change", [{"amount_minor": 2_001}, {"note": "dinner"}, {"card_id": UUID(int=1)}])
async def test_an_id_is_for_one_intention(house: House, change: dict[str, Any]) -> None:
    """Another body under the same id is refused and changes nothing; so is somebody else with it."""
    ask = house.ask()
    await house.together(house.sending, ask)

    with pytest.raises(errors.IdTaken):
        await house.together(house.sending, replace(ask, **change))
    with pytest.raises(errors.IdTaken):
        await house.together(house.sending, replace(ask, payer=house.bo, payee=house.ann))
    assert 2_000 == (await house.used())["day"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_minor": 0}, "amount_refused"),
        ({"amount_minor": -5}, "amount_refused"),
        ({"currency": "EUR"}, "currency_refused"),
        ({"amount_minor": 30_001}, "limit_exceeded"),
        ({"amount_minor": 2**63 - 1}, "limit_exceeded"),
        ({"card_id": UUID(int=404)}, "no_card"),
        ({"payee": UUID(int=404)}, "payee_unavailable"),
    ],
)
async def test_refusals(house: House, change: dict[str, Any], code: str) -> None:
    """Each comes with its code, and nothing is written."""
    with pytest.raises(Failure) as refused:
        await house.send(**change)

    assert code == refused.value.code
    assert [] == await house.feed(house.ann, "payment")


async def test_one_cannot_pay_oneself_or_with_a_friends_card(house: House) -> None:
    """Nor from a card that is not one's own."""
    bobs = (await house.cards(house.bo))[0]

    with pytest.raises(errors.PayeeIsPayer):
        await house.send(payee=house.ann)
    with pytest.raises(errors.NoCard):
        await house.send(card_id=UUID(bobs["id"]))


async def test_a_couple_that_shares_a_card_cannot_pay_each_other_with_it(house: House) -> None:
    """The same number, told by the vault's fingerprint, is refused at once."""
    shared = await house.add_card(house.ann, "shared", fingerprint="bob's")

    with pytest.raises(errors.SameCard):
        await house.send(card_id=shared)


async def test_a_duplicate_is_asked_about(house: House) -> None:
    """Same friend, same amount, within a minute: refused unless meant; afterwards, and for another amount, not."""
    first = await house.send(duplicate_ok=False)
    with pytest.raises(errors.LooksLikeADuplicate) as question:
        await house.send(duplicate_ok=False)
    assert {"payment_id": first["id"]} == question.value.facts

    assert "created" == (await house.send(duplicate_ok=True))["state"]
    assert "created" == (await house.send(duplicate_ok=False, amount_minor=2_001))["state"]
    await house.work(after=timedelta(seconds=61))
    assert "created" == (await house.send(duplicate_ok=False))["state"]


async def test_a_blocked_payer_learns_nothing(house: House) -> None:
    """Who was blocked is told what anybody is told whose friend left; who blocked is told so."""
    await house.do(people.block, [people.Block(house.bo, house.ann)])
    with pytest.raises(errors.PayeeUnavailable):
        await house.send()
    with pytest.raises(errors.PayeeBlocked):
        await house.send(payer=house.bo, payee=house.ann)


async def test_a_block_during_the_undo_window_stops_it_before_the_debit(house: House) -> None:
    """Nothing is taken for what can't be delivered, and the reason is not told."""
    sent = await house.send()
    await house.do(people.block, [people.Block(house.bo, house.ann)])
    await house.work(after=WINDOW)

    seen = await house.see(sent, house.ann)
    assert ("cancelled", "unavailable") == (seen["state"], seen["cause"])
    assert [] == house.bank.asked


async def test_limits_roll_and_say_when_there_is_room(house: House) -> None:
    """$300 in 24 hours: the refusal names the room and the instant, and at that instant it fits."""
    await house.send(amount_minor=20_000)
    await house.work(after=timedelta(hours=1))
    with pytest.raises(errors.LimitExceeded) as refused:
        await house.send(amount_minor=15_000)
    facts = refused.value.facts
    assert ("day", 10_000) == (facts["window"], facts["room_minor"])

    now = await house.do(outbox.now)
    await house.work(after=facts["again_at"] - now + timedelta(seconds=1))
    assert "created" == (await house.send(amount_minor=15_000))["state"]


async def test_a_large_payment_asks_for_proof_and_is_abandoned_without(house: House) -> None:
    """Above $100: asked at once, asked again when the window is over, given up after ten minutes."""
    sent = await house.send(amount_minor=10_001)
    assert (True, "amount", ["step_up", "cancel"]) == (
        sent["step_up"]["needed"],
        sent["step_up"]["reason"],
        sent["can"],
    )

    await house.work(after=WINDOW)
    assert "step_up" == (await house.see(sent, house.ann))["state"]
    with pytest.raises(errors.ProofNeeded):
        await house.prove_without_pin(sent)

    await house.work(after=timedelta(minutes=10))
    seen = await house.see(sent, house.ann)
    assert ("abandoned", "timed_out") == (seen["state"], seen["cause"])
    assert [] == house.bank.asked


@pytest.mark.parametrize("when", ["within the window", "after it"])
async def test_a_proof_lets_it_go(house: House, when: str) -> None:
    """Given during the window it waits for its end; given later it goes at once."""
    sent = await house.send(amount_minor=10_001)
    if when == "after it":
        await house.work(after=WINDOW)
    proven = await house.prove(sent)
    assert proven["state"] == ("created" if when == "within the window" else "debiting")
    assert proven["step_up"] is None or not proven["step_up"]["needed"]

    await house.work(after=WINDOW)
    assert "credited" == (await house.see(sent, house.ann))["state"]


async def test_a_pin_that_is_locked_gives_the_payment_up(house: House) -> None:
    """Too many wrong PINs: not sent, and the room is given back."""
    sent = await house.send(amount_minor=10_001)
    await house.do(payments.locked_out, [UUID(sent["id"])], policy=house.policy)

    seen = await house.see(sent, house.ann)
    assert ("abandoned", "locked_out") == (seen["state"], seen["cause"])
    assert 0 == (await house.used())["day"]


async def test_a_quote_says_what_a_send_would(house: House) -> None:
    """When it would arrive, that it is free, and whether a PIN is asked for."""
    quote = await house.quote(20_000)
    assert (0, {"needed": True, "reason": "amount"}) == (quote["fee_minor"], quote["step_up"])
    assert quote["arrival"]["earliest"] < quote["arrival"]["latest"]


async def test_neighbours_in_a_batch_do_not_spoil_each_other(house: House) -> None:
    """One refused, one repeated, one whose limit the first used up: each gets its own answer."""
    a, b = house.ask(amount_minor=29_999), house.ask(amount_minor=2)
    async with house.database.transaction() as tx:
        results = await payments.send(tx, [a, replace(a, amount_minor=0), b, a], policy=house.policy)

    assert [dict, errors.IdTaken, errors.LimitExceeded, dict] == [type(one) for one in results]
    assert results[0] == results[3]
