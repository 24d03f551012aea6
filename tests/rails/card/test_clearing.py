"""The clearing file: bytes and nouns, and nothing in between that could be guessed about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.rails.card.clearing import FIRST, MOVEMENTS, ClearingError, ClearingFile, Line, pack, unpack

GOLDEN = Path(__file__).parents[2] / "golden" / "clearing-200000-2026-11-25-000002.txt"
AT = datetime(2026, 11, 25, 15, 4, 5, tzinfo=UTC)
ONE = Line("debit", "0" * 31 + "1", "000017", "632915000017", AT, 2_000, "USD", "A12345", 25, "400014******0014")
FILE = ClearingFile(
    "200000",
    date(2026, 11, 25),
    2,
    "ab" * 32,
    (
        ONE,
        replace(ONE, movement="push", reference="0" * 31 + "2", fee_minor=17),
        replace(ONE, movement="reversal", reference="0" * 31 + "3", fee_minor=-25),
        replace(ONE, movement="return", reference="0" * 31 + "4", currency="EUR", fee_minor=0),
    ),
)

digits = st.text("0123456789", min_size=6, max_size=6)
lines = st.builds(
    Line,
    movement=st.sampled_from(sorted(MOVEMENTS)),
    reference=st.uuids().map(lambda one: one.hex),
    stan=digits,
    rrn=st.tuples(digits, digits).map("".join),
    at=st.integers(0, 10**9).map(lambda second: AT + timedelta(seconds=second)),
    amount_minor=st.integers(0, 10**12 - 1),
    currency=st.sampled_from(["USD", "EUR", "JPY"]),
    approval=digits,
    fee_minor=st.integers(-(10**9) + 1, 10**9 - 1),
    masked=st.just("400014******0014"),
)
files = st.builds(
    ClearingFile,
    acquirer=st.just("200000"),
    day=st.dates(date(2015, 1, 1), date(2099, 1, 1)),
    sequence=st.integers(1, 999_999),
    before=st.sampled_from([FIRST, "0123456789abcdef" * 4]),
    lines=st.lists(lines, max_size=8).map(tuple),
)


@given(file=files)
def test_what_is_written_is_read(file: ClearingFile) -> None:
    """Unpack after pack is identity, bytes included."""
    assert file == unpack(pack(file))
    assert pack(file) == pack(unpack(pack(file)))


@given(data=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_other_bytes_are_refused_with_a_reason(data: bytes) -> None:
    """Never another exception, and never the data in it."""
    with pytest.raises(ClearingError) as refused:
        unpack(data)
    assert len(str(refused.value)) < 100


@settings(deadline=None)
@given(at=st.integers(0, len(FILE.text) - 1), byte=st.integers(0, 255))
def test_a_byte_that_changed_is_noticed(at: int, byte: int) -> None:
    """Wherever it is: in a header, a detail, a sum or the digest."""
    damaged = bytearray(FILE.text)
    damaged[at] = byte
    if bytes(damaged) == FILE.text:
        return
    with pytest.raises(ClearingError):
        unpack(bytes(damaged))


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + b"\n", lambda t: t.replace(b"\n", b"\r\n")])
def test_a_file_is_whole_or_none(change: object) -> None:
    """Cut short, grown, or with the line ends of another system."""
    assert callable(change)
    with pytest.raises(ClearingError):
        unpack(change(FILE.text))


def test_the_bytes_are_these() -> None:
    """The format that others may rely on, pinned: see ADR 0028."""
    assert GOLDEN.read_bytes() == FILE.text
    assert GOLDEN.name == FILE.name


def test_what_settlement_brings() -> None:
    """Debits and returns come in, pushes and reversals go out, fees are taken off; a currency by itself."""
    assert 2_000 - 25 - (2_000 + 17) - (2_000 - 25) == FILE.net_minor("USD")
    assert 2_000 == FILE.net_minor("EUR")


def test_no_card_number_fits_into_it() -> None:
    """A whole number where the masked one belongs can be written by nobody, since nobody could read it."""
    careless = replace(FILE, lines=(replace(ONE, masked="4000140000000014"),))
    with pytest.raises(ClearingError):
        unpack(pack(careless))
