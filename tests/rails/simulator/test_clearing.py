"""The simulated network's clearing files: what of which day is in them, and the mistakes that they make on request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.rails.conftest import HASTY, PATIENT, Desk

from tuppence.core.calendar import FED
from tuppence.rails.card import Iso8583Network
from tuppence.rails.card.clearing import CUT_OFF, FIRST, ClearingFile, unpack
from tuppence.rails.simulator import ControlRefused, control, running
from tuppence.rails.simulator.books import Books, Decided
from tuppence.rails.simulator.clearing import Files, days_due, fee_minor
from tuppence.rails.simulator.days import DayOpened
from tuppence.rails.simulator.switch import posting_time
from tuppence.rails.simulator.world import listed_accounts
from tuppence.vault.network import Financial, Movement, State


class Network(Desk):
    """A desk at a simulator that leaves clearing files in a folder."""

    folder: Path

    async def close_day(self) -> ClearingFile:
        """Let the open business day end; its file."""
        now = datetime.fromisoformat((await control(self.control_port, "now"))["now"])
        next_day = FED.add(FED.business_date(now, CUT_OFF), 1)
        await control(self.control_port, "now", to=FED.instant(next_day, 10).isoformat())
        return self.files()[-1]

    def files(self) -> list[ClearingFile]:
        """All that there are, in order."""
        return [unpack(path.read_bytes()) for path in sorted(self.folder.glob("clearing-*.txt"))]

    async def do(self, verb: str, ask: Financial, **facts: Any) -> None:
        await control(self.control_port, verb, attempt=str(ask.attempt_id), **facts)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Network]:
    async with (
        running(folder / "journal", seed=7, clearing=folder / "clearing") as simulator,
        Iso8583Network("127.0.0.1", simulator.port, waits=PATIENT) as network,
        Iso8583Network("127.0.0.1", simulator.port, waits=HASTY) as hasty,
    ):
        desk = Network(network, hasty, simulator.control_port)
        desk.folder = folder / "clearing"
        yield desk


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    async with opened(tmp_path) as desk:
        yield desk


def told(file: ClearingFile) -> list[tuple[str, str, int, int]]:
    return [(one.movement, one.reference, one.signed_minor, one.fee_minor) for one in file.lines]


async def test_a_days_file_has_what_was_accepted(network: Network) -> None:
    """Debits, pushes and refunds with what names them; refusals and checks are in no file; the next one follows it."""
    debit, said = await network.send(Movement.DEBIT, "Everyday", 2_000)
    push, _ = await network.send(Movement.PUSH, "Next morning", 2_000)
    refund, _ = await network.refund(debit, 500)
    await network.send(Movement.DEBIT, "Not enough money", 2_000)
    await network.check("Everyday")
    first, second = await network.close_day(), await network.close_day()

    fee = fee_minor("debit", 2_000, regulated=False)
    assert [
        ("debit", debit.attempt_id.hex, 2_000, fee),
        ("push", push.attempt_id.hex, -2_000, 17),
        ("refund", refund.attempt_id.hex, -500, 7),
    ] == told(first)
    assert (said.rrn, said.approval) == (first.lines[0].rrn, first.lines[0].approval)
    assert (FIRST, 1, 2, first.digest, ()) == (
        first.before,
        first.sequence,
        second.sequence,
        second.before,
        second.lines,
    )


def test_a_busy_day_has_several_files() -> None:
    """Each holds so many lines and names the one before; made again after a day was left half written, they are the
    same; and the next day goes on from them.
    """
    books = Books()
    for n in range(5):
        attempt = UUID(int=n)
        books.decided[attempt] = _decided(attempt)
        books.days.enter("debit", attempt)
    books.days.open = date(2026, 11, 25)
    books.days.turn(DayOpened(date(2026, 11, 27)))
    books.days.turn(DayOpened(date(2026, 11, 30)))
    files = Files(lines_most=2)

    half = next(files.new(books))
    made = list(files.new(books))

    assert half == made[0]
    assert [2, 2, 1, 0] == [len(one.lines) for one in made]
    assert [1, 2, 3, 4] == [one.sequence for one in made]
    assert [FIRST, *(one.digest for one in made[:3])] == [one.before for one in made]
    assert [] == list(files.new(books))


def _decided(attempt: UUID) -> Decided:
    at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    key = next(iter(listed_accounts()))
    said = ("00", "A12345", "T67890", str(attempt), None)
    return Decided(attempt, "000001", "1125150000", "debit", key, 2_000, *said, at, at)


async def test_a_reversal_shows_only_across_days(network: Network) -> None:
    """On its own day nothing of the debit is in the file; on the next, the debit was, and its reversal is."""
    one = await network.send_in_vain(Movement.DEBIT, "No answer, money taken")
    await network.network.reverse(one.original, repeat=False)
    other = await network.send_in_vain(Movement.DEBIT, "No answer, money taken")
    first = await network.close_day()
    await network.network.reverse(other.original, repeat=False)
    await network.network.reverse(other.original, repeat=True)
    second = await network.close_day()

    fee = fee_minor("debit", 2_000, regulated=True)
    assert [("debit", other.attempt_id.hex, 2_000, fee)] == told(first)
    assert [("reversal", other.attempt_id.hex, -2_000, -fee)] == told(second)


async def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    """Written again from the journal after a restart, and after a file was lost; what is there is left alone."""
    async with opened(tmp_path) as desk:
        await desk.send(Movement.DEBIT, "Everyday")
        first, second = await desk.close_day(), await desk.close_day()
    (desk.folder / first.name).unlink()
    async with opened(tmp_path) as again:
        await again.send(Movement.PUSH, "Everyday")
        assert [first, second] == again.files()
        assert second.digest == (await again.close_day()).before


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("missing", []),
        ("duplicated", [("USD", 2_000), ("USD", 2_000)]),
        ("cent_more", [("USD", 2_001)]),
        ("cent_less", [("USD", 1_999)]),
        ("currency", [("EUR", 2_000)]),
        ("extra", [("USD", 2_000), ("USD", 2_000)]),
    ],
)
async def test_it_makes_the_mistake_it_is_asked_for(network: Network, kind: str, lines: list[tuple[str, int]]) -> None:
    """Once, in the file of the open day, which agrees with itself all the same; the next is as it should be."""
    debit, _ = await network.send(Movement.DEBIT, "Everyday", 2_000)
    await network.do("fault", debit, kind=kind)
    file = await network.close_day()

    assert lines == [(one.currency, one.amount_minor) for one in file.lines]
    assert (2 if kind == "extra" else 1) >= len({one.reference for one in file.lines})
    assert () == (await network.close_day()).lines


async def test_a_push_that_comes_back(network: Network) -> None:
    """The money leaves the card again, and the file of that day has the return; it comes back once."""
    push, _ = await network.send(Movement.PUSH, "Everyday", 2_000)
    await network.close_day()
    await network.do("return", push)

    assert [("return", push.attempt_id.hex, 2_000, 0)] == told(await network.close_day())
    assert 0 == await network.moved("Everyday")
    with pytest.raises(ControlRefused):
        await network.do("return", push)


async def test_a_reversed_debit_that_posts_after_all(network: Network) -> None:
    """It is in a file, its money is gone, and it can be refunded by reference now."""
    debit = await network.send_in_vain(Movement.DEBIT, "No answer, money taken")
    await network.network.reverse(debit.original, repeat=False)
    _, refused = await network.refund(debit, 2_000)
    await network.do("resurface", debit)
    moved = await network.moved("No answer, money taken")
    _, refunded = await network.refund(debit, 2_000)

    assert (State.DECLINED, -2_000, State.ACCEPTED) == (refused.state, moved, refunded.state)
    assert ["debit", "refund"] == [one.movement for one in (await network.close_day()).lines]


async def test_a_mistake_about_nothing_is_refused(network: Network) -> None:
    """A kind that there is not, or an attempt that the open day knows nothing of."""
    push, _ = await network.send(Movement.PUSH, "Everyday")
    for ask in ({"kind": "magic"}, {"kind": "missing", "attempt": "0" * 32}):
        with pytest.raises(ControlRefused):
            await control(network.control_port, "fault", **({"attempt": str(push.attempt_id)} | ask))
    with pytest.raises(ControlRefused):
        await network.do("resurface", push)


async def test_days_follow_the_calendar(network: Network) -> None:
    """From Wednesday's cut-off before Thanksgiving the next day is Friday; a long leap makes an empty file a day."""
    wednesday = datetime(2026, 11, 25, 21, 59, tzinfo=UTC)
    await control(network.control_port, "now", to=(wednesday + timedelta(days=371)).isoformat())

    days = [one.day for one in network.files()]
    assert days == sorted(set(days))
    assert all(FED.is_open(day) for day in days)
    assert "2026-11-26" not in map(str, days)


def test_fees_are_those_of_the_rule_book() -> None:
    """Regulated: 5 basis points and 22 cents; else 1.4 %; half a cent rounds up; 2 cents to the network each."""
    asked = [(2_000, True), (999, True), (1_000, True), (2_000, False), (50, False)]
    assert [25, 24, 25, 30, 3] == [fee_minor("debit", minor, regulated=capped) for minor, capped in asked]


def test_opening_days_is_idempotent() -> None:
    """What is open already is not opened again."""
    from tuppence.rails.simulator.books import Books

    books, now = Books(), posting_time(1, datetime(2026, 11, 23, 15, tzinfo=UTC))
    for event in days_due(books, now):
        books.apply(event)
    assert [] == list(days_due(books, now))
    assert [DayOpened(FED.add(now.date(), 1))] == list(days_due(books, now + timedelta(hours=8)))


async def test_whoever_moves_the_clock_finds_the_files(network: Network) -> None:
    """However many move it at once: each is answered when the files of the days that are over can be read."""
    now = datetime.fromisoformat((await control(network.control_port, "now"))["now"])

    async def moved() -> int:
        await control(network.control_port, "now", to=(now + timedelta(days=20)).isoformat())
        return len(network.files())

    counts = await asyncio.gather(*(moved() for _ in range(8)))
    assert {len(network.files())} == set(counts)
    assert 10 <= counts[0]
