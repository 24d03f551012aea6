"""The simulated banks' books after any history: no double movement, nothing revived, and a journal that says it all."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.rails.card import dialect
from tuppence.rails.card.codec import Message, pack, subelements, unpack
from tuppence.rails.card.dialect import Acquirer
from tuppence.rails.card.framing import framed, read_frame
from tuppence.rails.card.sandbox import entries
from tuppence.rails.simulator import JournalDamaged, JournalInUse, posting_time, running, switch
from tuppence.rails.simulator.books import DECIDED, Books, Event, Seeded, as_row, from_row
from tuppence.rails.simulator.journal import Journal
from tuppence.rails.simulator.shelf import Shelf
from tuppence.rails.simulator.world import Account, find_account
from tuppence.vault.network import Card, Financial, Movement, Secret, Stamp

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
US = Acquirer()
NUMBERS = [card["number"] for card in entries() if card["label"] in ("Everyday", "Next morning")]
ATTEMPTS = 6


@dataclass(frozen=True)
class Step:
    """Something that reaches the network: an attempt's request, its reversal, its refund, or a question about it."""

    what: str
    attempt: int


STEPS = st.builds(Step, st.sampled_from(["request", "reverse", "refund", "inquire"]), st.integers(0, ATTEMPTS - 1))


def request(n: int, *, refund: bool = False) -> Financial:
    """The n-th attempt: even ones debit, odd ones push; a refund of it has an id of its own."""
    movement = Movement.PUSH if n % 2 else Movement.DEBIT
    own = Financial(
        attempt_id=UUID(int=n),
        movement=movement,
        amount_minor=1000 + n,
        currency="USD",
        stamp=Stamp(n + 1, NOW),
        payment_id=UUID(int=1000 + n),
        card=Card(Secret(NUMBERS[n % len(NUMBERS)]), 12, 2035),
    )
    if not refund:
        return own
    stamp = Stamp(n + 101, NOW)
    return replace(own, attempt_id=UUID(int=100 + n), movement=Movement.REFUND, stamp=stamp, card=None, of=own.original)


def message(step: Step) -> Message:
    """A step on the wire."""
    original = request(step.attempt).original
    match step.what:
        case "request":
            return dialect.financial(request(step.attempt), US)
        case "refund":
            return dialect.financial(request(step.attempt, refund=True), US)
        case "reverse":
            return dialect.reversal(original, Stamp(900, NOW), US, repeat=False)
        case _:
            return dialect.inquiry(original, Stamp(901, NOW), US)


@dataclass
class Model:
    """What ought to be so, said plainly: the first of request and reversal decides; a refund follows a live debit."""

    done: set[int] = field(default_factory=set)
    dead: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)  # refunds
    refunded: set[int] = field(default_factory=set)

    def take(self, step: Step) -> None:
        """Follow one step."""
        n, debit = step.attempt, step.attempt % 2 == 0
        match step.what:
            case "request" if n not in self.dead:
                self.done.add(n)
            case "reverse" if debit:
                self.dead.add(n)
            case "refund" if n not in self.refunded:
                live = debit and n in self.done and n not in self.dead and n not in self.refused
                (self.refunded if live else self.refused).add(n)

    def moved_minor(self) -> int:
        """Over all cards."""
        live = [n for n in self.done if n not in self.dead or n in self.refunded]
        return sum((1 if n % 2 else -1) * (1000 + n) for n in live) + sum(1000 + n for n in self.refunded)


def play(books: Books, steps: Sequence[Step]) -> list[Event]:
    """Let the network decide each step; the events in order."""
    events: list[Event] = []
    for step in steps:
        for event in switch.reply(books, message(step), NOW).events:
            books.apply(event)
            events.append(event)
    return events


def total_minor(books: Books) -> int:
    """What moved over all cards."""
    return sum(books.moved_minor(account) for account in books.accounts.values())


@settings(deadline=None)  # the first look at the holidays takes a while
@given(steps=st.lists(STEPS, max_size=40))
def test_any_history_moves_what_the_model_says(steps: list[Step]) -> None:
    """In any order, with any repeats: once each, undone once, never revived, refunded at most once."""
    books, model = Books(), Model()
    play(books, steps)
    for step in steps:
        model.take(step)

    assert model.moved_minor() == total_minor(books)


class Forgetful(Books):
    """The seeded bug: a reversal of something unknown is acknowledged and forgotten."""

    def _reverse(self, attempt: UUID) -> None:
        if attempt in self.decided:
            super()._reverse(attempt)


def test_a_network_that_forgets_early_reversals_is_caught() -> None:
    """With the seeded bug the model and the books part ways."""
    steps = [Step("reverse", 0), Step("request", 0)]
    right, wrong = Books(), Forgetful()
    play(right, steps)
    play(wrong, steps)

    assert (0, -1000) == (total_minor(right), total_minor(wrong))


@given(steps=st.lists(STEPS, max_size=30), cut=st.integers(0, 30))
def test_the_journal_is_the_whole_memory(steps: list[Step], cut: int) -> None:
    """Books replayed from their rows decide the rest of a history as the living ones do."""
    living, revived = Books(), Books()
    for event in play(living, steps[:cut]):
        revived.apply(from_row(json.loads(json.dumps(as_row(event), default=str))))

    assert play(living, steps[cut:]) == play(revived, steps[cut:])
    assert total_minor(living) == total_minor(revived)
    assert living.undone == revived.undone


@given(steps=st.lists(STEPS, max_size=30))
def test_what_lies_in_the_file_is_remembered_as_well(steps: list[Step]) -> None:
    """Books that hold one movement in memory decide as those that hold all, and balances are what is left of each."""
    usual, forgetful = Books(), Books(decided=Shelf(DECIDED, young_most=2))

    assert play(usual, steps) == play(forgetful, steps)
    assert dict(usual.decided) == dict(forgetful.decided)
    for key, account in forgetful.accounts.items():
        left = [one for one in forgetful.decided.of_card(key) if one.attempt not in forgetful.undone]
        assert sum(one.signed_minor for one in left) == forgetful.moved_minor(account)
        assert forgetful.moved_minor(account) == usual.moved_minor(account)


def test_the_same_seed_gives_the_same_codes() -> None:
    """Approval codes and traces follow from the seed and the attempt, not from the clock."""

    def told(seed: int, now: datetime) -> tuple[str | None, str]:
        answer = switch.reply(Books(seed=seed), message(Step("request", 0)), now).answer
        assert answer is not None
        return answer.get(38), subelements(answer)[dialect.TRACE]

    assert told(7, NOW) == told(7, NOW + timedelta(days=90))
    assert told(7, NOW) != told(8, NOW)


@pytest.mark.parametrize(
    ("accepted", "days", "posted"),
    [
        ("2026-03-20T14:00:00+00:00", 0, "2026-03-20T14:00:00+00:00"),  # at once, on a Friday morning
        ("2026-03-20T14:00:00+00:00", 1, "2026-03-23T13:00:00+00:00"),  # Monday nine o'clock in New York
        ("2026-03-20T22:30:00+00:00", 1, "2026-03-24T13:00:00+00:00"),  # after the cut-off: Monday's business
        ("2026-11-25T15:00:00+00:00", 1, "2026-11-27T14:00:00+00:00"),  # over Thanksgiving, in winter time
        ("2026-11-23T15:00:00+00:00", 2, "2026-11-25T14:00:00+00:00"),
    ],
)
def test_banks_post_on_business_mornings(accepted: str, days: int, posted: str) -> None:
    """Weekends, holidays, the cut-off and daylight saving all count."""
    assert datetime.fromisoformat(posted) == posting_time(days, datetime.fromisoformat(accepted))


def test_one_of_the_crowd_is_an_ordinary_card() -> None:
    """Numbers with a nine in the seventh place exist when first used, and their number is not kept."""
    number = next(
        number
        for last in range(10)
        if (number := f"4000119000000{last:03d}") and isinstance(find_account(number), Account)
    )
    books = Books()
    ask = replace(request(0), card=Card(Secret(number), 12, 2035))
    events = switch.reply(books, dialect.financial(ask, US), NOW).events
    for event in events:
        books.apply(event)

    assert -1000 == total_minor(books)
    assert number not in json.dumps([as_row(event) for event in events], default=str)
    assert find_account("4000119000000000"[:-1] + str((int(number[-1]) + 1) % 10)) is None


@pytest.mark.parametrize("torn", [b"{", b'{"event":"Seeded","seed":9}', b"\x00\x00"])
async def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    """A line without its end was never answered, whole as it may look; what follows is written in its place."""
    path = tmp_path / "journal"
    first = Journal(path)
    first.append(Seeded(1))
    await first.close()
    path.write_bytes(path.read_bytes() + torn)

    second = Journal(path)
    assert [Seeded(1)] == list(second.replay())
    second.append(Seeded(2))
    assert [Seeded(1), Seeded(2)] == list(second.replay())
    await second.close()


@pytest.mark.parametrize("line", [b"{", b"[]", b"{}", b'{"event":"Burnt"}', b'{"event":"Seeded"}', b"\xff"])
async def test_a_damaged_line_stops_the_start(tmp_path: Path, line: bytes) -> None:
    """Nothing is guessed from a journal that somebody else has written in."""
    path = tmp_path / "journal"
    path.write_bytes(line + b"\n" + b'{"event": "Seeded", "seed": 1}\n')
    journal = Journal(path)

    with pytest.raises(JournalDamaged, match="line 1"):
        list(journal.replay())
    await journal.close()


async def test_a_journal_has_one_writer(tmp_path: Path) -> None:
    """A second simulator on the same journal does not start."""
    async with running(tmp_path / "journal"):
        with pytest.raises(JournalInUse):
            Journal(tmp_path / "journal")


async def test_a_simulator_that_has_not_signed_a_member_on_decides_nothing(simulator: Any) -> None:
    """Without 0800 first, a debit is answered 58 and leaves no trace."""
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    writer.write(framed(b"garbage") + framed(pack(message(Step("request", 0)))))
    raw = await read_frame(reader)
    writer.close()

    assert raw is not None
    assert "58" == unpack(raw)[39]
    assert {} == simulator.books.decided
