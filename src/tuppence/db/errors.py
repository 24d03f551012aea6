"""What a database can do to a request, as failures; and what stops an installation, as errors for whoever runs it."""

from tuppence.core import Failure, Kind


class OutcomeUnknown(Failure):
    """We lost the database's answer, so this may or may not have been written. Repeat it with the same id."""

    kind = Kind.UNAVAILABLE
    code = "outcome_unknown"


class DatabaseAway(Failure):
    """The database does not answer. Nothing was written; try again in a moment."""

    kind = Kind.UNAVAILABLE
    code = "database_away"


class Overloaded(Failure):
    """Too many requests are waiting. Nothing was written; try again in a moment."""

    kind = Kind.UNAVAILABLE
    code = "overloaded"


class Outdated(Exception):
    """What somebody decided on is no longer so. Nothing was written; look again."""


class MigrationChanged(Exception):
    """A migration that was already applied reads differently now."""


class OtherMajorVersion(Exception):
    """The data folder was written by another major version of PostgreSQL."""


class ServerWontStart(Exception):
    """The embedded PostgreSQL does not start; the message is what it said."""


class NotEmpty(Exception):
    """A backup is restored into an empty database only."""
