"""Rail requests: sent once, told truly, undone when nobody answers."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tuppence.core import uuid7
from tuppence.vault.network import Merchant, Outcome, State
from tuppence.vault.states import Kind

SILENCE = Outcome(State.UNKNOWN)
DECLINED = Outcome(State.DECLINED, decline_code="insufficient_funds", response_code="51")
NEVER_SEEN = Outcome(State.NEVER_SEEN, response_code="25")


async def test_a_batch_keeps_its_order_and_each_its_answer(house: Any, rail: Any) -> None:
    """One accepted, one declined, one to a card that is not there: each is told its own, in order."""
    token = await house.enrol()
    rail.answers = [Outcome(State.ACCEPTED, approval="A1B2C3", rrn="R1", response_code="00"), DECLINED]

    accepted, declined, gone = await house.use(house.ask(token), house.ask(token), house.ask("card_none"))

    assert ("accepted", "A1B2C3", "R1") == (accepted.state, accepted.approval, accepted.rrn)
    assert ("declined", "insufficient_funds") == (declined.state, declined.decline_code)
    assert "card_gone" == gone.code
    assert 2 == len(rail.sent)


async def test_the_number_is_in_the_request_and_in_no_row(house: Any, rail: Any) -> None:
    """The network is told the number that was typed; what the vault answers has none."""
    (told,) = await house.use(house.ask(await house.enrol()))

    assert ["4000110000000017"] == [ask.card.number.reveal() for ask in rail.sent]
    assert "4000110000000017" not in repr((told, rail.sent))


async def test_a_repeat_sends_nothing_and_tells_the_same(house: Any, rail: Any) -> None:
    """However often an id is asked for, the network hears of it once."""
    ask = house.ask(await house.enrol())

    told = [await house.use(ask) for _ in range(3)]

    assert [told[0]] * 3 == told
    assert 1 == len(rail.sent)


async def test_a_purchase_names_its_merchant_and_so_does_its_refund(house: Any, rail: Any) -> None:
    """The network is told for whom it is, both ways; a repeat for another merchant is refused."""
    bought = house.ask(await house.enrol(), Kind.PURCHASE, category="5816", says="BLUE FOX GAMES")
    await house.use(bought)
    back = house.ask(bought.token, Kind.REFUND, 500, of_id=bought.id, payment_id=bought.payment_id)
    (given_back,) = await house.use(back)
    (differs,) = await house.use(replace(bought, says="RED FOX"))

    assert [Merchant("5816", "BLUE FOX GAMES")] * 2 == [ask.merchant for ask in rail.sent]
    assert ("accepted", "attempt_differs") == (given_back.state, differs.code)


async def test_a_purchase_without_answer_is_reversed(house: Any, rail: Any) -> None:
    """Silence is undone, as for any debit: what was told as unknown is never accepted later."""
    rail.answers = [SILENCE]
    bought = house.ask(await house.enrol(), Kind.PURCHASE, category="5816", says="BLUE FOX")
    (told,) = await house.use(bought)
    await house.round()

    assert ("reversing", [(bought.id, False)]) == (told.state, rail.reversals)


async def test_an_id_with_another_body_is_refused(house: Any, rail: Any) -> None:
    """The same id for another amount sends nothing, and says so for that item only."""
    ask = house.ask(await house.enrol())
    await house.use(ask)

    differs, same = await house.use(replace(ask, amount_minor=9999), ask)

    assert "attempt_differs" == differs.code
    assert "accepted" == same.state
    assert 1 == len(rail.sent)


async def test_a_repeat_while_the_first_is_under_way_waits_for_it(house: Any, rail: Any) -> None:
    """Two calls with one id at once: one request, one answer for both, and no premature unknown."""
    ask = house.ask(await house.enrol())
    rail.hold = asyncio.Event()
    first = asyncio.create_task(house.use(ask))
    await rail.heard(1)
    again, asked = asyncio.create_task(house.use(ask)), asyncio.create_task(house.attempts.inquire([ask.id]))
    await asyncio.sleep(0)
    rail.hold.set()

    results = [(await call)[0].state for call in (first, again, asked)]

    assert ["accepted"] * 3 == results
    assert 1 == len(rail.sent)


async def test_a_batch_goes_out_together(house: Any, rail: Any) -> None:
    """Nobody's slow bank delays a neighbour: all of a batch is on the line before any answer is there."""
    token = await house.enrol()
    rail.hold = asyncio.Event()
    asks = [house.ask(token) for _ in range(20)]
    call = asyncio.create_task(house.use(*asks))
    await rail.heard(20)
    rail.hold.set()

    results = await call
    assert ["accepted"] * 20 == [one.state for one in results]


async def test_a_slow_bank_holds_up_nobody(house: Any, rail: Any) -> None:
    """Each is told of as soon as its own bank has answered; who stops listening stops nothing."""
    token = await house.enrol()
    slow, quick = house.ask(token), house.ask(token)
    rail.holds = {slow.id: asyncio.Event()}
    telling = house.attempts.use_each([slow, quick])

    place, told = await anext(telling)
    await telling.aclose()
    rail.holds[slow.id].set()
    (later,) = await house.use(slow)

    assert (1, quick.id, "accepted") == (place, told.id, told.state)
    assert "accepted" == later.state
    assert 2 == len(rail.sent)


async def test_what_was_never_sent_is_a_decline(house: Any, rail: Any) -> None:
    """A line that is down proves that nothing moved: no reversal, no inquiry."""
    rail.answers = [Outcome(State.NOT_SENT)]

    (told,) = await house.use(house.ask(await house.enrol()))
    await house.round()

    assert ("declined", "issuer_down") == (told.state, told.decline_code)
    assert [] == rail.reversals


async def test_a_debit_without_answer_is_reversed_until_acknowledged(house: Any, rail: Any) -> None:
    """0420 at once, then 0421 after growing waits, then no more: unknown until the network says that it is dead."""
    rail.answers, rail.acknowledges = [SILENCE], [False, False, True]
    ask = house.ask(await house.enrol())

    (told,) = await house.use(ask)
    assert ("reversing", True) == (told.state, house.wake.is_set())
    for waited in (0, 0.9, 0.1, 9, 1.1, 60):
        house.clock.forward(seconds=waited)
        await house.round()

    assert [(ask.id, False), (ask.id, True), (ask.id, True)] == rail.reversals
    assert "reversed" == (await house.attempts.inquire([ask.id]))[0].state
    assert [] == rail.inquiries


async def test_a_late_acceptance_of_a_reversed_debit_stays_dead(house: Any, rail: Any) -> None:
    """An acceptance that is recorded after the reversal began changes nothing, before or after its acknowledgement."""
    rail.hold = asyncio.Event()
    ask = house.ask(await house.enrol())
    call = asyncio.create_task(house.use(ask))
    await rail.heard(1)
    other = house.restarted()  # another process finds the attempt, which nobody there awaits
    await other.attempts.adopt()
    rail.hold.set()

    (told,) = await call

    assert "reversing" == told.state
    await other.round()
    assert ["reversed"] == [one.state for one in await house.use(ask)]
    assert set() == rail.moved


async def test_a_push_without_answer_is_inquired_and_never_reversed(house: Any, rail: Any) -> None:
    """Unknown, never seen, silence, never seen, found: the money moved once, and nothing was sent again."""
    rail.answers = [SILENCE]
    rail.found = [NEVER_SEEN, SILENCE, NEVER_SEEN, Outcome(State.ACCEPTED, trace="T9", fast_funds=False)]
    ask = house.ask(await house.enrol(), Kind.PUSH)
    seen_at = house.clock()

    states = [(await house.use(ask))[0].state]
    told = []
    for _ in range(5):
        told += await house.attempts.inquire([ask.id])
        house.clock.forward(hours=1)

    assert ["unknown", "never_seen", "never_seen", "never_seen", "accepted", "accepted"] == [
        *states,
        *(one.state for one in told),
    ]
    assert [seen_at, seen_at, seen_at, None, None] == [one.never_seen_since for one in told]
    assert ("T9", False) == (told[-1].trace, told[-1].fast_funds)
    assert (1, [], 4) == (len(rail.sent), rail.reversals, len(rail.inquiries))


async def test_a_refund_goes_by_reference_even_when_the_card_is_gone(house: Any, rail: Any) -> None:
    """It carries the debit and no number; two refunds together give back no more than was taken."""
    token = await house.enrol(keep=False)
    debit = house.ask(token)
    await house.use(debit)
    await house.delete(token)

    def refund(amount_minor: int) -> Any:
        return house.ask(token, Kind.REFUND, amount_minor, of_id=debit.id, payment_id=debit.payment_id)

    first, over = await house.use(refund(1500), refund(501))
    (rest,) = await house.use(refund(500))

    assert ("accepted", "refund_refused", "accepted") == (first.state, over.code, rest.state)
    assert [(None, debit.id)] * 2 == [(ask.card, ask.of.attempt_id) for ask in rail.sent[1:]]


async def test_an_id_nobody_asked_for_becomes_void(house: Any, rail: Any) -> None:
    """Told that nothing was sent, the caller can rely on it: the ask that arrives late is not sent either."""
    ask = house.ask(await house.enrol())

    (told,) = await house.attempts.inquire([ask.id])
    (late,) = await house.use(ask)

    assert ("attempt_void", "attempt_void", "issuer_down") == (told.code, late.code, late.decline_code)
    assert [] == rail.sent


async def test_a_rail_that_breaks_is_a_rail_without_answer(house: Any, rail: Any) -> None:
    """An exception where none should be leaves the debit unknown and its reversal begun; its neighbour is fine."""
    token = await house.enrol()
    broken, fine = house.ask(token), house.ask(token)

    async def financial(ask: Any) -> Outcome:
        if ask.attempt_id == broken.id:
            raise RuntimeError("a defect")
        return Outcome(State.ACCEPTED)

    rail.financial = financial

    assert ["reversing", "accepted"] == [one.state for one in await house.use(broken, fine)]


async def test_a_card_that_does_not_open_is_not_sent(house: Any, rail: Any) -> None:
    """A row that somebody tampered with ends its attempt before the network hears of it."""
    mine, theirs = await house.enrol(), await house.enrol()
    async with house.database.transaction() as tx:
        await tx._connection.execute(
            "UPDATE vault.card SET ciphertext = other.ciphertext, nonce = other.nonce, wrapped_dek = other.wrapped_dek"
            " FROM vault.card AS other WHERE card.token = %s AND other.token = %s",
            (mine, theirs),
        )

    (told,) = await house.use(house.ask(mine))

    assert ("declined", "malfunction") == (told.state, told.decline_code)
    assert [] == rail.sent


async def test_attempts_left_by_a_dead_vault_are_taken_over(house: Any, rail: Any) -> None:
    """At start a debit in `sent` is reversed and a push in `sent` is unknown; what is under way here is left alone."""
    token = await house.enrol()
    rail.hold = asyncio.Event()
    debit, push = house.ask(token), house.ask(token, Kind.PUSH)
    dead = asyncio.create_task(house.use(debit, push))
    await rail.heard(2)
    await house.attempts.adopt()
    assert [] == rail.reversals
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    rail.hold = None
    next_life = house.restarted()

    await next_life.round()

    assert [(debit.id, False)] == rail.reversals
    assert ["reversed", "unknown"] == [one.state for one in await next_life.attempts.inquire([debit.id, push.id])]


@pytest.mark.parametrize("keep", [True, False])
async def test_a_card_nobody_takes_up_is_forgotten(house: Any, keep: bool) -> None:
    """After a quarter of an hour a one-shot card that was not used, or a kept one not asked about, is gone."""
    token = await house.enrol(keep=keep)
    house.clock.forward(minutes=15, seconds=1)

    (gone,) = await house.use(house.ask(token))
    await house.cards.sweep()

    assert "card_gone" == gone.code
    assert [None] == await house.describe(token)


async def test_a_card_taken_up_stays(house: Any) -> None:
    """A one-shot card once used and a kept card once asked about outlive the quarter of an hour."""
    kept, one_shot = await house.enrol(), await house.enrol(keep=False)
    await house.describe(kept, one_shot)
    await house.use(house.ask(one_shot))
    house.clock.at += timedelta(days=30)
    await house.cards.sweep()

    assert [kept, one_shot] == [card.token for card in await house.describe(kept, one_shot)]


async def test_ids_unknown_to_everybody_break_nothing(house: Any) -> None:
    """Asking about nothing, or deleting and describing what is not there, is answered."""
    assert [] == await house.attempts.inquire([])
    assert [] == await house.use()
    assert [None] == await house.describe("card_none")
    assert 0 == await house.delete("card_none")
    assert 1 == len(await house.attempts.inquire([uuid7()]))
