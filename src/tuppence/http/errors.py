"""What the HTTP room itself refuses, before any other room is asked."""

from typing import ClassVar

from tuppence.core import Failure, Kind


class HttpFailure(Failure):
    """A refusal that only HTTP knows, with a status that no kind has. Nothing was written."""

    status: ClassVar[int] = 400


class MalformedJson(HttpFailure):
    """The body is not one JSON value in UTF-8, repeats a member or nests too deep. Nothing was written."""

    code = "malformed_json"


class UnacceptableValue(Failure):
    """The body is JSON but holds a value that no member of ours takes: `reason` says which sort. Nothing was written.

    Numbers are whole and at most 19 digits long; text is Unicode without NUL.
    """

    code = "unacceptable_value"


class InvalidRequest(Failure):
    """A member is missing, unknown or of the wrong kind; `errors` points at each. Nothing was written."""

    code = "invalid_request"


def exactly_one(*members: str) -> dict[str, str]:
    """What is wrong with a body that has none of these, or several."""
    return {"in": "body", "pointer": "", "code": "exactly_one", "detail": f"Give exactly one of {', '.join(members)}."}


def too_long(member: str, most: int) -> dict[str, str]:
    """What is wrong with a text that has too many characters."""
    detail = f"At most {most} characters."
    return {"in": "body", "pointer": f"/{member}", "code": "string_too_long", "detail": detail}


class BodyTooLarge(Failure):
    """A body holds at most 64 KiB, a batch for the ledger or of usage 6 MiB; see `bytes_max`. Nothing was written."""

    kind = Kind.TOO_LARGE
    code = "body_too_large"


class NotJson(HttpFailure):
    """A body must be sent as application/json. Nothing was written."""

    status = 415
    code = "not_json"


class UnknownVersion(HttpFailure):
    """There is no such version of this API; `known` says which there are. Nothing was written."""

    code = "unknown_version"


class CursorInvalid(Failure):
    """This cursor is not one of this list's. Read from the start."""

    code = "cursor_invalid"


class NotForm(HttpFailure):
    """What OAuth posts is sent as application/x-www-form-urlencoded. Nothing was written."""

    status = 415
    code = "not_form"


class NoSuchPlace(Failure):
    """Nothing is at this address."""

    kind = Kind.NOT_FOUND
    code = "no_such_place"


class MethodNotAllowed(HttpFailure):
    """This address does not answer this method; the Allow header names those it does."""

    status = 405
    code = "method_not_allowed"


class ForeignOrigin(Failure):
    """A page of another site may not write here, and a cookie is believed from our own pages only."""

    kind = Kind.FORBIDDEN
    code = "foreign_origin"


class NotSignedIn(Failure):
    """This needs a session: a cookie of ours, or `Authorization: Bearer` with a session's token."""

    kind = Kind.UNAUTHENTICATED
    code = "not_signed_in"


class ScopeMissing(Failure):
    """This takes the scope that `scope` names: of an API key, or of a person's yes to your app. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "scope_missing"


class BusinessUnnamed(Failure):
    """Whose business this is about must be said: its id in the path or in the header `Tuppence-Business`."""

    code = "business_unnamed"


class NotForApps(Failure):
    """This is for the person themselves: no app may do it for them. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "not_for_apps"


class TooManyRequests(Failure):
    """Too often; Retry-After says in how many seconds this may be tried again. Nothing was written."""

    kind = Kind.TOO_MANY
    code = "too_many_requests"


class NothingStated(Failure):
    """No statement was signed yet; the worker signs one each day, and whenever somebody asks for a proof."""

    kind = Kind.NOT_FOUND
    code = "nothing_stated"


class BanksAway(Failure):
    """The simulated banks do not answer. Nothing was changed; try again."""

    kind = Kind.UNAVAILABLE
    code = "banks_away"


class NoSandbox(Failure):
    """This installation moves real money: there is no sandbox here."""

    kind = Kind.NOT_FOUND
    code = "no_sandbox"


class TestCardUnknown(Failure):
    """There is no such test card; `GET /v1/test/cards` lists them. Nothing was stored."""

    kind = Kind.NOT_FOUND
    code = "test_card_unknown"


class TestCardRefused(Failure):
    """This test card is refused by the form, as it should be; `reason` says why. Nothing was stored."""

    kind = Kind.REFUSED
    code = "test_card_refused"


class NoPasskeys(Failure):
    """This house is found at an address that passkeys cannot be bound to."""

    kind = Kind.NOT_FOUND
    code = "no_passkeys"


class Defect(HttpFailure):
    """Something broke on our side. What you asked for was not done, or repeating it with the same id tells."""

    status = 500
    code = "internal_error"


class BodyTooSlow(HttpFailure):
    """The body did not arrive within ten seconds. Nothing was written."""

    status = 408
    code = "body_too_slow"


class AccountNotFound(Failure):
    """There is no such account in the ledger, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "account_not_found"


class TransferNotFound(Failure):
    """There is no such transfer in the ledger, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "transfer_not_found"
