"""Shamir's secret sharing over GF(256), byte by byte: any `threshold` shares give the secret, fewer give nothing.

Each byte of the secret is a polynomial's value at 0; a share is its value at the share's own index. Pure but for the
random coefficients. Source: A. Shamir, "How to share a secret" (1979); the field is that of FIPS 197, section 4.2.
"""

import secrets
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import xor

_POLYNOMIAL = 0x11B  # x^8 + x^4 + x^3 + x + 1
MOST_SHARES = 255


def split(secret: bytes, *, shares: int, threshold: int) -> dict[int, bytes]:
    """Shares by index, from 1."""
    assert 2 <= threshold <= shares <= MOST_SHARES
    polynomials = [(byte, *secrets.token_bytes(threshold - 1)) for byte in secret]
    return {at: bytes(_value(one, at) for one in polynomials) for at in range(1, shares + 1)}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret, if these are enough; other bytes if they are not, and nothing tells which."""
    weights = {at: _weight(at, shares.keys()) for at in shares}
    length = len(next(iter(shares.values())))
    return bytes(reduce(xor, (times(shares[at][place], weights[at]) for at in shares)) for place in range(length))


def times(one: int, other: int) -> int:
    """The product in the field."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0x100:
            one ^= _POLYNOMIAL
        other >>= 1
    return product


def _value(polynomial: tuple[int, ...], at: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = times(value, at) ^ coefficient
    return value


def _weight(at: int, all_of_them: Iterable[int]) -> int:
    """Lagrange's basis polynomial of one share, at 0."""
    weight = 1
    for other in all_of_them:
        if other != at:
            weight = times(weight, times(other, _inverse(other ^ at)))
    return weight


def _inverse(one: int) -> int:
    """One to the power of 254: the field has 255 elements that are not zero."""
    power = 1
    for _ in range(254):
        power = times(power, one)
    return power
