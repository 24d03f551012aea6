"""Chargebacks in the simulated network: by the card, by the odds, by the control port; answered, and decided."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.rails.simulator.test_clearing import Network, opened

from tuppence.rails.card.cases import FOLDER, CaseLine, Response
from tuppence.rails.simulator import ControlRefused, control
from tuppence.vault.network import Movement, State

WON, CONTESTED, LOST = "Charged back, won", "Charged back, contested", "Charged back, lost"
EVERYDAY = "Everyday"
DAY = timedelta(days=1)


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    async with opened(tmp_path) as desk:
        yield desk


def cases(network: Network) -> list[CaseLine]:
    return [line for file in network.files() for line in file.cases]


async def pass_days(network: Network, days: int) -> None:
    now = datetime.fromisoformat((await control(network.control_port, "now"))["now"])
    await control(network.control_port, "now", to=(now + days * DAY).isoformat())


async def paid(network: Network, label: str) -> Any:
    ask, outcome = await network.send(Movement.DEBIT, label)
    assert State.ACCEPTED == outcome.state
    return ask


async def answer(network: Network, line: CaseLine, verdict: Any = "represent") -> None:
    folder = network.folder / FOLDER
    folder.mkdir(exist_ok=True)
    response = Response(uuid4().hex, line.number, verdict, "Facts.")
    (folder / response.name).write_bytes(response.text())
    await pass_days(network, 0)


async def test_a_card_is_charged_back_ten_days_later(network: Network) -> None:
    """The whole amount, in the file of the day, once; the bank's customer has it back when it is over."""
    ask = await paid(network, WON)
    await pass_days(network, 9)
    assert [] == cases(network)
    await pass_days(network, 5)
    (line,) = cases(network)

    assert ("chargeback", ask.attempt_id.hex, ask.amount_minor) == (line.word, line.reference, line.amount_minor)
    assert -ask.amount_minor == line.signed_minor
    assert line.respond_by is not None
    await pass_days(network, 5)
    assert 1 == len(cases(network))


@pytest.mark.parametrize(
    ("label", "words"),
    [(WON, ["chargeback", "won"]), (LOST, ["chargeback", "lost"]), (CONTESTED, ["chargeback", "contested"])],
)
async def test_an_answer_is_decided_by_the_cards_habit(network: Network, label: str, words: list[str]) -> None:
    """Five days after it came; what is won brings the money back."""
    await paid(network, label)
    await pass_days(network, 14)
    await answer(network, cases(network)[0])
    await pass_days(network, 10)

    told = cases(network)
    assert words == [line.word for line in told]
    assert 1 == len({line.number for line in told})
    assert (0 if "won" in words else -told[0].amount_minor) == sum(line.signed_minor for line in told)


async def test_a_contested_answer_is_decided_after_the_second(network: Network) -> None:
    """It ends, one way or the other."""
    await paid(network, CONTESTED)
    await pass_days(network, 14)
    await answer(network, cases(network)[-1])
    await pass_days(network, 10)
    await answer(network, cases(network)[-1])
    await pass_days(network, 10)

    assert cases(network)[-1].word in ("won", "lost")
    assert 3 == len(cases(network))


async def test_nothing_more_is_said_of_what_was_accepted(network: Network) -> None:
    """The acquirer gave in."""
    await paid(network, WON)
    await pass_days(network, 14)
    await answer(network, cases(network)[0], "accept")
    await pass_days(network, 60)

    assert ["chargeback"] == [line.word for line in cases(network)]


async def test_one_can_be_asked_for(network: Network) -> None:
    """By the control port, once an attempt, and only for a debit that stands."""
    ask = await paid(network, EVERYDAY)
    await network.do("charge_back", ask)
    with pytest.raises(ControlRefused):
        await network.do("charge_back", ask)
    await network.close_day()

    assert [ask.attempt_id.hex] == [line.reference for line in cases(network)]
    (told,) = (await control(network.control_port, "cases"))["cases"]
    assert ("chargeback", str(ask.attempt_id)) == (told["word"], told["attempt"])


async def test_the_odds_are_kept(network: Network) -> None:
    """All of a thousand: every debit comes back, three to twenty days later."""
    await control(network.control_port, "odds", permille={"chargeback": 1_000})
    for _ in range(3):
        await paid(network, EVERYDAY)
    await pass_days(network, 2)
    assert [] == cases(network)
    await pass_days(network, 25)
    assert 3 == len(cases(network))


async def test_a_restart_says_the_same_again(tmp_path: Path) -> None:
    """The journal has it all: the files are the same bytes, and a case goes on where it was."""
    async with opened(tmp_path) as network:
        await paid(network, WON)
        await pass_days(network, 14)
        before = [file.text for file in network.files()]
        await answer(network, cases(network)[0])
    for path in (tmp_path / "clearing").glob("clearing-*.txt"):
        path.unlink()
    async with opened(tmp_path) as network:
        assert before == [file.text for file in network.files()][: len(before)]
        await pass_days(network, 10)
        assert ["chargeback", "won"] == [line.word for line in cases(network)]
