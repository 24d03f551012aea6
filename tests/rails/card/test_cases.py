"""Chargebacks on the wire: records that read back as they were written, and answers that nobody can smuggle in."""

import contextlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.rails.card.cases import REASONS, CaseLine, Response, pack_case, read_response, unpack_case
from tuppence.rails.card.clearing import FIRST, ClearingError, ClearingFile, unpack

LINES = st.builds(
    CaseLine,
    word=st.sampled_from(["chargeback", "contested", "won", "lost"]),
    reference=st.text("0123456789abcdef", min_size=32, max_size=32),
    number=st.text("0123456789ABCDEF", min_size=12, max_size=12),
    rrn=st.text("0123456789", min_size=12, max_size=12),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=0)
    ),
    amount_minor=st.integers(0, 10**12 - 1),
    currency=st.sampled_from(["USD", "EUR"]),
    reason=st.sampled_from(sorted(REASONS)),
    respond_by=st.none() | st.dates(date(2000, 1, 1), date(2090, 1, 1)),
)


@given(line=LINES, number=st.integers(1, 999_999))
def test_a_record_reads_back_as_it_was_written(line: CaseLine, number: int) -> None:
    """Whatever the case."""
    assert line == unpack_case(pack_case(number, line))


@given(lines=st.lists(LINES, max_size=5))
def test_a_file_with_cases_reads_back_and_any_other_byte_is_refused(lines: list[CaseLine]) -> None:
    """Counts, sums and digest are over cases too."""
    file = ClearingFile("200000", date(2026, 11, 25), 1, FIRST, (), tuple(lines))
    assert file == unpack(file.text)
    spoilt = bytearray(file.text)
    spoilt[len(spoilt) // 2] ^= 1
    with pytest.raises(ClearingError):
        unpack(bytes(spoilt))


@given(data=st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_refused(data: bytes) -> None:
    """Nothing but ValueError comes out of what somebody left in the folder."""
    with contextlib.suppress(ValueError):
        read_response(data)


GOOD = {"id": "1", "case": "CASE00000001", "verdict": "represent", "evidence": "Nothing but “facts”."}


def test_an_answer_reads_back() -> None:
    """In ASCII, whatever the words."""
    response = Response("1", "CASE00000001", "represent", "Nothing but “facts”.")

    assert response.text().isascii()
    assert response == read_response(response.text())


@pytest.mark.parametrize(
    "change",
    [{"verdict": "win"}, {"case": "../../../etc"}, {"evidence": "x" * 4_001}, {"evidence": 7}, {"more": "of it"}],
)
def test_a_spoilt_answer_is_refused(change: dict[str, Any]) -> None:
    """Wrong words, paths, too much, another type, an unknown member."""
    with pytest.raises(ValueError, match=r"is no answer|names no case|no such verdict"):
        read_response(json.dumps(GOOD | change).encode())
