"""Documents that people take away: statements and receipts, as PDF and CSV, in their language."""

from tuppence.http.documents import table
from tuppence.http.documents.press import Press, PressBusy
from tuppence.http.documents.receipts import receipt
from tuppence.http.documents.statements import LINES_MOST, statement
from tuppence.http.documents.words import Words

__all__ = ["LINES_MOST", "Press", "PressBusy", "Words", "receipt", "statement", "table"]
