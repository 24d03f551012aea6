"""Statements: what moved of somebody's money in a period, read from the payments' own timelines."""

from tuppence.payments.statements import errors
from tuppence.payments.statements.model import Line, Period, Summary, Totals
from tuppence.payments.statements.queries import access_lines, access_summary
from tuppence.payments.statements.rules import checked

__all__ = ["Line", "Period", "Summary", "Totals", "access_lines", "access_summary", "checked", "errors"]
