"""The world as a file: read strictly, told of by line and path, and the same for the same seed."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rails.conftest import PATIENT, Desk

from tuppence.core.calendar import FED
from tuppence.rails.card import Iso8583Network
from tuppence.rails.card.bins import bins
from tuppence.rails.simulator import control, rulebook, running
from tuppence.rails.simulator.rulebook import POSTING, BankRules, WorldError, read, shipped
from tuppence.rails.simulator.switch import posting_time
from tuppence.rails.simulator.world import known_banks
from tuppence.vault.network import Movement, State

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "simulator.md"
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_the_shipped_world_is_what_the_ranges_say() -> None:
    """Every bank posts at its own pace, nothing goes wrong by chance."""
    world = shipped(known_banks())

    for one in bins().values():
        told = world.banks.get(one.bank)
        assert told is None or {POSTING[one.posting_days]: 100} == told.posting
        assert told is None or BankRules(posting=told.posting) == told


def test_the_guides_example_can_be_used() -> None:
    """What the guide shows is read as it says."""
    example = GUIDE.read_text().split("```yaml\n")[1].split("```")[0]
    world = read(example, banks=known_banks())
    juniper = world.of("Juniper Bank")

    assert ({"next_morning": 20, "plus_2": 60, "plus_3": 20}, 5, 20) == (
        juniper.posting,
        juniper.chargebacks_permille,
        juniper.closed_permille,
    )
    assert {"lost": 5, "twice": 20, "late": 5} == juniper.odds == world.of("Maple Credit Union").odds
    assert ("61", 20_000) == (juniper.declines[1].code, juniper.declines[1].from_minor)


@pytest.mark.parametrize(
    ("text", "line", "path", "reason"),
    [
        ("banks: [", 1, "", "expected the node content"),
        ("bank: {}", 1, "bank", "unknown; there are banks, every_bank"),
        ("banks:\n  Nobody's: {}", 2, "banks.Nobody's", "unknown"),
        ("banks:\n  Juniper Bank:\n    postings: {}", 3, "banks.Juniper Bank.postings", "unknown"),
        ("banks:\n  Juniper Bank:\n    posting: {fast: 90}", 3, "banks.Juniper Bank.posting", "comes to 90, not 100"),
        ("every_bank:\n  posting: {fast: lots}", 2, "every_bank.posting.fast", "must be a whole number"),
        ("every_bank:\n  odds: {lost: 600, twice: 500}", 2, "every_bank.odds", "comes to 1100, more than 1000"),
        ("every_bank:\n  declines:\n    - {permille: 3}", 3, "every_bank.declines[0].code", "is missing"),
        (
            'every_bank:\n  declines: [{code: "00", permille: 1}]',
            2,
            "every_bank.declines[0].code",
            "must be a response",
        ),
        ("every_bank:\n  outages: [{from: soon, to: later}]", 2, "every_bank.outages[0].from", "must be a time"),
        (
            "every_bank:\n  outages: [{from: 2026-01-02T00:00, to: 2026-01-01T00:00}]",
            2,
            "every_bank.outages[0].to",
            "must be after",
        ),
        ("every_bank:\n  returns: {permille: 1, days: [3, 1]}", 2, "every_bank.returns.days", "must be two"),
        ("every_bank:\n  holidays: [tomorrow]", 2, "every_bank.holidays[0]", "must be a day"),
        ("every_bank:\n  chargebacks: -1", 2, "every_bank.chargebacks", "must be a whole number"),
        ("every_bank: {chargebacks: 1, chargebacks: 2}", 1, "every_bank.chargebacks", "is there twice"),
        ("- a list", 1, "", "must be a mapping"),
    ],
)
def test_what_is_amiss_is_told_by_line_and_path(text: str, line: int, path: str, reason: str) -> None:
    """Whoever edits a world reads where and why."""
    with pytest.raises(WorldError) as told:
        read(text, banks=known_banks())

    assert (line, path) == (told.value.line, told.value.path)
    assert reason in told.value.reason


@given(text=st.text(max_size=200))
def test_any_text_is_a_world_or_refused(text: str) -> None:
    """Nothing but WorldError comes out of a file that somebody edited."""
    with contextlib.suppress(WorldError):
        read(text)


def test_odds_come_out_as_they_were_written() -> None:
    """Over many draws, each share within a few percent; the same seed draws the same."""
    rules = BankRules(posting={"fast": 10, "next_morning": 60, "plus_3": 30}, returns_permille=100)
    days = [rulebook.posting_days(rules, 9, 7, str(one)) for one in range(4_000)]

    assert days == [rulebook.posting_days(rules, 9, 7, str(one)) for one in range(4_000)]
    for late, percent in ((0, 10), (1, 60), (2, 0), (3, 30)):
        assert abs(days.count(late) / 40 - percent) < 3
    sent_back = [rulebook.return_time(rules, NOW, 7, str(one)) for one in range(2_000)]
    assert 130 < sum(one is not None for one in sent_back) < 270
    assert all(one is None or NOW < one < NOW + timedelta(days=7) for one in sent_back)


def test_a_banks_own_holiday_moves_its_posting() -> None:
    """It stays closed though the Fed is open."""
    eve = datetime(2026, 12, 23, 15, tzinfo=UTC)

    assert FED.instant(date(2026, 12, 24), 9) == posting_time(1, eve)
    assert FED.instant(date(2026, 12, 28), 9) == posting_time(1, eve, [date(2026, 12, 24)])


async def test_a_world_changes_what_banks_do(tmp_path: Path) -> None:
    """Declines by amount, an outage by the simulated clock, a credit that comes back; after a restart still so."""
    text = """
every_bank:
  declines: [{code: "61", permille: 1000, from_minor: 5000}]
  returns: {permille: 1000, days: [1, 1]}
  outages: [{from: 2099-01-01T00:00, to: 2099-01-02T00:00}]
"""
    for _ in range(2):
        async with (
            running(tmp_path / "journal", seed=7, clearing=tmp_path / "clearing", world=text) as simulator,
            Iso8583Network("127.0.0.1", simulator.port, waits=PATIENT) as network,
        ):
            desk = Desk(network, network, simulator.control_port)
            await _tried(desk, tmp_path)


async def _tried(desk: Desk, folder: Path) -> None:
    _, small = await desk.send(Movement.DEBIT, "Everyday", 4_999)
    _, large = await desk.send(Movement.DEBIT, "Everyday", 5_000)
    pushed, outcome = await desk.send(Movement.PUSH, "Next morning", 700)
    assert [State.ACCEPTED, State.DECLINED, State.ACCEPTED] == [small.state, large.state, outcome.state]
    now = datetime.fromisoformat((await control(desk.control_port, "now"))["now"])
    await control(desk.control_port, "now", to=(now + timedelta(days=6)).isoformat())
    told = (await control(desk.control_port, "statements", card=desk.key("Next morning")))["statements"]
    (line,) = [one for some in told.values() for one in some if one["attempt"] == str(pushed.attempt_id)]
    assert line["undone"]
    assert any(f"|return|{pushed.attempt_id.hex}|" in path.read_text() for path in (folder / "clearing").iterdir())


async def test_the_banks_page_shows_habits(tmp_path: Path) -> None:
    """Each bank with when it posts, what goes wrong, and whether it can be reached."""
    text = "every_bank: {chargebacks: 4}\nbanks:\n  Juniper Bank:\n    posting: {plus_2: 70, plus_3: 30}\n"
    async with running(tmp_path / "journal", world=text) as simulator:
        shown: dict[str, Any] = {
            one["name"]: one["habits"] for one in (await control(simulator.control_port, "banks"))["banks"]
        }

    assert [{"when": "plus_2", "percent": 70}, {"when": "plus_3", "percent": 30}] == shown["Juniper Bank"]["posting"]
    assert [{"what": "charged_back", "permille": 4}] == shown["Juniper Bank"]["troubles"]
    assert [{"when": "fast", "percent": 100}] == shown["Maple Credit Union"]["posting"]
    assert shown["Maple Credit Union"]["down_until"] is None
