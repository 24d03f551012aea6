"""What paying out refuses. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class PayoutNotFound(Failure):
    """There is no such payout, or it is not yours to see."""

    kind = Kind.NOT_FOUND
    code = "payout_not_found"


class PayoutMovedOn(Failure):
    """The payout is not in a state where this is possible any more. Nothing was changed; see `state`."""

    kind = Kind.CONFLICT
    code = "payout_moved_on"


class OtherBankNeeded(Failure):
    """The payee's bank sent this back: it takes another bank account. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "other_bank_needed"
