"""The words of documents. A screen's words are the browser's; a document is made here, so here it gets its own."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib.resources import files
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from tuppence.core.money import CURRENCIES

LANGUAGES = ("en", "fr")
# Classes of characters that change the direction of what stands beside them. Source: Unicode, UAX #9, table 4.
_TURNS = frozenset({"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Every word by its key, then by language: what documents say, and what states are called."""
    here = files(__package__)
    said: dict[str, dict[str, str]] = json.loads(here.joinpath("words.json").read_text())
    said |= json.loads(here.joinpath("ads_words.json").read_text())
    states: dict[str, dict[str, str]] = json.loads(here.joinpath("states.json").read_text())
    return said | {f"state_{state}": words for state, words in states.items()}


@dataclass(frozen=True)
class Words:
    """One reader's language, and the zone that their days are in."""

    locale: str
    zone: ZoneInfo

    @property
    def language(self) -> str:
        """English for whoever reads neither."""
        return "fr" if self.locale.lower().startswith("fr") else "en"

    @cached_property
    def _region(self) -> Locale:
        """How numbers and dates are written: the reader's own region where it goes with the words."""
        try:
            region = Locale.parse(self.locale, sep="-")
        except (ValueError, UnknownLocaleError):
            return Locale.parse(self.language)
        return region if region.language == self.language else Locale.parse(self.language)

    def say(self, key: str, /, **values: str) -> str:
        """A sentence; a name that is put into it cannot turn it round."""
        template = catalogue()[key][self.language]
        return template.format(**{name: isolated(value) for name, value in values.items()})

    def money(self, minor: int, currency: str) -> str:
        """Exact: from whole minor units to decimal digits, as many as the currency has."""
        text = str(format_currency(exact(minor, currency), currency, locale=self._region, currency_digits=True))
        # A currency that has no sign is told by its code, and letters do not touch digits. Source: CLDR, spacing.
        return text.replace(currency, f"{currency}\u00a0", 1) if text.startswith(currency) else text

    def day(self, at: date) -> str:
        return str(format_date(at, format="long", locale=self._region))

    def time(self, at: datetime) -> str:
        """To the second, in the reader's zone, which is named."""
        return str(format_datetime(at, format="medium", tzinfo=self.zone, locale=self._region))

    def day_of(self, at: datetime) -> str:
        return self.day(at.astimezone(self.zone).date())


def isolated(text: str) -> str:
    """Text that keeps its own direction inside a sentence (U+2068 … U+2069).

    Only where it has one: what copies a PDF's text finds these marks in it, and amounts should copy without.
    """
    turns = any(bidirectional(one) in _TURNS for one in text)
    return f"\u2068{text}\u2069" if turns else text


def exact(minor: int, currency: str) -> Decimal:
    """Minor units as a decimal number with the currency's own number of places."""
    return Decimal(minor).scaleb(-CURRENCIES[currency].exponent)


def plain(minor: int, currency: str) -> str:
    """For programs: ``20.00``, a point and no sign of the currency."""
    return f"{exact(minor, currency):f}"


def utc(at: datetime) -> str:
    """The same in every language."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
