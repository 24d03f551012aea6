"""The vault dies between any two beats, and again while it recovers: money moved exactly where it says that it did."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tuppence.vault.model import Attempt
from tuppence.vault.network import Financial, Movement, Outcome, State
from tuppence.vault.states import Kind

DECLINED = Outcome(State.DECLINED, decline_code="do_not_honor", response_code="05")
FATES = {"accepted": [], "declined": [DECLINED], "silent": [Outcome(State.UNKNOWN)]}


class Bank:
    """What is true of an attempt at the network, learnt from the scripted one: an inquiry tells it."""

    def __init__(self, rail: Any) -> None:
        self._rail = rail

    async def inquire(self, original: Any) -> Outcome:
        if original.attempt_id in self._rail.moved:
            return Outcome(State.ACCEPTED, response_code="00")
        known = any(ask.attempt_id == original.attempt_id for ask in self._rail.sent)
        return DECLINED if known else Outcome(State.NEVER_SEEN, response_code="25")


async def live(house: Any, ask: Any) -> None:
    """One life of the vault: it recovers what it finds, is asked, and reverses what nobody answered."""
    await house.round()
    await house.attempts.use([ask])
    await house.round()
    await house.attempts.inquire([ask.id])


async def outlive(house: Any, mortal: Any, ask: Any, deaths: list[int]) -> list[str]:
    """Lives that end before their n-th beat, then one that does not; the beats of the first."""
    first: list[str] = []
    for dies_at in deaths:
        life, beats = mortal(dies_at)
        await beats.live(live(life, ask))
        first = first or beats.beats
    for _ in range(2):
        await live(house.restarted(), ask)
        house.clock.forward(minutes=2)
    return first


def is_true(rail: Any, attempt_id: UUID, state: str) -> bool:
    """Whether what the vault says of an attempt is what happened to it."""
    times = [ask.attempt_id for ask in rail.sent].count(attempt_id)
    moved = attempt_id in rail.moved
    return times <= 1 and moved == (state == "accepted")


@pytest.mark.parametrize(
    ("kind", "fate"),
    [(Kind.DEBIT, "accepted"), (Kind.DEBIT, "silent"), (Kind.PUSH, "declined"), (Kind.PUSH, "silent")],
)
async def test_no_death_moves_money_twice_or_lies(
    house: Any, rail: Any, mortal: Callable[..., Any], kind: Kind, fate: str
) -> None:
    """Killed before every beat of a life, and again somewhere in the life that recovers, whatever the bank does."""
    token = await house.enrol()
    await house.describe(token)
    rail.inquire = Bank(rail).inquire
    rail.answers = list(FATES[fate])
    everything = len(await outlive(house, mortal, house.ask(token, kind), [10_000]))

    for dies_at in range(everything):
        rail.answers = list(FATES[fate])
        ask = house.ask(token, kind)
        await outlive(house, mortal, ask, [dies_at, 5 * dies_at % everything])
        (told,) = await house.attempts.inquire([ask.id])

        assert is_true(rail, ask.id, told.state), (dies_at, told.state)
        assert told.state in {"accepted", "declined", "reversed", "never_seen"}

    assert everything >= 15


async def test_sending_before_the_commit_would_be_caught(
    house: Any, rail: Any, mortal: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded bug: a vault that sends while its row is not committed yet is caught sending twice."""
    token = await house.enrol()
    await house.describe(token)
    write = type(house.attempts)._write

    async def sends_first(self: Any, asks: Any, caller: str) -> Any:
        for one in asks:
            attempt = Attempt.written(one, rail.stamp())
            await self._rail.financial(Financial(one.id, Movement.DEBIT, 2000, "USD", attempt.original.stamp, one.id))
        plans, _, held = await write(self, asks, caller)
        return plans, [], held

    monkeypatch.setattr(type(house.attempts), "_write", sends_first)
    lies = 0
    for dies_at in range(12):
        ask = house.ask(token)
        await outlive(house, mortal, ask, [dies_at])
        (told,) = await house.attempts.inquire([ask.id])
        lies += not is_true(rail, ask.id, told.state)

    assert lies
