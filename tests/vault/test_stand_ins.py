"""Network tokens: asked for, sealed, sent instead of numbers, ended, shredded. The last test goes over ISO 8583."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.vault.conftest import NUMBER
from tests.vault.test_real import Teller, everything, found, key, listed, opened

from tuppence.db.embedded import Urls
from tuppence.rails.simulator import control
from tuppence.rails.simulator.world import stand_in_of
from tuppence.vault.attempts import Attempts
from tuppence.vault.network import Card, Outcome, Secret, State
from tuppence.vault.stand_ins import StandIns

TOKEN_NUMBER = "4999990000000017"


@pytest.fixture
def given(rail: Any) -> dict[str, Card]:
    """The network tokens that the network gives, by the numbers that it is asked about."""
    known = {NUMBER: Card(Secret(TOKEN_NUMBER), 12, 2049)}

    async def stand_in(card: Card) -> Card | None:
        return known.get(card.number.reveal())

    rail.stand_in = stand_in
    return known


@pytest.fixture
def stand_ins(house: Any, given: Any) -> StandIns:
    """A house that asks for them, and sends them."""
    stand_ins = StandIns(house.database, house.keys, house.rail, now=house.clock)
    house.attempts = Attempts(
        house.database,
        house.keys,
        house.rail,
        now=house.clock,
        to_reverse=house.wake,
        limits=house.limits,
        stand_ins=stand_ins,
    )
    return stand_ins


async def kept(house: Any) -> str:
    """A card that was taken up; its token."""
    token: str = await house.enrol()
    await house.describe(token)
    return token


def sent(rail: Any) -> list[str]:
    """The numbers that went over the line."""
    return [one.card.number.reveal() for one in rail.sent]


async def test_a_network_token_is_sent_where_there_is_one(house: Any, rail: Any, stand_ins: StandIns) -> None:
    """Before it was asked for the number goes out, afterwards the token; neither lies readable, and all is logged."""
    token = await kept(house)
    await house.use(house.ask(token))
    assert 1 == await stand_ins.ask()
    await house.use(house.ask(token))

    assert [NUMBER, TOKEN_NUMBER] == sent(rail)
    assert (12, 2049) == (rail.sent[1].card.exp_month, rail.sent[1].card.exp_year)
    logged = await house.rows("SELECT verb FROM vault.access_log WHERE reason = 'network token' ORDER BY at, id")
    assert [("update",), ("store",)] == logged
    assert 0 == await stand_ins.ask()


async def test_a_card_that_nobody_took_up_is_not_asked_about(house: Any, stand_ins: StandIns) -> None:
    """Its number is opened for nobody."""
    await house.enrol()
    assert 0 == await stand_ins.ask()


async def test_a_network_that_gives_none_is_asked_again_tomorrow(house: Any, stand_ins: Any, given: Any) -> None:
    """Not sooner, and then its token is sent."""
    token, known = await kept(house), given.pop(NUMBER)
    assert 1 == await stand_ins.ask()
    assert 0 == await stand_ins.ask()
    given[NUMBER] = known
    house.clock.forward(minutes=24 * 60 + 1)

    assert 1 == await stand_ins.ask()
    await house.use(house.ask(token))
    assert [TOKEN_NUMBER] == sent(house.rail)


async def test_one_that_is_no_longer_good_is_forgotten_and_the_number_goes_out(
    house: Any, rail: Any, stand_ins: StandIns
) -> None:
    """The attempt is declined as one that may be tried again; nothing is sent twice under one id."""
    token = await kept(house)
    await stand_ins.ask()
    rail.answers = [Outcome(State.DECLINED, decline_code="issuer_down", response_code="T0", stand_in_gone=True)]
    (refused,) = await house.use(first := house.ask(token))
    (again,) = await house.use(first)
    (paid,) = await house.use(house.ask(token))

    assert ("declined", "declined", "accepted") == (refused.state, again.state, paid.state)
    assert [TOKEN_NUMBER, NUMBER] == sent(rail)
    assert [(None,)] == await house.rows("SELECT wrapped_dek FROM vault.card WHERE stands_for IS NOT NULL")


async def test_deleting_a_card_shreds_its_network_token(house: Any, stand_ins: StandIns) -> None:
    """Both keys are gone, and the network is asked about nothing more."""
    token = await kept(house)
    await stand_ins.ask()
    await house.delete(token)

    assert [(None,), (None,)] == await house.rows("SELECT wrapped_dek FROM vault.card")
    assert 0 == await stand_ins.ask()


async def test_a_card_that_is_deleted_while_the_network_is_asked_gets_none(
    house: Any, rail: Any, stand_ins: StandIns
) -> None:
    """What the network gave is forgotten unstored."""
    token = await kept(house)

    async def stand_in(card: Card) -> Card:
        await house.delete(token)
        return Card(Secret(TOKEN_NUMBER), 12, 2049)

    rail.stand_in = stand_in
    await stand_ins.ask()
    assert [(None,)] == await house.rows("SELECT wrapped_dek FROM vault.card")


async def test_it_is_a_record_like_any_other(house: Any, stand_ins: StandIns) -> None:
    """Rewrapped with the cards; moved to another row it does not open; a stranger never learns its token."""
    token = await kept(house)
    await stand_ins.ask()
    ((own, stands_for),) = await house.rows("SELECT token, stands_for FROM vault.card WHERE stands_for IS NOT NULL")
    assert token == stands_for
    house.clock.forward(minutes=1)
    assert (2, 0) == await house.rotation.reseal(house.clock())
    await house.use(house.ask(token))
    assert [TOKEN_NUMBER] == sent(house.rail)

    await house.tamper(
        "UPDATE vault.card SET ciphertext = (SELECT ciphertext FROM vault.card WHERE token = %(card)s)"
        " WHERE token = %(own)s",
        card=token,
        own=own,
    )
    (refused,) = await house.use(house.ask(token))
    assert ("declined", "malfunction") == (refused.state, refused.decline_code)


@pytest.fixture
async def teller(urls: Urls, tmp_path: Path) -> AsyncIterator[Teller]:
    async with opened(urls, tmp_path, network_tokens=True) as teller:
        yield teller


async def test_from_a_card_to_its_token_and_back_over_the_line(teller: Teller, server: Any, urls: Urls) -> None:
    """The simulated network gives a token, takes it for the card's account though the card ran out, and ends it."""
    token = await teller.add("Everyday")
    database = urls.vault.rsplit("/", 1)[1].split("?")[0]
    async with asyncio.timeout(30):
        while not await stored(teller, server, database):  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.2)
    await teller.habits("Everyday", renewed="4901")  # the old card's date is refused from now on
    first, second, third = (teller.ask("debit", token) for _ in range(3))
    (told,) = await teller.client.use([first])
    assert "accepted" == told.state
    assert 2000 == abs(await teller.moved("Everyday"))

    await control(teller.simulator.control_port, "end_stand_in", card=key("Everyday"))
    (refused,) = await teller.client.use([second])
    (expired,) = await teller.client.use([third])
    assert ("declined", "issuer_down") == (refused.state, refused.decline_code)
    assert ("declined", "expired_card") == (expired.state, expired.decline_code)
    numbers = [stand_in_of(key("Everyday"), n) for n in range(2)] + [listed("Everyday")["number"]]
    assert [] == found(numbers, await held(teller, server, database))


async def stored(teller: Teller, server: Any, database: str) -> bool:
    """Whether the vault has written down a network token."""
    log = (await held(teller, server, database))["vault.access_log text"].splitlines()
    return any(b"store" in line and b"network token" in line for line in log)


async def held(teller: Teller, server: Any, database: str) -> dict[str, bytes]:
    """All that lies in tables, logs and key files."""
    rows = await asyncio.to_thread(everything, server.superuser_url, database)
    return rows | {path.name: path.read_bytes() for path in teller.process.folder.glob("*.*")}
