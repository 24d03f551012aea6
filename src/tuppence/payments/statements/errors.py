"""What statements refuse."""

from tuppence.core import Failure


class PeriodRefused(Failure):
    """A statement covers whole days, the first not after the last, a year at most. `reason` says which it is not."""

    code = "period_refused"


class StatementTooLong(Failure):
    """There are more lines in this period than a document holds. Choose a shorter one, or take it as CSV."""

    code = "statement_too_long"
