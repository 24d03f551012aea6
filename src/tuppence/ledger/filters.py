"""What may be asked of the books. An invalid filter finds nothing; zero in a field means: any."""

from typing import NamedTuple
from uuid import UUID

from tuppence.core import Failure, Kind
from tuppence.ledger.model import ID_MAX, TIMESTAMP_MAX, ZERO

LIMIT_MOST = 8189  # Source: TigerBeetle 0.17, how many fit into one of its messages.


class TooMuchData(Failure):
    """More was asked for than one answer holds. Ask for less and go on from the last timestamp."""

    kind = Kind.INVALID
    code = "too_much_data"


class AccountFilterFlags:
    DEBITS = 1
    CREDITS = 2
    REVERSED = 4


class QueryFilterFlags:
    REVERSED = 1


class AccountFilter(NamedTuple):
    """Of one account, what its transfers say. Times are inclusive, nanoseconds; DEBITS, CREDITS or both."""

    account_id: UUID
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    code: int = 0
    timestamp_min: int = 0
    timestamp_max: int = 0
    limit: int = LIMIT_MOST
    flags: int = AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS


class QueryFilter(NamedTuple):
    """Of everything, what has all of this. Times are inclusive, nanoseconds."""

    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    ledger: int = 0
    code: int = 0
    timestamp_min: int = 0
    timestamp_max: int = 0
    limit: int = LIMIT_MOST
    flags: int = 0


def is_valid(given: AccountFilter | QueryFilter) -> bool:
    """Whether a filter can find anything. Raises TooMuchData if it asks for more than one answer holds."""
    if given.limit > LIMIT_MOST:
        raise TooMuchData(limit_most=LIMIT_MOST)
    in_range = max(given.timestamp_min, given.timestamp_max) <= TIMESTAMP_MAX
    in_order = not given.timestamp_max or given.timestamp_min <= given.timestamp_max
    return bool(given.limit) and in_range and in_order and _flags_are_valid(given)


def _flags_are_valid(given: AccountFilter | QueryFilter) -> bool:
    if isinstance(given, QueryFilter):
        return given.flags in (0, QueryFilterFlags.REVERSED)
    sides = given.flags & (AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS)
    return given.account_id not in (ZERO, ID_MAX) and sides > 0 and given.flags < 2 * AccountFilterFlags.REVERSED
