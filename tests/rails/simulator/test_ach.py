"""The simulated bank alone: whatever it is given and whenever one looks, it answers once, and the same."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.core.calendar import FED
from tuppence.rails.bank import advice, nacha
from tuppence.rails.bank.nacha import Category, Direction
from tuppence.rails.bank.sandbox import entries
from tuppence.rails.bank.sepa import read_statements
from tuppence.rails.simulator.ach import OUR_BANK, AchBooks, FileSent, FileTaken

MONDAY = datetime(2027, 3, 15, 14, tzinfo=UTC)
COMPANY = nacha.Company("Tuppence", "1999999999", OUR_BANK[0][:8])
SENDER = nacha.Sender(OUR_BANK[0], OUR_BANK[1], "1999999999", "Tuppence")
NUMBERS = [one["number"] for one in entries()] + ["9000000001", "5555555555"]

payments = st.lists(st.tuples(st.sampled_from(NUMBERS), st.integers(1, 50_000)), min_size=1, max_size=12)
hours = st.lists(st.integers(1, 40), max_size=12)


def file_of(paid: Sequence[tuple[str, int]], *, modifier: str = "A", balanced: bool = True) -> str:
    """A file of credits between people, at Harbor Savings."""
    some = [
        nacha.Entry(n, Direction.CREDIT, "099900027", number, amount, "Bo Berg", identification="Ann")
        for n, (number, amount) in enumerate(paid, 1)
    ]
    offset = nacha.Offset(len(paid) + 1, OUR_BANK[0], "7000000001", "Tuppence") if balanced else None
    batch = nacha.Batch(COMPANY, "WEB", "PAYMENT", MONDAY.date() + timedelta(days=1), some, offset)
    return nacha.build(SENDER, [batch], created=MONDAY, modifier=modifier).content.decode()


def turn(books: AchBooks, now: datetime) -> list[FileSent]:
    """Let the bank send all that is due."""
    sent = []
    while due := books.due(now):
        books.apply(due)
        sent.append(due)
    return sent


def said(books: AchBooks) -> list[tuple[str, str]]:
    """Every line of every advice, and every return and notice, in order."""
    lines: list[tuple[str, str]] = []
    for sent in books.sent:
        raw = books.content_of(sent)
        if sent.kind == "advice":
            lines += [(line.kind, line.file) for line in advice.read(raw).lines]
        elif sent.kind == "statement":
            (day,) = read_statements(raw)
            assert day.adds_up
            lines += [(one.code, one.details[0].id) for one in day.bookings]
        else:
            lines += [_about(item) for item in nacha.read(raw).items]
    return lines


def _about(item: nacha.Item) -> tuple[str, str]:
    """Which way an item goes, and whose trace it names."""
    about = item.returned or item.change
    assert about
    return ("return" if item.category is Category.RETURN else "change"), about.original_trace


@settings(max_examples=60, deadline=None)
@given(payments, hours)
def test_every_answer_comes_once_however_often_one_looks(paid: list[tuple[str, int]], steps: list[int]) -> None:
    """Accepted once, settled once, every return once; posted and returned together are what was sent, and the last
    statement ends with what is gone and what the bank took for it.
    """
    books, now = AchBooks(), MONDAY
    books.apply(FileTaken("a.ach", file_of(paid), now))
    for step in [*steps, 24 * 30]:
        turn(books, now)
        now += timedelta(hours=step)
    turn(books, now)
    turn(books, now + timedelta(days=4))  # what was sent last is on the next day's statement
    told = said(books)

    assert len(told) == len(set(told))
    assert {("accepted", "a.ach"), ("ACH SETTLEMENT", "a.ach"), ("ACH FEE", "a.ach")} <= set(told)
    posted = sum(one.signed_minor for one in books.postings() if not one.code)
    back = [trace for kind, trace in told if kind == "return"]
    returned = sum(books.by_trace[trace].item.amount_minor for trace in back)
    assert sum(amount for _, amount in paid) == posted + returned
    assert sorted(back) == sorted(one.item.trace for one in books.postings() if one.code)
    (last,) = read_statements(books.content_of([one for one in books.sent if one.kind == "statement"][-1]))
    assert -posted - len(paid) == last.balances[-1].amount_minor


@settings(max_examples=30, deadline=None)
@given(payments, hours)
def test_a_replayed_journal_tells_the_same(paid: list[tuple[str, int]], steps: list[int]) -> None:
    """The same events give the same files, byte for byte: a restart sends nothing new."""
    books, now = AchBooks(), MONDAY
    taken = FileTaken("a.ach", file_of(paid), now)
    books.apply(taken)
    for step in [*steps, 24 * 9]:
        now += timedelta(hours=step)
        turn(books, now)
    again = AchBooks()
    again.apply(taken)
    for event in books.sent:
        again.apply(event)

    assert [books.content_of(one) for one in books.sent] == [again.content_of(one) for one in again.sent]
    assert again.due(now) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (file_of([("1000000010", 500)], balanced=False), "batch: not balanced"),
        (file_of([("1000000010", 500)]).replace(f" {OUR_BANK[0]}", " 099900014", 1), "destination: another bank's"),
        ("hello", "line 1"),
        (file_of([("1000000010", 500)])[:200], "line"),
    ],
)
def test_what_our_bank_refuses(text: str, reason: str) -> None:
    """Nothing of a refused file is posted, and its advice says why."""
    books = AchBooks()
    books.apply(FileTaken("a.ach", text, MONDAY))
    turn(books, MONDAY + timedelta(days=9))

    assert [("rejected", "a.ach")] == said(books)
    assert books.taken[0].reason.startswith(reason)
    assert [] == list(books.postings())


def test_a_second_file_of_the_same_day_needs_another_modifier() -> None:
    """The header's date and modifier may come once; other bytes under them are refused."""
    books = AchBooks()
    books.apply(FileTaken("a.ach", file_of([("1000000010", 500)]), MONDAY))
    books.apply(FileTaken("b.ach", file_of([("1000000010", 600)]), MONDAY))
    books.apply(FileTaken("c.ach", file_of([("1000000010", 700)], modifier="B"), MONDAY))

    assert ["", "modifier: a file of this day had it", ""] == [one.reason for one in books.taken]


def test_a_credit_is_there_on_the_morning_of_settlement() -> None:
    """Nine o'clock New York time on the banking day that the file names."""
    books = AchBooks()
    books.apply(FileTaken("a.ach", file_of([("1000000010", 500)]), MONDAY))
    (posting,) = books.postings()

    assert FED.instant(MONDAY.date() + timedelta(days=1), 9) == posting.posts_at
