"""Money, ids, failures and the policy file."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import CURRENCIES, Failure, Leg, Money, Policy, step_id, uuid7


def test_ids_sort_by_time_and_never_repeat() -> None:
    """A thousand ids made in a row are version 7, distinct and in order."""
    made = [uuid7() for _ in range(1000)]

    assert sorted(set(made)) == made
    assert {7} == {one.version for one in made}


@given(leg=st.sampled_from(Leg), n=st.integers(1, 4095), other=st.tuples(st.sampled_from(Leg), st.integers(1, 4095)))
def test_steps_of_a_payment_have_ids_of_their_own(leg: Leg, n: int, other: tuple[Leg, int]) -> None:
    """The same step has the same id, another step another, and the payment's time stays."""
    payment = UUID("01a2086e-9d64-7fc9-9178-bde668b96fac")

    assert step_id(payment, leg, n) == step_id(payment, leg, n)
    assert ((leg, n) == other) == (step_id(payment, leg, n) == step_id(payment, *other))
    assert payment.int >> 80 == step_id(payment, leg, n).int >> 80
    assert 7 == step_id(payment, leg, n).version


@given(apart=st.integers(1, 2**20), leg=st.sampled_from(Leg), n=st.integers(1, 4095))
def test_payments_named_by_counting_share_no_step(apart: int, leg: Leg, n: int) -> None:
    """Callers may count up in the lowest bits of their ids; deriving a step's id by replacing those bits, as we once
    did, let one payment take another's attempt for its own.
    """

    def by_replacing(payment: UUID) -> int:
        return payment.int >> 16 << 16 | leg << 12 | n

    one = UUID("01a2086e-9d64-7fc9-9178-bde668000000")
    other = UUID(int=one.int + apart)

    assert step_id(one, leg, n) != step_id(other, leg, n)
    assert (apart < 2**16) == (by_replacing(one) == by_replacing(other))


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(2000, "USD"), "20.00 USD"),
        (Money(5, "USD"), "0.05 USD"),
        (Money(-5, "USD"), "-0.05 USD"),
        (Money(1000, "JPY"), "1000 JPY"),
        (Money(1, "BHD"), "0.001 BHD"),
    ],
)
def test_money_is_written_with_its_currency_s_decimals(money: Money, text: str) -> None:
    """The exponent of the currency places the point."""
    assert text == str(money)


@given(st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_money_adds_and_subtracts_exactly(one: int, other: int) -> None:
    """Adding and taking away again changes nothing, however large."""
    assert Money(one, "USD") == Money(one, "USD") + Money(other, "USD") - Money(other, "USD")


def test_money_refuses_floats_and_mixed_currencies() -> None:
    """Both are defects, so both are assertions."""
    with pytest.raises(AssertionError):
        Money(1.0, "USD")  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        Money(1, "USD") + Money(1, "EUR")


def test_currency_numbers_are_distinct() -> None:
    """The numeric code is the ledger's number, so no two currencies may share one."""
    assert len(CURRENCIES) == len({currency.numeric for currency in CURRENCIES.values()})


def test_a_failure_says_its_sentence_and_its_facts() -> None:
    """The public sentence is the docstring's first paragraph; equality is by class and facts."""

    class TooMuch(Failure):
        """This is
        too much.

        For the reader of the code only.
        """

    assert "This is too much." == TooMuch.sentence()
    assert TooMuch(room_minor=1) == TooMuch(room_minor=1) != TooMuch(room_minor=2)


def test_our_policy_file_loads() -> None:
    """The shipped file fills every member."""
    assert 5 == Policy.load().send.undo_seconds


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("undo_seconds = 5", "undo_seconds = 31", "undo_seconds"),
        ("undo_seconds = 5", "undo_secs = 5", "undo_sec"),
        ("undo_seconds = 5", 'undo_seconds = "5"', "undo_seconds"),
        ("undo_seconds = 5", "undo_seconds = 5.0", "undo_seconds"),
        ("reminder_days = [1, 3, 6]", "reminder_days = 3", "reminder_days"),
        ("reminder_days = [1, 3, 6]", 'reminder_days = ["1"]', "reminder_days"),
        ("tries = 5", "", "tries"),
    ],
)
def test_a_wrong_policy_file_is_refused_by_name(tmp_path: Path, was: str, becomes: str, named: str) -> None:
    """Whoever edits the rules is told which one is amiss."""
    ours = Path(__file__).parents[2] / "src/tuppence/core/policy.toml"
    theirs = tmp_path / "policy.toml"
    theirs.write_text(ours.read_text().replace(was, becomes))

    with pytest.raises(ValueError, match=named):
        Policy.load(theirs)
