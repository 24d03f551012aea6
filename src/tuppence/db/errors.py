"""What a database can do to a request, as failures."""

from tuppence.core import Failure, Kind


class OutcomeUnknown(Failure):
    """We lost the database's answer, so this may or may not have been written. Repeat it with the same id."""

    kind = Kind.UNAVAILABLE
    code = "outcome_unknown"


class Overloaded(Failure):
    """Too many requests are waiting. Nothing was written; try again in a moment."""

    kind = Kind.UNAVAILABLE
    code = "overloaded"


class MigrationChanged(Exception):
    """A migration that was already applied reads differently now."""


class OtherMajorVersion(Exception):
    """The data folder was written by another major version of PostgreSQL."""
