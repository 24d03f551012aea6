"""Reading businesses. `access` is the only way to somebody's business."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.billing.businesses.errors import BusinessNotFound, RoleMissing
from tuppence.billing.businesses.model import Business, Member, Membership, Role
from tuppence.db import Statements, Tx

SQL = Statements(__package__)


async def access(tx: Tx, person_id: UUID, business_id: UUID, *roles: Role) -> Business:
    """A business, for one of its members who has one of these roles; no roles: any member.

    Raises: BusinessNotFound, RoleMissing.
    """
    found = await tx.fetch_one(SQL.membership, _Mine, person_id=person_id, business_id=business_id)
    if found is None:
        raise BusinessNotFound
    if roles and found.role not in roles:
        raise RoleMissing(roles=list(roles))
    return found.membership.business


async def access_all(tx: Tx, person_id: UUID) -> list[Membership]:
    """Every business that somebody acts for, and as what; by name."""
    return [row.membership for row in await tx.fetch(SQL.memberships, _Mine, person_id=person_id)]


async def businesses(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Business]:
    """Businesses by id, for rooms that act for them."""
    return {one.id: one for one in await tx.fetch(SQL.businesses, Business, ids=list(ids))}


async def founders(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who founded each."""
    return {row[0]: row[1] for row in await tx.rows(SQL.founders, ids=list(ids))}


async def members(tx: Tx, business_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """Who acts for each business, the longest there first."""
    found: dict[UUID, list[Member]] = defaultdict(list)
    for row in await tx.fetch(SQL.members, _Row, business_ids=list(business_ids)):
        found[row.business_id].append(Member(row.person_id, row.role, row.since))
    return found


@dataclass(slots=True)
class _Row:
    business_id: UUID
    person_id: UUID
    role: Role
    since: datetime


@dataclass(slots=True)
class _Mine:
    id: UUID
    name: str
    country: str
    currency: str
    zone: str
    created_at: datetime
    role: Role

    @property
    def membership(self) -> Membership:
        business = Business(self.id, self.name, self.country, self.currency, self.zone, self.created_at)
        return Membership(business, self.role)
