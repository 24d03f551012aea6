"""Standard entry classes: what each allows. Read: all in use. Written: PPD, WEB, CCD and COR.

Source: Nacha Operating Rules, appendix 3, part 3.1 (descriptions of the classes) and article two (their limits).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tuppence.rails.bank.nacha.codes import Direction, Purpose
from tuppence.rails.bank.nacha.spec import CORPORATE_ENTRY, ENTRY, IAT_ENTRY, RecordSpec

_BOTH = frozenset(Direction)
_CREDITS = frozenset({Direction.CREDIT})
_DEBITS = frozenset({Direction.DEBIT})
_MONEY = frozenset({Purpose.LIVE, Purpose.PRENOTE})
_ANY = frozenset({Purpose.LIVE, Purpose.PRENOTE, Purpose.ZERO_DOLLAR})
_ZERO = frozenset({Purpose.ZERO_DOLLAR})
_PRENOTE = frozenset({Purpose.PRENOTE})


@dataclass(frozen=True, slots=True)
class EntryClass:
    """What entries of a class may be, on their way out."""

    directions: frozenset[Direction] = _BOTH
    purposes: frozenset[Purpose] = _MONEY
    addenda: str = "05"  # the type of its addenda, where it may have any
    fewest: int = 0
    most: int = 1
    amount_most: int | None = None  # minor units
    entry: RecordSpec = ENTRY


ENTRY_CLASSES: Mapping[str, EntryClass] = MappingProxyType(
    {
        "ACK": EntryClass(_CREDITS, _ZERO),
        "ADV": EntryClass(most=0),
        "ARC": EntryClass(_DEBITS, most=0, amount_most=25_000_00),
        "ATX": EntryClass(_CREDITS, _ZERO, most=9999, entry=CORPORATE_ENTRY),
        "BOC": EntryClass(_DEBITS, most=0, amount_most=25_000_00),
        "CCD": EntryClass(purposes=_ANY),
        "CIE": EntryClass(_CREDITS),
        "COR": EntryClass(most=0),
        "CTX": EntryClass(purposes=_ANY, most=9999, entry=CORPORATE_ENTRY),
        "DNE": EntryClass(_CREDITS, _PRENOTE, fewest=1),
        "ENR": EntryClass(purposes=_PRENOTE, fewest=1, most=9999),
        "IAT": EntryClass(purposes=_ANY, entry=IAT_ENTRY),
        "MTE": EntryClass(purposes=frozenset({Purpose.LIVE}), addenda="02", fewest=1),
        "POP": EntryClass(_DEBITS, most=0, amount_most=25_000_00),
        "POS": EntryClass(addenda="02", fewest=1),
        "PPD": EntryClass(),
        "RCK": EntryClass(_DEBITS, frozenset({Purpose.LIVE}), most=0, amount_most=2_500_00),
        "SHR": EntryClass(addenda="02", fewest=1),
        "TEL": EntryClass(_DEBITS, most=0),
        "TRC": EntryClass(_DEBITS, most=0),
        "TRX": EntryClass(_DEBITS, most=9999, entry=CORPORATE_ENTRY),
        "WEB": EntryClass(),
        "XCK": EntryClass(_DEBITS, most=0, amount_most=2_500_00),
    }
)

# Which directions a batch's service class allows; None: what only the ACH operator sends.
SERVICE_CLASSES: Mapping[int, frozenset[Direction] | None] = MappingProxyType(
    {200: _BOTH, 220: _CREDITS, 225: _DEBITS, 280: None}
)
ADVICES = 280


def service_class(directions: frozenset[Direction]) -> int:
    """The narrowest service class that allows these directions."""
    return {_CREDITS: 220, _DEBITS: 225}.get(directions, 200)
