"""Routing numbers, the sandbox's bank accounts, and what our bank's advices may say."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.rails.bank import advice, sepa
from tuppence.rails.bank.advice import Advice, AdviceError, Line
from tuppence.rails.bank.routing import bank_of, banks, check_digit_holds
from tuppence.rails.bank.sandbox import entries
from tuppence.rails.bank.sepa.banks import banks as sepa_banks
from tuppence.rails.bank.sepa.sandbox import ibans

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "test-bank-accounts.md"
LINE = Line("accepted", "2027-03-16-01.ach", date(2027, 3, 17), 2_000, "ab" * 32)
BACK = Line("rejected", "x.ach", date(2027, 3, 18), reason="batch: not balanced")
ADVICE = Advice(7, datetime(2027, 3, 16, 14, tzinfo=UTC), (LINE, BACK))


@given(st.integers(0, 10**8 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_digit_mistyped_is_always_noticed(body: int, place: int, by: int) -> None:
    """Exactly one check digit fits eight digits, and no single wrong digit passes."""
    eight = f"{body:08d}"
    (right,) = [eight + str(digit) for digit in range(10) if check_digit_holds(eight + str(digit))]
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]

    assert not check_digit_holds(wrong)


@pytest.mark.parametrize("text", ["", "09990002", "0999000270", "09990002a", "٠٩٩٩٠٠٠٢٧"])
def test_what_is_no_routing_number(text: str) -> None:
    """Nine ASCII digits, nothing else."""
    assert not check_digit_holds(text)


def test_every_simulated_bank_has_a_number_that_holds() -> None:
    """And none of a district that the Fed has: nobody is sent to a real bank."""
    assert all(check_digit_holds(routing) and routing.startswith("0999") for routing in banks())
    assert bank_of("021000021") is None


def test_the_guide_lists_exactly_these_accounts() -> None:
    """docs/guide/test-bank-accounts.md has one row a bank, one an account, one an IBAN, in order, word for word."""
    rows = [line for line in GUIDE.read_text().splitlines() if line.startswith("| `")]
    told = [f"| `{bank.routing}` | {bank.name} |" for bank in banks().values()]

    told += [f"| `{one['number']}` | {one['label']} | {one['hint']} |" for one in entries()]
    assert rows == told + [f"| `{iban}` | {one['label']} | {one['hint']} |" for iban, one in ibans().items()]


def test_every_test_iban_holds_and_is_of_a_bank_that_does_not_exist() -> None:
    """And the codes of the simulated banks are none that the countries' lists have."""
    places = {sepa.place_of(iban) for iban in ibans()}

    assert all(sepa.iban_holds(iban) for iban in ibans())
    assert places == set(sepa_banks())
    assert "DE" == sepa.place_of("DE89370400440532013000")
    assert sepa.bank_at("DE") is None


def test_an_advice_is_read_as_it_was_written() -> None:
    """Pack and unpack are inverse, on bytes too."""
    raw = advice.write(ADVICE)

    assert ADVICE == advice.read(raw)
    assert raw == advice.write(advice.read(raw))


@given(st.binary(max_size=60))
def test_any_bytes_are_an_advice_or_an_error(raw: bytes) -> None:
    """Garbage is refused by name, never by a crash."""
    with pytest.raises(AdviceError):
        advice.read(raw)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kind", '"settles"'),
        ("amount_minor", "1000000000001"),
        ("amount_minor", "20.0"),
        ("on", '"soon"'),
        ("file", "7"),
    ],
)
def test_what_an_advice_may_not_say(member: str, value: str) -> None:
    """An amount that is no whole number of cents, a kind that we do not know: the whole advice is refused."""
    raw = advice.write(replace(ADVICE, lines=(LINE,))).decode()
    was = next(line for line in raw.splitlines() if f'"{member}"' in line)
    spoilt = raw.replace(was, f'   "{member}": {value},')

    with pytest.raises(AdviceError):
        advice.read(spoilt.encode())
