"""Reading grants. `access_…` is the only way to a business's, or to a person's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tuppence import outbox
from tuppence.billing.apps.grants import rules
from tuppence.billing.apps.grants.errors import GrantNotFound
from tuppence.billing.apps.grants.model import Grant, State, Used
from tuppence.db import Statements, Tx

SQL = Statements(__package__)


async def find_grant(tx: Tx, grant_id: UUID) -> Grant | None:
    return await tx.fetch_one(SQL.grants, Grant, ids=[grant_id])


async def access_asked(tx: Tx, person_id: UUID, grant_id: UUID) -> tuple[Grant, State]:
    """A grant as whoever opens its link may see it; one that is answered, whoever answered it only.

    Raises: GrantNotFound.
    """
    grant = await find_grant(tx, grant_id)
    if grant is None or (grant.state != "asked" and grant.person_id != person_id):
        raise GrantNotFound
    return grant, await standing(tx, grant)


async def access_grant(tx: Tx, business_id: UUID, grant_id: UUID) -> tuple[Grant, State]:
    """A grant of this business. Raises: GrantNotFound."""
    grant = await find_grant(tx, grant_id)
    if grant is None or grant.business_id != business_id:
        raise GrantNotFound
    return grant, await standing(tx, grant)


async def list_grants(tx: Tx, business_id: UUID, *, before: UUID | None, limit: int) -> Sequence[tuple[Grant, State]]:
    """A business's grants, the latest first."""
    rows = await tx.fetch(SQL.grants_of_business, Grant, business_id=business_id, before=before, limit=limit)
    return [(row, await standing(tx, row)) for row in rows]


async def access_own(tx: Tx, person_id: UUID) -> Sequence[tuple[Grant, State]]:
    """What somebody lets businesses charge, and can still take back; the latest first."""
    rows = await tx.fetch(SQL.grants_of_person, Grant, person_id=person_id)
    told = [(row, await standing(tx, row)) for row in rows]
    return [(row, state) for row, state in told if state == "live"]


async def standing(tx: Tx, grant: Grant, at: datetime | None = None) -> State:
    """How a grant stands at a business time, or now."""
    return rules.state_at(grant, at or await outbox.now(tx), await used(tx, grant.id, None))


async def used(tx: Tx, grant_id: UUID, since: datetime | None) -> Used:
    """What was charged under a grant, or is being charged, since then."""
    found = await tx.fetch_one(SQL.used, Used, grant_id=grant_id, since=since)
    assert found is not None
    return found


async def used_in_period(tx: Tx, grant: Grant, now: datetime) -> Used:
    """What counts against the cap of its period: the days up to now, with no midnight in between."""
    since = None if grant.period_days is None else now - timedelta(days=grant.period_days)
    return await used(tx, grant.id, since)
