"""Bank accounts in the world: the crowd's by ACH and by SEPA, drawn from the seed; listed ones keep their ways."""

from collections import Counter
from datetime import date, datetime

import pytest
from tests.rails.simulator.test_ach import MONDAY, file_of

from tuppence.core.calendar import FED, TARGET
from tuppence.rails.bank.sepa import CreditTransfer, Order, Party, read_report, read_statements, write_order
from tuppence.rails.simulator.ach import AchBooks, FileTaken, Posting
from tuppence.rails.simulator.rulebook import read
from tuppence.rails.simulator.sepa import Credit, SepaBooks
from tuppence.rails.simulator.world import known_banks

MANY = 300
OURS = "DE18999900017000000001"
TUESDAY = date(2027, 3, 16)
WEDNESDAY = FED.add(TUESDAY, 1)


def iban(account: int) -> str:
    """An ordinary account's at Lindenbank. Check digits by ISO 13616."""
    bban = f"99990001{account:010d}"
    return f"DE{98 - int(bban + '131400') % 97:02d}{bban}"


def by_ach(world: str, *, seed: int = 7, numbers: tuple[str, ...] = ()) -> list[Posting]:
    """What becomes of many credits at Harbor Savings that settle on Tuesday."""
    books = AchBooks()
    paid = [(one, 1_000) for one in numbers or [f"9{n:09d}" for n in range(MANY)]]
    books.apply(FileTaken("a.ach", file_of(paid), MONDAY), read(world, banks=known_banks()), seed)
    return list(books.postings())


def ordered(many: int = MANY) -> str:
    """An order of transfers on Tuesday, as text."""
    transfers = [CreditTransfer(f"{n:032x}", 1_000, Party("Bo", iban(9 * 10**9 + n)), "Tuppence") for n in range(many)]
    order = Order("a.pain001.xml", MONDAY, TUESDAY, Party("Tuppence", OURS), tuple(transfers))
    return write_order(order).decode("latin-1")


def by_sepa(world: str, *, seed: int = 7) -> list[Credit]:
    """What becomes of many transfers to Lindenbank that are executed on Tuesday."""
    books = SepaBooks()
    books.apply(FileTaken("a.pain001.xml", ordered(), MONDAY), read(world, banks=known_banks()), seed)
    return list(books.credits())


def test_a_quiet_world_shows_everything_on_the_morning_of_settlement() -> None:
    """By ACH and by SEPA, at nine; nothing comes back."""
    assert {(FED.instant(TUESDAY, 9), "")} == {(one.posts_at, one.code) for one in by_ach("")}
    assert {(TARGET.instant(TUESDAY, 9), "")} == {(one.posts_at, one.code) for one in by_sepa("")}


def test_a_bank_shows_entries_when_it_is_used_to() -> None:
    """Each share about as often as it says; the first morning is the settlement's own."""
    world = "every_bank: {posting: {next_morning: 50, plus_2: 30, plus_3: 20}}"
    ach = Counter(one.posts_at for one in by_ach(world))
    sepa = Counter(one.posts_at for one in by_sepa(world))

    for told, calendar in ((ach, FED), (sepa, TARGET)):
        days = [calendar.instant(calendar.add(TUESDAY, n), 9) for n in range(3)]
        assert set(days) == set(told)
        assert 110 < told[days[0]] < 190
        assert 30 < told[days[2]] < 90


@pytest.mark.parametrize(
    ("rule", "ach", "sepa"),
    [("closed_accounts: 200", "R02", "AC04"), ("returns: {permille: 200, days: [2, 4]}", "R16", "AC06")],
)
def test_accounts_are_closed_and_credits_sent_back_by_odds(rule: str, ach: str, sepa: str) -> None:
    """About as many as the file says, under the codes of each scheme, on the days that it says."""
    world = f"every_bank: {{{rule}}}"
    coded = [one for one in by_ach(world) if one.code]
    assert {ach} == {one.code for one in coded}
    assert 30 < len(coded) < 90
    back = [one for one in by_sepa(world) if one.code]
    assert {sepa} == {one.code for one in back}
    assert 30 < len(back) < 90
    late = {FED.instant(FED.add(TUESDAY, n), 8) for n in ((2, 3, 4) if "returns" in rule else (1,))}
    assert late == {one.back_at for one in coded}


def test_nothing_is_shown_on_a_banks_holiday_nor_while_it_is_away() -> None:
    """The next banking day; the end of the outage."""
    holiday = f"every_bank: {{holidays: [{TUESDAY}]}}"
    assert {FED.instant(WEDNESDAY, 9)} == {one.posts_at for one in by_ach(holiday)}
    away = "every_bank: {outages: [{from: 2027-03-16T08:00, to: 2027-03-16T15:30}]}"
    ends = datetime(2027, 3, 16, 15, 30, tzinfo=FED.zone)
    assert {ends} == {one.posts_at for one in by_ach(away)}


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    """Entry by entry."""
    world = "every_bank: {posting: {next_morning: 50, plus_2: 50}, returns: {permille: 100}}"
    assert by_ach(world) == by_ach(world)
    assert by_ach(world) != by_ach(world, seed=8)
    assert by_sepa(world) == by_sepa(world)
    assert by_sepa(world) != by_sepa(world, seed=8)


def test_a_listed_account_keeps_its_own_ways() -> None:
    """Whatever holds for its bank."""
    world = "every_bank: {closed_accounts: 1000, posting: {plus_3: 100}}"
    good, closed = by_ach(world, numbers=("1000000010", "2000000019"))

    assert ("", FED.instant(TUESDAY, 9)) == (good.code, good.posts_at)
    assert ("R02", FED.instant(FED.add(TUESDAY, 1), 8)) == (closed.code, closed.back_at)


def test_an_order_of_a_name_that_was_used_is_refused_and_the_first_one_stays() -> None:
    """Other bytes under the same message id: AM05, and nothing of it is carried out or booked."""
    books, now = SepaBooks(), TARGET.instant(TUESDAY, 21)
    books.apply(FileTaken("a.pain001.xml", ordered(), MONDAY))
    books.apply(FileTaken("b.pain001.xml", ordered(2), MONDAY))
    sent = []
    while due := books.due(now):
        sent.append(due)
        books.apply(due)
    reports = [read_report(books.content_of(one)).order for one in sent if one.kind == "report"]
    (day,) = read_statements(books.content_of(sent[-1]))

    assert [("ACCP", ""), ("RJCT", "AM05")] == [(one.status, one.reason) for one in reports]
    assert MANY == len(list(books.credits()))
    assert [-1_000 * MANY, -MANY] == [one.amount_minor for one in day.bookings]
