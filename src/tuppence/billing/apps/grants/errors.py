"""What grants refuse. Nothing was written."""

from tuppence.core import Failure, Kind


class GrantNotFound(Failure):
    """There is no such grant, or it is not yours to see."""

    kind = Kind.NOT_FOUND
    code = "grant_not_found"


class GrantRefused(Failure):
    """A grant needs caps that fit together, an end that lies ahead, and an address of one of the business's apps;
    `reason` says what is wrong. Nothing was written."""

    code = "grant_refused"


class GrantOver(Failure):
    """This grant cannot be used or answered as it stands; `state` says how that is. Nothing was written."""

    kind = Kind.CONFLICT
    code = "grant_over"


class GrantExceeded(Failure):
    """This is more than the person agreed to; see `cap_minor` and `room_minor`. Nothing was written."""

    kind = Kind.REFUSED
    code = "grant_exceeded"
