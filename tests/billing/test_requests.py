"""The log of requests: bounded in time and in number, each business's own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tuppence.billing.businesses import errors, requests
from tuppence.core import uuid7
from tuppence.db import Database

NOW = datetime.now(UTC)


def _asked(business_id: UUID, *, at: datetime = NOW, status: int = 200) -> requests.Asked:
    return requests.Asked(uuid7(), business_id, uuid7(), "GET", "/v1/events", status, None, 3, at)


async def test_what_is_too_old_or_too_much_is_forgotten(database: Database) -> None:
    """The latest stay; those of a week ago go, whoever's they are; another business's number is its own."""
    one, other = uuid7(), uuid7()
    old, *many = [_asked(one, at=NOW - timedelta(days=8)), *(_asked(one) for _ in range(5))]
    async with database.transaction() as tx:
        await requests.note(tx, [old, _asked(other)])
        await requests.note(tx, many, most=3)
        kept, _ = await requests.list_requests(tx, one)
        others, _ = await requests.list_requests(tx, other)

    assert [asked.id for asked in reversed(many[-3:])] == [asked.id for asked in kept]
    assert 1 == len(others)


async def test_it_is_read_page_by_page(database: Database) -> None:
    """The latest first, only those that were refused if so asked, and nobody else's by its id."""
    one = uuid7()
    rows = [_asked(one, status=status) for status in (200, 404, 200, 422)]
    async with database.transaction() as tx:
        await requests.note(tx, rows)
        first, cursor = await requests.list_requests(tx, one, limit=3)
        rest, end = await requests.list_requests(tx, one, limit=3, before=cursor)
        failed, _ = await requests.list_requests(tx, one, failed=True)
        with pytest.raises(errors.RequestNotFound):
            await requests.access_request(tx, uuid7(), rows[0].id)

    assert [row.id for row in reversed(rows)] == [row.id for row in (*first, *rest)]
    assert None is end
    assert [422, 404] == [row.status for row in failed]
