"""What asking for a proof can be told."""

from tuppence.core import Failure, Kind


class NothingBooked(Failure):
    """No money has moved for this yet, so there is nothing in the books to prove."""

    kind = Kind.CONFLICT
    code = "nothing_booked"


class NotSealedYet(Failure):
    """The newest step of this is not in a signed statement yet. Ask again in `retry_after_seconds`."""

    kind = Kind.CONFLICT
    code = "not_sealed_yet"
