"""What charging refuses. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class ChargeNotFound(Failure):
    """There is no such charge, or it is not yours to see."""

    kind = Kind.NOT_FOUND
    code = "charge_not_found"


class ChargeNotCharged(Failure):
    """Only what was charged can be given back. Nothing was written; see `state`."""

    kind = Kind.CONFLICT
    code = "charge_not_charged"


class NothingLeft(Failure):
    """This is more than what is left of the charge. Nothing was written; see `refundable_minor`."""

    kind = Kind.REFUSED
    code = "nothing_left"


class RefundNotCovered(Failure):
    """The account that this refund is taken from does not hold as much. Nothing was written."""

    kind = Kind.REFUSED
    code = "refund_not_covered"
