"""What hooks refuse. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class EndpointNotFound(Failure):
    """There is no such endpoint, or it is another business's."""

    kind = Kind.NOT_FOUND
    code = "endpoint_not_found"


class EventNotFound(Failure):
    """There is no such event, it is another business's, or it was not for this endpoint."""

    kind = Kind.NOT_FOUND
    code = "event_not_found"


class EndpointIdTaken(Failure):
    """This id was used before, for something else. Make a new one; nothing was written."""

    kind = Kind.CONFLICT
    code = "id_taken"


class UrlRefused(Failure):
    """An endpoint is found at a public https address without name or password; `reason` says what is wrong. Nothing was
    written."""

    code = "url_refused"


class TypeRefused(Failure):
    """There is no such type of event: `GET /v1/event-types` lists them. Nothing was written."""

    code = "type_refused"


class EventTooLarge(Failure):
    """What an event carries is at most `bytes_max` as JSON. Nothing was written."""

    code = "event_too_large"


class TooManyEndpoints(Failure):
    """A business has at most `most` endpoints. Remove one; nothing was written."""

    kind = Kind.CONFLICT
    code = "too_many_endpoints"
