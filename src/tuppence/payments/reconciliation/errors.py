"""What operators are refused. Nothing was changed."""

from tuppence.core import Failure, Kind


class BreakNotFound(Failure):
    """There is no such break."""

    kind = Kind.NOT_FOUND
    code = "break_not_found"


class BreakEnded(Failure):
    """This break has ended already. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "break_ended"


class BreakHasAmount(Failure):
    """This break leaves money in a clearing account: only a line of a later file, or a write-off, takes it out."""

    kind = Kind.CONFLICT
    code = "break_has_amount"
