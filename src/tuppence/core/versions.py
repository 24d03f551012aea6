"""The dates by which versions of the API go. What differs between them is known where they are spoken."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """One version; when a newer one took its place, and when it stops being answered, if that is decided."""

    name: str
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None


API_VERSIONS = (
    ApiVersion("2026-11-01", datetime(2026, 11, 26, tzinfo=UTC), datetime(2027, 11, 26, tzinfo=UTC)),
    ApiVersion("2026-11-26"),
)
NEWEST_VERSION = API_VERSIONS[-1].name
