"""Ranges, banks and test cards agree with each other and with the guide."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.rails.card import bin_of, sandbox_cards
from tuppence.rails.card.bins import bins, luhn_holds
from tuppence.rails.card.sandbox import entries

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "test-cards.md"


def test_every_test_card_is_well_formed() -> None:
    """Sixteen digits, a check digit that holds, a known range, and no number twice."""
    numbers = [card.number.reveal() for card in sandbox_cards()]

    assert len(set(numbers)) == len(numbers)
    assert [] == [number for number in numbers if len(number) != 16 or not luhn_holds(number) or not bin_of(number)]


def test_the_list_shows_no_number_unasked() -> None:
    """The sandbox's cards print like any other card: masked."""
    shown = repr(sandbox_cards())
    assert [] == [entry["label"] for entry in entries() if entry["number"] in shown]


def test_every_bank_that_a_friend_could_have_works() -> None:
    """There is an ordinary card at each of six banks: three fast, two next morning, one slow."""
    ordinary = [card for card in entries() if card["label"] in ("Everyday", "Next morning", "Slow-posting")]
    found = [bin_of(card["number"]) for card in ordinary]

    assert 6 == len({issuer.bank for issuer in found if issuer})
    assert [0, 0, 0, 1, 1, 2] == sorted(issuer.posting_days for issuer in found if issuer)
    assert [] == [
        i for i in found if i is None or not i.can_fund or not i.can_receive or i.fast_funds != (i.posting_days == 0)
    ]


@pytest.mark.parametrize("pan", ["", "4", "400010", "4242424242424242", "40001", "٤٠٠٠١١"])
def test_an_unknown_range_is_none(pan: str) -> None:
    """No guess about numbers that none of our banks issued."""
    assert bin_of(pan) is None


@given(digits=st.text("0123456789", min_size=2, max_size=19), place=st.integers(0, 18), by=st.integers(1, 9))
def test_the_check_digit_finds_every_single_wrong_digit(digits: str, place: int, by: int) -> None:
    """Luhn's promise: one digit mistyped is always noticed."""
    place %= len(digits)
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert not (luhn_holds(digits) and luhn_holds(wrong))


def test_brands_follow_the_first_digit() -> None:
    """Visa begins with 4, Mastercard with 51 to 55."""
    wrong = [row for row in bins().values() if row.brand != ("visa" if row.prefix[0] == "4" else "mastercard")]
    assert [] == wrong
    assert [] == [row for row in bins().values() if row.prefix[0] == "5" and not "51" <= row.prefix[:2] <= "55"]


def test_the_guide_lists_exactly_these_cards() -> None:
    """docs/guide/test-cards.md has one row a card, in order, word for word."""
    rows = [line for line in GUIDE.read_text().splitlines() if line.startswith("| `")]
    assert rows == [guide_row(entry) for entry in entries()]


def guide_row(entry: dict[str, str]) -> str:
    """A card's row in the guide."""
    number = entry["number"]
    issuer = bin_of(number)
    assert issuer is not None
    spaced = " ".join(number[at : at + 4] for at in range(0, 16, 4))
    return f"| `{spaced}` | {entry['label']} | {issuer.bank} | {entry['hint']} |"
