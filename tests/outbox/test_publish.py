"""Events for programs: appended, numbered without a gap, never changed."""

import asyncio
from uuid import UUID

import psycopg
import pytest

from tuppence.core import uuid7
from tuppence.db import Database, Statement
from tuppence.outbox.hooks import Happened, publish

LINE = Statement("line", "SELECT seq, type FROM outbox.event WHERE business_id = %(id)s ORDER BY seq")


def _charged(business_id: UUID) -> Happened:
    return Happened(business_id, "charge.succeeded", uuid7(), {"amount_minor": 500, "currency": "USD"})


async def test_each_business_has_a_line_without_gaps(database: Database) -> None:
    """Numbers rise by one a business, whoever publishes at once; what is rolled back leaves no hole."""
    one, other = uuid7(), uuid7()

    async def publish_both() -> None:
        async with database.transaction() as tx:
            await publish(tx, [_charged(one), _charged(other), _charged(one)])

    await asyncio.gather(*(publish_both() for _ in range(5)))
    with pytest.raises(ZeroDivisionError):
        await _publish_and_fail(database, one)
    await publish_both()
    async with database.transaction() as tx:
        lines = [await tx.rows(LINE, id=business) for business in (one, other)]

    assert [list(range(1, 13)), list(range(1, 7))] == [[seq for seq, _ in line] for line in lines]


async def _publish_and_fail(database: Database, business_id: UUID) -> None:
    async with database.transaction() as tx:
        await publish(tx, [_charged(business_id)])
        raise ZeroDivisionError


async def test_a_type_that_nobody_described_is_a_defect(database: Database) -> None:
    """What the reference does not print is not published."""
    with pytest.raises(AssertionError, match=r"charge\.misspelt"):
        async with database.transaction() as tx:
            await publish(tx, [Happened(uuid7(), "charge.misspelt", uuid7(), {})])


@pytest.mark.parametrize("verb", ["UPDATE outbox.event SET type = 'a.b'", "DELETE FROM outbox.event"])
async def test_what_happened_stays(database: Database, verb: str) -> None:
    """The app's role can neither change nor take away an event."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction() as tx:
            await tx.execute(Statement("rewrite", verb))
