"""What businesses refuse. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class BusinessNotFound(Failure):
    """There is no such business, or you are not one of its members."""

    kind = Kind.NOT_FOUND
    code = "business_not_found"


class RoleMissing(Failure):
    """Your role in this business does not allow it; `roles` says which do. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "role_missing"


class BusinessInvalid(Failure):
    """A business has a name, a country and a currency that we know; `reason` says which is wrong. Nothing was
    written."""

    code = "business_invalid"


class LastOwner(Failure):
    """A business has at least one owner: make somebody else one first. Nothing was written."""

    kind = Kind.CONFLICT
    code = "last_owner"


class RequestNotFound(Failure):
    """No request of yours with this id was kept: they are kept for seven days, the latest ten thousand."""

    kind = Kind.NOT_FOUND
    code = "request_not_found"
