"""What a grant allows: caps, time, one use; by the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.billing.apps.grants import errors, rules
from tuppence.billing.apps.grants.model import Ask, Grant, Take, Used
from tuppence.core import Failure, Policy, uuid7
from tuppence.payments.errors import CurrencyRefused, IdTaken

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ASK = Ask(uuid7(), uuid7(), "on_file", "Corner Chat Plus", "USD", 1_000, 2_500, 30)
LIVE = Grant(
    **{name: getattr(ASK, name) for name in Ask.__slots__},
    state="live",
    person_id=uuid7(),
    card_id=uuid7(),
    asked_at=NOW,
    decided_at=NOW,
    ended_at=None,
)
TAKE = Take(uuid7(), LIVE.id, LIVE.business_id, 1_000, "USD")
NONE = Used(0, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"says": " "}, "says"),
        ({"says": "a\u202eb"}, "says"),
        ({"period_days": None}, "period"),
        ({"per_period_minor": None}, "period"),
        ({"per_period_minor": 999}, "period"),
        ({"kind": "once"}, "period"),
        ({"until": NOW}, "until"),
        ({"return_url": "https://evil.example/x"}, "return_url"),
        ({"return_url": "https://chat.example.evil.example/x"}, "return_url"),
        ({"return_url": "https://[x"}, "return_url"),
    ],
)
def test_an_ask_that_does_not_fit_together_is_refused(change: dict[str, object], reason: str) -> None:
    """Caps agree, the end lies ahead, and people go back to the business's own apps only."""
    with pytest.raises(errors.GrantRefused) as refused:
        rules.check_ask(replace(ASK, **change), NOW, "USD", ["https://chat.example"])  # type: ignore[arg-type]

    assert {"reason": reason} == refused.value.facts
    rules.check_ask(replace(ASK, return_url="https://chat.example/x?y=1"), NOW, "USD", ["https://chat.example"])


@pytest.mark.parametrize(
    ("grant", "used", "expected"),
    [
        (replace(LIVE, state="asked"), NONE, "asked"),
        (replace(LIVE, state="asked", asked_at=NOW - timedelta(days=2)), NONE, "lapsed"),
        (replace(LIVE, state="asked", until=NOW), NONE, "lapsed"),
        (LIVE, Used(99, 7), "live"),
        (replace(LIVE, until=NOW), NONE, "ended"),
        (replace(LIVE, kind="once"), NONE, "live"),
        (replace(LIVE, kind="once"), Used(1, 1), "spent"),
        (replace(LIVE, state="revoked", until=NOW), NONE, "revoked"),
        (replace(LIVE, state="declined"), NONE, "declined"),
    ],
)
def test_a_grant_stands_as_time_and_use_make_it(grant: Grant, used: Used, expected: str) -> None:
    """What is written is the last word that somebody said; time and one use end it by themselves."""
    assert expected == rules.state_at(grant, NOW, used)
    if expected != "live":
        with pytest.raises(errors.GrantOver):
            rules.check_take(grant, TAKE, rules.state_at(grant, NOW, used), used)


@pytest.mark.parametrize(
    ("take", "used", "refusal"),
    [
        (replace(TAKE, business_id=uuid7()), NONE, errors.GrantNotFound),
        (replace(TAKE, currency="EUR"), NONE, CurrencyRefused),
        (replace(TAKE, amount_minor=1_001), NONE, errors.GrantExceeded),
        (TAKE, Used(1_501, 2), errors.GrantExceeded),
    ],
)
def test_nobody_charges_more_than_was_agreed(take: Take, used: Used, refusal: type[Failure]) -> None:
    """Not another business, not in another money, not beyond either cap."""
    with pytest.raises(refusal):
        rules.check_take(LIVE, take, "live", used)
    rules.check_take(LIVE, TAKE, "live", Used(1_500, 2))


@given(st.lists(st.integers(1, 3_000), max_size=30))
def test_whatever_is_asked_for_the_period_is_never_passed(amounts: list[int]) -> None:
    """However a business slices it, what passes adds up to the cap at most, and nothing that fits is refused."""
    minor = 0
    for amount in amounts:
        fits = amount <= LIVE.per_charge_minor and minor + amount <= (LIVE.per_period_minor or 0)
        try:
            rules.check_take(LIVE, replace(TAKE, amount_minor=amount), "live", Used(minor, 1))
        except errors.GrantExceeded:
            assert not fits
            continue
        assert fits
        minor += amount


@given(st.integers(1, 10**9))
def test_a_business_is_owed_something_of_every_charge(amount: int) -> None:
    """The fee is never all of it, and never less than nothing."""
    assert 0 <= rules.fee(amount, Policy.load().apps) < amount


def test_a_repeat_asks_for_the_very_same() -> None:
    """Another cap under the same id is another grant."""
    rules.check_same(ASK, LIVE)
    with pytest.raises(IdTaken):
        rules.check_same(replace(ASK, per_charge_minor=1), LIVE)
