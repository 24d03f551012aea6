"""The kinds of value that bodies, paths and queries hold: strict, bounded, and the same everywhere."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MINTED_VERSION = 7
AMOUNT_MOST = 10**12 - 1


def _id(value: Any) -> UUID:
    """Canonical text only: an id that can be spelled in several ways passes for several ids."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("must be a UUID in lower case with hyphens")
    return UUID(value)


def _minted(value: Any) -> UUID:
    """An id that a client makes: time-ordered, so that rows made together lie together."""
    found = _id(value)
    if found.version != _MINTED_VERSION:
        raise ValueError("must be a UUIDv7")
    return found


def _whole(value: Any) -> Any:
    """A number in a query: ASCII digits, nothing that merely looks like one."""
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def _moment(value: Any) -> datetime:
    """RFC 3339 with its offset from UTC; a time that says no zone is no time."""
    if not isinstance(value, str) or not value.isascii():
        raise ValueError("must be an RFC 3339 time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise ValueError("must name its offset from UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, elsewhere
        raise ValueError("must be a time that exists in UTC, too") from None


def _day(value: Any) -> date:
    """A day of a calendar, of this century or the next."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a day, as in 2026-11-25")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day that exists") from None


def _zone(value: str) -> str:
    """A zone that we have the times of."""
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, KeyError):  # no such name, a folder of zones, or a way out of the folder
        raise ValueError("must be a zone of the IANA time zone data base") from None


Id = Annotated[UUID, BeforeValidator(_id)]
MintedId = Annotated[UUID, BeforeValidator(_minted), Field(description="A UUIDv7 of yours, minted once an intention.")]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]+$", max_length=64), AfterValidator(_zone)]
AmountMinor = Annotated[int, Field(ge=1, le=AMOUNT_MOST, description="Whole minor units, for instance cents.")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", min_length=3, max_length=3)]
Seq = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**63 - 1)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=200)]
WaitSeconds = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=25)]


class Body(BaseModel):
    """What a client sends: a member we do not know is a mistake, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What we answer. It documents; the answer itself is rendered from the room's own view, and tests hold them
    against each other.
    """

    model_config = ConfigDict(extra="forbid")


def example(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a client would send it; the tests send every one, whole and spoilt."""
    return {"examples": [body]}
