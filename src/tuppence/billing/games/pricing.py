"""What things cost, whose the money is, and what part of it goes back. Pure, and exact: no float, nothing lost."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from tuppence.billing.games.errors import CurrencyMissing
from tuppence.billing.games.model import Parts, Priced, Product, Rate
from tuppence.core import CURRENCIES

_WHOLE_BASIS_POINTS = 10_000
_PLACES = 8


class Rates:
    """The operator's table: how many units of the house's currency one unit of each other is."""

    def __init__(self, house: str, on: str, per_unit: Sequence[str]) -> None:
        """Lines as in the policy: ``EUR 1.1582``. Raises ValueError for what is none."""
        self._on = date.fromisoformat(on)
        self._texts: Mapping[str, str] = dict(_line(one) for one in per_unit) | {house: "1"}

    def between(self, source: str, target: str) -> Rate:
        """The rate from one currency into another. Raises: CurrencyMissing."""
        if source not in self._texts or target not in self._texts:
            raise CurrencyMissing
        rate = Fraction(self._texts[source]) / Fraction(self._texts[target])
        return Rate(source, target, _decimal(rate), self._on)


def _decimal(rate: Fraction) -> str:
    """To eight places, as it is shown; what is shown is what is used."""
    digits = f"{half_up(rate * 10**_PLACES):0{_PLACES + 1}d}"
    return f"{digits[:-_PLACES]}.{digits[-_PLACES:]}".rstrip("0").rstrip(".")


def _line(text: str) -> tuple[str, str]:
    code, _, rate = text.partition(" ")
    if code not in CURRENCIES or Fraction(rate) <= 0:
        raise ValueError(f"policy.fx.per_unit: {text!r} names no currency and rate")
    return code, rate


def convert(amount_minor: int, rate: Rate) -> int:
    """An amount in another currency, rounded half up; whoever converts back and forth loses at most one unit."""
    source, target = CURRENCIES[rate.source], CURRENCIES[rate.target]
    exact = amount_minor * Fraction(rate.rate) * Fraction(10) ** (target.exponent - source.exponent)
    return half_up(exact)


def half_up(exact: Fraction) -> int:
    """The nearest whole number; a half goes away from nothing."""
    sign = -1 if exact < 0 else 1
    return sign * ((2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator))


def price(
    product: Product,
    *,
    quantity: int,
    currency: str,
    owed_currency: str,
    share_percent: int,
    tax_basis_points: int,
    rates: Rates,
) -> Priced:
    """What so many of a product cost in a currency, with tax, and what the developer gets.

    The price is the catalogue's where it names the currency, else its first one exchanged at the operator's rate.
    Raises: CurrencyMissing.
    """
    assert quantity > 0
    listed = next((one for one in product.prices if one.currency == currency), product.prices[0])
    price_rate = None if listed.currency == currency else rates.between(listed.currency, currency)
    each = convert(listed.amount_minor, price_rate) if price_rate else listed.amount_minor
    net = max(each, 1) * quantity
    dev = net * share_percent // 100
    tax = half_up(Fraction(net * tax_basis_points, _WHOLE_BASIS_POINTS))
    owed_rate = None if owed_currency == currency else rates.between(currency, owed_currency)
    owed = convert(dev, owed_rate) if owed_rate else dev
    if listed.currency == owed_currency != currency:  # the developer's own price: they are owed their share of that
        owed = listed.amount_minor * quantity * share_percent // 100
    return Priced(product, currency, Parts(dev, net - dev, tax), owed, owed_currency, listed, price_rate, owed_rate)


def part_of(left: Parts, amount_minor: int) -> Parts:
    """Whose a refund of so much is, of what is left: in proportion, the remainder where the fraction is largest.

    Refunds that add up to everything take exactly what each had.
    """
    assert 0 < amount_minor <= left.total_minor
    weights = (left.dev_minor, left.house_minor, left.tax_minor)
    shares = [weight * amount_minor // left.total_minor for weight in weights]
    by_fraction = sorted(range(3), key=lambda n: (-(weights[n] * amount_minor % left.total_minor), n))
    for n in by_fraction[: amount_minor - sum(shares)]:
        shares[n] += 1
    return Parts(*shares)


def owed_part(left_owed: int, left: Parts, part: Parts) -> int:
    """The developer's part of a refund in their own currency."""
    return left_owed if part.dev_minor == left.dev_minor else left_owed * part.dev_minor // left.dev_minor
