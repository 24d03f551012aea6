"""ACH files as Nacha defines them: read any, write PPD, WEB, CCD, returns and notifications of change."""

from tuppence.rails.bank.nacha.builder import (
    Batch,
    Changed,
    Company,
    Entry,
    Offset,
    Returned,
    Sender,
    Written,
    build,
    build_changes,
    build_returns,
    corrected_data,
)
from tuppence.rails.bank.nacha.codes import (
    CHANGE_CODES,
    RETURN_CODES,
    AccountKind,
    Direction,
)
from tuppence.rails.bank.nacha.errors import NachaError
from tuppence.rails.bank.nacha.model import Category, Item
from tuppence.rails.bank.nacha.reader import Reader, read, totals, write

__all__ = [
    "CHANGE_CODES",
    "RETURN_CODES",
    "AccountKind",
    "Batch",
    "Category",
    "Changed",
    "Company",
    "Direction",
    "Entry",
    "Item",
    "NachaError",
    "Offset",
    "Reader",
    "Returned",
    "Sender",
    "Written",
    "build",
    "build_changes",
    "build_returns",
    "corrected_data",
    "read",
    "totals",
    "write",
]
