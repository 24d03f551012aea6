"""What can go wrong between us and a bank's folder."""

from typing import ClassVar

from tuppence.core import Failure, Kind


class ExchangeAway(Failure):
    """The bank's folder cannot be reached now. Repeat the call: it picks up where it stopped."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "exchange_away"


class HostKeyDiffers(ExchangeAway):
    """Whoever answers at the bank's address is not the bank: its key is not the one we were given. Nothing was sent."""

    code: ClassVar[str] = "host_key_differs"


class ContentDiffers(Failure):
    """A file of this name was sent with another content, or this content under another name. Nothing was sent now."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "content_differs"


class NameRefused(Failure):
    """No name for a file: letters, digits, dot, dash and underscore, not a dot first, at most a hundred."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "name_refused"


class FileTooLarge(Failure):
    """The bank left a file that is larger than any that we expect. It was left where it is."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "file_too_large"
