"""Prices, exchange and parts: exact, and nothing lost."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.billing.games import pricing
from tuppence.billing.games.errors import CurrencyMissing
from tuppence.billing.games.model import Parts, Price, Priced, Product, Rate
from tuppence.core import Policy

POLICY = Policy.load()
RATES = pricing.Rates("USD", "2026-11-24", ("EUR 1.25", "JPY 0.0064"))
GEMS = Product("gems", "100 gems", "", None, (Price("EUR", 499), Price("USD", 549)))
EUROS_ONLY = Product("hat", "Hat", "", None, (Price("EUR", 400),))

PARTS = st.builds(Parts, *(st.integers(0, 10**9) for _ in range(3))).filter(lambda one: one.total_minor > 0)


def _price(product: Product, *, owed: str = "USD", quantity: int = 1) -> Priced:
    return pricing.price(
        product,
        quantity=quantity,
        currency="USD",
        owed_currency=owed,
        share_percent=70,
        tax_basis_points=600,
        rates=RATES,
    )


def test_a_listed_price_is_taken_as_it_is() -> None:
    """Where the catalogue names the buyer's currency nothing is exchanged; tax comes on top, rounded half up."""
    priced = _price(GEMS, quantity=2)

    assert Parts(768, 330, 66) == priced.parts
    assert (768, None, None) == (priced.owed_minor, priced.price_rate, priced.owed_rate)


def test_a_missing_currency_is_exchanged_at_a_dated_rate() -> None:
    """The first listed price, at the operator's rate, whose day goes with it."""
    priced = _price(EUROS_ONLY)

    assert Parts(350, 150, 30) == priced.parts
    assert Rate("EUR", "USD", "1.25", date(2026, 11, 24)) == priced.price_rate


def test_a_developer_of_another_currency_is_owed_their_share_of_their_own_price() -> None:
    """What they listed is what their share is of, whatever the exchange did to what the buyer paid."""
    priced = _price(EUROS_ONLY, owed="EUR")

    assert ("EUR", 280) == (priced.owed_currency, priced.owed_minor)
    assert Rate("USD", "EUR", "0.8", date(2026, 11, 24)) == priced.owed_rate


def test_no_rate_is_no_price() -> None:
    """A currency that the operator has no rate for is refused, not guessed."""
    with pytest.raises(CurrencyMissing):
        _price(Product("x", "x", "", None, (Price("BHD", 5),)))


def test_the_operators_table_must_hold() -> None:
    """A line that names no currency, or no positive rate, stops the house at its start."""
    for line in ("ZZZ 1", "EUR 0", "EUR -1", "EUR"):
        with pytest.raises(ValueError, match=r"fx|Fraction"):
            pricing.Rates("USD", "2026-11-24", (line,))
    assert pricing.Rates("USD", POLICY.fx.on, POLICY.fx.per_unit).between("USD", "USD").rate == "1"


@given(amount=st.integers(0, 10**12), source=st.sampled_from(["USD", "EUR", "JPY"]))
def test_there_and_back_loses_no_more_than_rounding(amount: int, source: str) -> None:
    """An exchange is exact to half a minor unit of what it gives."""
    rate = RATES.between(source, "EUR")
    exponents = {"USD": 2, "EUR": 2, "JPY": 0}
    exact = amount * Fraction(rate.rate) * Fraction(10) ** (2 - exponents[source])

    assert abs(pricing.convert(amount, rate) - exact) <= Fraction(1, 2)


@given(parts=PARTS, cuts=st.lists(st.integers(1, 10**9), max_size=8))
def test_refunds_take_from_each_what_it_had_and_no_more(parts: Parts, cuts: list[int]) -> None:
    """However a purchase goes back in pieces, no part goes below nothing, and together they are everything."""
    left, owed = parts, parts.dev_minor
    for cut in [*cuts, parts.total_minor]:
        amount = min(cut, left.total_minor)
        if amount == 0:
            break
        part = pricing.part_of(left, amount)
        assert amount == part.total_minor
        owed -= pricing.owed_part(owed, left, part)
        left -= part
        assert min(left.dev_minor, left.house_minor, left.tax_minor, owed) >= 0

    assert Parts(0, 0, 0) == left
    assert 0 == owed


@given(parts=PARTS, data=st.data())
def test_a_refund_is_in_proportion_to_a_minor_unit(parts: Parts, data: st.DataObject) -> None:
    """Nobody bears more than a minor unit above, or below, what is their part of it."""
    amount = data.draw(st.integers(1, parts.total_minor))
    part = pricing.part_of(parts, amount)

    for name in ("dev_minor", "house_minor", "tax_minor"):
        assert abs(getattr(part, name) - Fraction(getattr(parts, name) * amount, parts.total_minor)) < 1
