"""What an account number and a bank's code say of themselves."""

import re
from types import MappingProxyType

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")

# fmt: off
# How long an IBAN is, for the countries and territories of SEPA. Source: SWIFT, IBAN registry.
_LENGTHS = MappingProxyType(
    {
        "AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
        "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21,
        "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24,
        "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24,
        "SI": 19, "SK": 24, "SM": 27, "VA": 22,
    }
)
# fmt: on


def iban_holds(text: str) -> bool:
    """Whether this is the IBAN of a SEPA country, without blanks: its length, and its check digits.

    Source: ISO 13616, check digits by ISO/IEC 7064, modulus 97-10.
    """
    if _IBAN.fullmatch(text) is None or len(text) != _LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(one, 36)) for one in text[4:] + text[:4])) % 97 == 1


def bic_holds(text: str) -> bool:
    """Whether this has the form of a BIC: eight characters or eleven. Source: ISO 9362."""
    return _BIC.fullmatch(text) is not None
