"""The vault's decisions, on values alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Failure, uuid7
from tuppence.vault import errors, rules
from tuppence.vault.model import Ask, Attempt, Form
from tuppence.vault.network import Bin, Outcome, Secret, Stamp, State
from tuppence.vault.rules import Heard, UseFacts
from tuppence.vault.states import Event, Kind

FORM = Form(Secret("4000110000000017"), 12, 2031, Secret("737"), Secret("10001"), keep=True)
BIN = Bin("400011", "Maple Credit Union", "visa", "debit", "US", True, True, True, False, 0)
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_luhn_catches_every_wrong_digit(body: str, place: int, shift: int) -> None:
    """Of ten last digits exactly one passes, and a number that passes with any one digit changed fails."""
    (number,) = [body + str(digit) for digit in range(10) if rules.passes_luhn(body + str(digit))]
    at = place % len(number)
    other = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]

    assert not rules.passes_luhn(other)


@pytest.mark.parametrize(
    "typed",
    ["4000110000000018", "411111111111", "４０００１１０００００００００１７", "", "4000\n110000000017", "4" * 40, "x"],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    """A wrong check digit, too few, full width, line ends, nothing: one refusal."""
    with pytest.raises(errors.NumberInvalid):
        rules.number_of(replace(FORM, number=Secret(typed)))


@pytest.mark.parametrize("typed", ["4000 1100 0000 0017", "4000-1100-0000-0017"])
def test_what_people_type_between_digits_is_ignored(typed: str) -> None:
    """Spaces and dashes are no part of a number."""
    assert "4000110000000017" == rules.number_of(replace(FORM, number=Secret(typed)))


@pytest.mark.parametrize(
    ("changed", "about", "refusal"),
    [
        ({"exp_month": 13}, BIN, errors.CardExpired),
        ({"exp_month": 0}, BIN, errors.CardExpired),
        ({"exp_month": 10, "exp_year": 2026}, BIN, errors.CardExpired),
        ({"exp_year": 2099}, BIN, errors.CardExpired),
        ({"exp_year": 31}, BIN, errors.CardExpired),
        ({"cvv": Secret("12")}, BIN, errors.CvvInvalid),
        ({"cvv": Secret("１２３")}, BIN, errors.CvvInvalid),
        ({"zip": Secret("1000")}, BIN, errors.ZipInvalid),
        ({}, None, errors.CardUnknown),
        ({}, replace(BIN, funding="credit"), errors.CreditCard),
        ({}, replace(BIN, funding="gift"), errors.GiftCard),
        ({}, replace(BIN, funding="health"), errors.HealthCard),
        ({}, replace(BIN, funding="business"), errors.BusinessCard),
        ({}, replace(BIN, country="CA"), errors.ForeignCard),
    ],
)
def test_a_card_is_refused_by_name(changed: dict[str, Any], about: Bin | None, refusal: type[Failure]) -> None:
    """Each reason that needs no bank has a name of its own."""
    with pytest.raises(refusal):
        rules.examine(replace(FORM, **changed), about, country="US", today=TODAY)


def test_this_month_is_still_good() -> None:
    """A card is good to the end of the month that it names."""
    assert BIN == rules.examine(replace(FORM, exp_month=11, exp_year=2026), BIN, country="US", today=TODAY)


@pytest.mark.parametrize("funding", ["payroll", "prepaid"])
def test_payroll_and_prepaid_cards_pay_only(funding: str) -> None:
    """They may fund, whatever their range says of receiving."""
    about = rules.examine(FORM, replace(BIN, funding=funding), country="US", today=TODAY)

    assert (True, False) == (about.can_fund, about.can_receive)


@pytest.mark.parametrize(
    ("outcome", "refusal"),
    [
        (Outcome(State.DECLINED, decline_code="details_mismatch"), errors.DetailsDontMatch),
        (Outcome(State.DECLINED, decline_code="expired_card"), errors.DetailsDontMatch),
        (Outcome(State.DECLINED, decline_code="invalid_card"), errors.DetailsDontMatch),
        (Outcome(State.DECLINED, decline_code="lost_or_stolen"), errors.CardRefused),
        (Outcome(State.DECLINED, decline_code="issuer_down"), errors.CheckUnanswered),
        (Outcome(State.UNKNOWN), errors.CheckUnanswered),
        (Outcome(State.NOT_SENT), errors.CheckUnanswered),
        (Outcome(State.ACCEPTED), type(None)),
    ],
)
def test_which_detail_was_wrong_is_not_told(outcome: Outcome, refusal: type) -> None:
    """Number, expiry, code and ZIP that do not match are one answer; a bank that cannot say is another."""
    assert refusal is type(rules.judge(outcome))


DEBIT = replace(
    Attempt.written(Ask(uuid7(), uuid7(), Kind.DEBIT, "card_a", 2000, "USD"), Stamp(1, NOW)), state="accepted"
)


def refund(amount_minor: int, **changed: Any) -> Ask:
    ask = Ask(uuid7(), DEBIT.payment_id, Kind.REFUND, DEBIT.token, amount_minor, "USD", DEBIT.id)
    return replace(ask, **changed)


def facts(**changed: Any) -> UseFacts:
    known: dict[UUID, Attempt] = {DEBIT.id: DEBIT}
    return replace(UseFacts(known, frozenset(), frozenset({"card_a"}), {}), **changed)


def test_refunds_together_give_back_no_more_than_was_taken() -> None:
    """Two refunds of one batch are weighed together with those before them: the one that goes over is refused."""
    plans = rules.plan_use([refund(900), refund(601), refund(600)], facts(given_back={DEBIT.id: 500}))

    assert ["Ask", "RefundRefused", "Ask"] == [type(plan).__name__ for plan in plans]


@pytest.mark.parametrize(
    "changed", [{"token": "card_b"}, {"currency": "EUR"}, {"payment_id": uuid7()}, {"of_id": uuid7()}, {"of_id": None}]
)
def test_a_refund_goes_back_where_it_came_from(changed: dict[str, Any]) -> None:
    """Another card, currency, payment or debit than the one named is refused."""
    assert [errors.RefundRefused()] == rules.plan_use([refund(100, **changed)], facts())


def test_a_reversed_debit_that_turned_up_can_be_refunded() -> None:
    """A settlement file said that it was taken after all; what gives back more than it is refused all the same."""
    found = facts(known={DEBIT.id: replace(DEBIT, state="reversed")})
    ask = refund(2_000)

    assert [ask, errors.RefundRefused()] == rules.plan_use([ask, refund(1)], found)


@pytest.mark.parametrize("state", ["sent", "declined", "reversing"])
def test_only_an_accepted_debit_is_refunded(state: str) -> None:
    """What was not taken is not given back."""
    other = replace(DEBIT, state=state)

    assert [errors.RefundRefused()] == rules.plan_use([refund(100)], facts(known={DEBIT.id: other}))


def test_a_refund_works_for_a_deleted_card() -> None:
    """It goes by reference to the debit, so the card need not be there."""
    ask = refund(2000)

    assert [ask] == rules.plan_use([ask], facts(live_tokens=frozenset()))


def test_one_id_means_one_ask() -> None:
    """In one batch as in two: the same ask again is a repeat, another ask under its id is refused."""
    ask = Ask(uuid7(), uuid7(), Kind.DEBIT, "card_a", 100, "USD")
    other = replace(ask, amount_minor=101)

    assert [ask, None, errors.AttemptDiffers()] == rules.plan_use([ask, ask, other], facts())


def test_a_void_id_is_never_asked_for() -> None:
    """An id that somebody was told nothing was sent under stays so."""
    ask = Ask(uuid7(), uuid7(), Kind.DEBIT, "card_a", 100, "USD")

    assert [errors.AttemptVoid()] == rules.plan_use([ask], facts(void=frozenset({ask.id})))


def test_never_seen_keeps_its_first_time() -> None:
    """Asked again and again, the time since when the network does not know a credit stays the first."""
    push = replace(DEBIT, kind="push", state="unknown")
    first = rules.moved(push, Heard(push.id, Event.NEVER_SEEN, NOW))
    assert first is not None

    again = rules.moved(first, Heard(push.id, Event.NEVER_SEEN, NOW + timedelta(hours=1)))

    assert again is not None
    assert NOW == again.never_seen_since


def test_waits_grow_and_then_stay() -> None:
    """Each try waits as the list says, and every one after its end as its last entry."""
    assert [1, 10, 60, 60, 60] == [rules.wait_s(tries, (1, 10, 60)) for tries in range(1, 6)]
