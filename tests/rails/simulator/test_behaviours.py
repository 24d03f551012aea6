"""Every test card does what its hint says, over real TCP."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.rails.conftest import Desk

from tuppence.rails.card.dialect import reference_number
from tuppence.rails.card.sandbox import entries
from tuppence.rails.simulator import ControlRefused, Simulator, control
from tuppence.vault.network import Movement, State

DEBIT, PUSH = Movement.DEBIT, Movement.PUSH


async def test_check_confirms_right_details(desk: Any) -> None:
    """Right number, expiry, security code and ZIP are confirmed."""
    assert State.ACCEPTED == (await desk.check("Everyday")).state


@pytest.mark.parametrize(
    ("label", "cvv", "zip_code", "code"),
    [
        ("Everyday", "999", "10001", "details_mismatch"),
        ("Everyday", "123", "99999", "details_mismatch"),
        ("Security code wrong", "123", "10001", "details_mismatch"),
        ("ZIP wrong", "123", "10001", "details_mismatch"),
        ("Lost, known at once", "123", "10001", "lost_or_stolen"),
    ],
)
async def test_check_refuses(desk: Any, label: str, cvv: str, zip_code: str, code: str) -> None:
    """A wrong code and a wrong ZIP are told alike, so that nobody learns which was right."""
    outcome = await desk.check(label, cvv=cvv, zip_code=zip_code)

    assert (State.DECLINED, code) == (outcome.state, outcome.decline_code)


async def test_check_without_answer_is_unknown(desk: Any) -> None:
    """A check that nobody answers neither passes nor fails."""
    assert State.UNKNOWN == (await desk.check("Check unanswered", hasty=True)).state


async def test_debit_and_push_move_once(desk: Any) -> None:
    """A debit takes, a push gives, both with the trail that a bank can follow."""
    _, debit = await desk.send(DEBIT, "Everyday", 2000)
    _, push = await desk.send(PUSH, "Next morning", 2000)

    assert (State.ACCEPTED, State.ACCEPTED) == (debit.state, push.state)
    assert (-2000, 2000) == (await desk.moved("Everyday"), await desk.moved("Next morning"))
    assert debit.approval is not None
    assert push.trace is not None
    assert 12 == len(push.rrn or "")
    assert (True, False) == (debit.fast_funds, push.fast_funds)


@pytest.mark.parametrize(
    ("movement", "label", "code"),
    [
        (DEBIT, "Not enough money", "insufficient_funds"),
        (DEBIT, "Expired", "expired_card"),
        (DEBIT, "Lost", "lost_or_stolen"),
        (DEBIT, "Do not honour", "do_not_honor"),
        (DEBIT, "Issuer down", "issuer_down"),
        (DEBIT, "Credit card", "not_permitted"),
        (PUSH, "Cannot receive", "cannot_receive"),
        (PUSH, "Payroll card", "cannot_receive"),
        (PUSH, "Pays only", "cannot_receive"),
    ],
)
async def test_refusals_move_nothing(desk: Any, movement: Movement, label: str, code: str) -> None:
    """Each refusal has its word, and no balance changes."""
    _, outcome = await desk.send(movement, label)

    assert (State.DECLINED, code) == (outcome.state, outcome.decline_code)
    assert 0 == await desk.moved(label)


async def test_slow_answer_still_arrives(desk: Any) -> None:
    """An answer within our patience counts, however slow."""
    await desk.habits("Slow answer", slow_s=0.1)

    assert State.ACCEPTED == (await desk.send(DEBIT, "Slow answer"))[1].state


async def test_silent_debit_is_undone_once_however_often_it_is_reversed(desk: Any) -> None:
    """The money is taken without a word; the reversal gives it back, and its repeats change nothing."""
    ask = await desk.send_in_vain(DEBIT, "No answer, money taken")
    assert -2000 == await desk.moved("No answer, money taken")
    for repeat in (False, True, True):
        assert await desk.network.reverse(ask.original, repeat=repeat)
        assert 0 == await desk.moved("No answer, money taken")


async def test_reversal_of_what_never_arrived_is_remembered(desk: Any) -> None:
    """A reversal is acknowledged though its debit was lost; should the debit still come, it is refused."""
    ask = await desk.send_in_vain(DEBIT, "No answer, nothing taken")
    assert await desk.network.reverse(ask.original, repeat=False)

    await desk.habits("No answer, nothing taken", debit="ok")
    late = await desk.network.financial(ask)

    assert (State.DECLINED, "21") == (late.state, late.response_code)
    assert 0 == await desk.moved("No answer, nothing taken")


async def test_answer_after_reversal_changes_nothing(desk: Any) -> None:
    """The approval that arrives after 0430 is dropped, and the connection goes on working."""
    ask = await desk.send_in_vain(DEBIT, "Answer after reversal")
    assert await desk.network.reverse(ask.original, repeat=False)

    assert 0 == await desk.moved("Answer after reversal")
    assert State.ACCEPTED == (await desk.send(DEBIT, "Everyday"))[1].state


async def test_debit_that_its_reversal_overtook_never_posts(desk: Any) -> None:
    """The network handles the reversal first and then refuses the debit."""
    ask = await desk.send_in_vain(DEBIT, "Reversal overtakes debit")
    assert {} == await desk.codes("Reversal overtakes debit")

    assert await desk.network.reverse(ask.original, repeat=False)

    assert {ask.attempt_id: "21"} == await desk.codes("Reversal overtakes debit")
    assert 0 == await desk.moved("Reversal overtakes debit")


async def test_reversal_is_repeated_until_acknowledged(desk: Any) -> None:
    """Three reversals stay unanswered; the fourth is acknowledged."""
    ask = await desk.send_in_vain(DEBIT, "Reversal unanswered")

    unanswered = [await desk.hasty.reverse(ask.original, repeat=n > 0) for n in range(3)]

    assert [False, False, False] == unanswered
    assert await desk.network.reverse(ask.original, repeat=True)
    assert 0 == await desk.moved("Reversal unanswered")


async def test_inquiry_finds_the_credit_that_nobody_answered(desk: Any) -> None:
    """An unanswered push that was done is found by asking."""
    ask = await desk.send_in_vain(PUSH, "Credit unanswered, delivered")

    found = await desk.network.inquire(ask.original)

    assert State.ACCEPTED == found.state
    assert found.trace is not None
    assert 2000 == await desk.moved("Credit unanswered, delivered")


async def test_inquiry_says_never_seen(desk: Any) -> None:
    """An unanswered push that got lost is not known to the network."""
    ask = await desk.send_in_vain(PUSH, "Credit never seen")
    assert State.NEVER_SEEN == (await desk.network.inquire(ask.original)).state
    assert 0 == await desk.moved("Credit never seen")


async def test_inquiry_tells_the_reason_of_a_refusal(desk: Any) -> None:
    """Asking after a refused push repeats why."""
    ask, _ = await desk.send(PUSH, "Cannot receive")

    found = await desk.network.inquire(ask.original)

    assert (State.DECLINED, "cannot_receive") == (found.state, found.decline_code)


async def test_refunds_go_back_by_reference_and_never_beyond_the_debit(desk: Any) -> None:
    """A refund needs no card number; all refunds of a debit together give back at most what it took."""
    debit, _ = await desk.send(DEBIT, "Everyday", 2000)

    states = [(await desk.refund(debit, amount))[1].state for amount in (1500, 501, 500, 1)]

    assert [State.ACCEPTED, State.DECLINED, State.ACCEPTED, State.DECLINED] == states
    assert 0 == await desk.moved("Everyday")


async def test_refund_to_a_card_that_was_closed_is_refused(desk: Any) -> None:
    """Whether it was closed from the start of the story or by the control port."""
    for label in ("Refund refused", "Everyday"):
        debit, _ = await desk.send(DEBIT, label)
        if label == "Everyday":
            await desk.habits(label, closed=True)

        _, refund = await desk.refund(debit, 2000)

        assert (State.DECLINED, "invalid_card") == (refund.state, refund.decline_code)
        assert -2000 == await desk.moved(label)


async def test_refund_without_answer_is_found(desk: Any) -> None:
    """A silent refund is done, and an inquiry finds it."""
    debit, _ = await desk.send(DEBIT, "Refund unanswered, delivered")
    refund = desk.ask(Movement.REFUND, "", of=debit.original)

    assert State.UNKNOWN == (await desk.hasty.financial(refund)).state
    assert State.ACCEPTED == (await desk.network.inquire(refund.original)).state
    assert 0 == await desk.moved("Refund unanswered, delivered")


async def test_refund_of_what_was_never_taken_is_refused(desk: Any) -> None:
    """A debit that was refused, reversed, or never seen has nothing to give back."""
    refused, _ = await desk.send(DEBIT, "Expired")
    reversed_, _ = await desk.send(DEBIT, "Everyday")
    await desk.network.reverse(reversed_.original, repeat=False)
    unseen = desk.ask(DEBIT, "Everyday")

    for debit in (refused, reversed_, unseen):
        assert State.DECLINED == (await desk.refund(debit, 2000))[1].state
    assert 0 == await desk.moved("Everyday")


async def test_the_same_attempt_again_is_told_the_first_decision(desk: Any) -> None:
    """A repeat is answered as the first was, and moves nothing."""
    ask, first = await desk.send(DEBIT, "Everyday")
    assert [first] * 2 == [await desk.network.financial(ask) for _ in range(2)]
    assert -2000 == await desk.moved("Everyday")


async def test_the_same_attempt_for_something_else_is_refused(desk: Any) -> None:
    """An id that was used for $20 is no answer for $21, and what the network says proves nothing: it stays unknown."""
    ask, _ = await desk.send(DEBIT, "Everyday")
    other = await desk.network.financial(replace(ask, amount_minor=2100))

    assert (State.UNKNOWN, "94") == (other.state, other.response_code)
    assert -2000 == await desk.moved("Everyday")


async def test_a_reused_place_in_the_stream_moves_nothing(desk: Any) -> None:
    """Another attempt under the trace number and second of a known one is a duplicate transmission."""
    ask, _ = await desk.send(DEBIT, "Everyday")
    other = await desk.network.financial(replace(desk.ask(DEBIT, "Everyday"), stamp=ask.stamp))

    assert "94" == other.response_code
    assert -2000 == await desk.moved("Everyday")


async def test_a_reversal_that_names_another_message_undoes_nothing(desk: Any) -> None:
    """DE90, DE63 and the amount must name the same original; a credit cannot be reversed at all."""
    debit, _ = await desk.send(DEBIT, "Everyday")
    push, _ = await desk.send(PUSH, "Next morning")
    wrong = [
        replace(debit.original, amount_minor=1),
        replace(debit.original, stamp=push.stamp),
        push.original,
    ]

    assert [False] * 3 == [await desk.network.reverse(original, repeat=False) for original in wrong]
    assert (-2000, 2000) == (await desk.moved("Everyday"), await desk.moved("Next morning"))


async def test_credits_post_when_the_bank_has_the_habit(desk: Any) -> None:
    """At once at one bank, the next business morning at another, two mornings later at a third."""
    friday = datetime(2026, 3, 20, 14, 0, tzinfo=UTC)  # 10:00 in New York
    await control(desk.control_port, "now", to=friday.isoformat())
    for label in ("Everyday", "Next morning", "Slow-posting"):
        await desk.send(PUSH, label)

    async def posted() -> list[int]:
        accounts = [await desk.account(label) for label in ("Everyday", "Next morning", "Slow-posting")]
        return [account["spendable_minor"] - account["opening_minor"] for account in accounts]

    seen = [await posted()]
    for days in (2, 3, 4):
        await control(desk.control_port, "now", to=(friday + timedelta(days=days)).isoformat())
        seen.append(await posted())

    assert [[2000, 0, 0], [2000, 0, 0], [2000, 2000, 0], [2000, 2000, 2000]] == seen


async def test_what_is_not_posted_cannot_be_spent(desk: Any) -> None:
    """A debit sees only the money that is there."""
    await desk.send(PUSH, "Slow-posting", 100_000)
    opening = (await desk.account("Slow-posting"))["opening_minor"]

    _, outcome = await desk.send(DEBIT, "Slow-posting", opening + 1)

    assert "insufficient_funds" == outcome.decline_code


@pytest.mark.parametrize(
    ("do", "facts"),
    [
        ("fly", {}),
        ("set", {"card": "nobody", "habits": {"push": "57"}}),
        ("set", {"number": "4000110000000017", "habits": {"push": "sometimes"}}),
        ("set", {"number": "4000110000000017", "habits": {"slow_s": -1}}),
        ("set", {"number": "4000110000000017", "habits": {"colour": "57"}}),
        ("now", {"to": "2026-03-20T10:00:00"}),
        ("now", {"to": "tomorrow"}),
        ("seed", {"seed": "7"}),
    ],
)
async def test_control_port_refuses_nonsense(desk: Any, do: str, facts: dict[str, Any]) -> None:
    """It says why, and goes on."""
    with pytest.raises(ControlRefused):
        await control(desk.control_port, do, **facts)
    assert await control(desk.control_port, "now")


async def test_control_port_shows_no_number(desk: Any) -> None:
    """Neither accounts nor statements hold a card number."""
    await desk.send(DEBIT, "Everyday")
    told = str(await control(desk.control_port, "accounts")) + str(await control(desk.control_port, "statements"))

    assert [] == [entry["label"] for entry in entries() if entry["number"] in told]


async def test_odds_give_fates_by_seed_and_attempt(desk: Desk, desk_at: Any, simulator: Simulator) -> None:
    """About as many as asked, the same for the same attempt; a card's own habits come first; nonsense is refused."""
    await control(desk.control_port, "odds", permille={"lost": 300, "twice": 700})
    asks = [desk.ask(Movement.PUSH, "Everyday", 1) for _ in range(40)]
    async with desk_at(simulator.port, answer_s=3) as other:  # long enough for all but the lost, on a busy machine too
        first = await asyncio.gather(*(other.network.financial(ask) for ask in asks))
    lost = [ask for ask, said in zip(asks, first, strict=True) if said.state is State.UNKNOWN]

    assert 2 <= len(lost) <= 25
    assert {ask.attempt_id for ask in asks} - {ask.attempt_id for ask in lost} == (await desk.codes("Everyday")).keys()
    assert 40 - len(lost) == await desk.moved("Everyday")
    assert State.UNKNOWN == (await desk.hasty.financial(lost[0])).state
    assert State.DECLINED == (await desk.send(Movement.DEBIT, "Lost"))[1].state
    for nonsense in ({"magic": 1}, {"lost": 1_001}, {"lost": -1}, {"lost": 0.5}):
        with pytest.raises(ControlRefused):
            await control(desk.control_port, "odds", permille=nonsense)


async def test_an_inquiry_keeps_the_originals_reference(desk: Desk) -> None:
    """The clearing file names the request by the reference that it was sent with, not by the question about it."""
    ask = await desk.send_in_vain(Movement.PUSH, "Credit unanswered, delivered")
    found = await desk.network.inquire(ask.original)

    assert (State.ACCEPTED, reference_number(ask.stamp)) == (found.state, found.rrn)
