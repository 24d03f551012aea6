"""What a bank writes: read back as it was meant, valid by its schema, the same bytes each time."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.rails.bank.sepa import (
    Balance,
    Booking,
    Detail,
    Party,
    Report,
    Statement,
    Status,
    read_report,
    read_statements,
    write_report,
    write_statement,
)

AT = datetime(2027, 3, 16, 22, tzinfo=UTC)
DAY = date(2027, 3, 16)
IBAN = "DE89370400440532013000"

texts = st.text("abcdefghijklmnop -.0123456789", min_size=1, max_size=30).map(str.strip).filter(bool)
details = st.builds(
    Detail,
    id=texts,
    amount_minor=st.none() | st.integers(1, 10**9),
    other=st.none() | st.builds(Party, texts, st.sampled_from([IBAN, "7000000001"])),
    remittance=st.just("") | texts,
    return_code=st.sampled_from(["", "AC01", "AC04", "AM04"]),
)
bookings = st.builds(
    Booking,
    amount_minor=st.integers(1, 10**9) | st.integers(-(10**9), -1),
    currency=st.sampled_from(["USD", "EUR"]),
    status=st.just("BOOK"),
    booked=st.just(DAY),
    value=st.just(DAY),
    reference=texts,
    code=st.sampled_from(["PMNT/RCDT/ESCT", "ACH SETTLEMENT"]),
    is_reversal=st.booleans(),
    details=st.lists(details, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(bookings, max_size=4), st.sampled_from([IBAN, "7000000001"]), st.booleans())
def test_a_statement_is_read_as_it_was_written(lines: list[Booking], account: str, with_balances: bool) -> None:
    """Any day of an account, with balances as a statement and without them as a notification."""
    balances = (Balance("OPBD", -500, "USD", DAY), Balance("CLBD", 700, "USD", DAY)) if with_balances else ()
    statement = Statement("ST-1", AT, account, balances, tuple(lines))
    raw = write_statement(statement)

    assert [statement] == read_statements(raw)
    assert raw == write_statement(statement)


def test_a_report_is_read_as_it_was_written() -> None:
    """An order of which one transfer was refused, with the reason."""
    refused = Status("t-2", "RJCT", "AC04", "account closed")
    report = Report("R-1", AT, Status("O-1", "PART"), (), (Status("t-1", "ACSC"), refused))
    read = read_report(write_report(report))

    assert report.transfers == read.transfers
    assert report.order == read.order
