"""The verbs of businesses: found one, change who acts for it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from tuppence import outbox, people
from tuppence.billing.businesses import rules
from tuppence.billing.businesses.errors import BusinessNotFound
from tuppence.billing.businesses.model import Business, Member, NewBusiness, Role, SetMember
from tuppence.billing.businesses.queries import SQL, businesses, founders, members
from tuppence.core import Failure
from tuppence.db import Tx, columns
from tuppence.people.errors import IdTaken


async def create(tx: Tx, asks: Sequence[NewBusiness]) -> list[Business | Failure]:
    """Found businesses; who asks is the owner. Order in, order out; a repeat answers what is there.

    Refuses: BusinessInvalid, IdTaken.
    """
    ids = [ask.id for ask in asks]
    known, by = await businesses(tx, ids), await founders(tx, ids)
    plans = [_planned(ask, known.get(ask.id), by.get(ask.id)) for ask in asks]
    new = [plan for plan in plans if isinstance(plan, NewBusiness)]
    if new:
        rows = columns(new, "id", "name", "country", "currency", "zone", "by")
        if await tx.execute(SQL.insert_businesses, since=await outbox.now(tx), **rows) < len(new):
            raise IdTaken  # by somebody else, this very moment; alone, the guilty one is told so
    there = await businesses(tx, ids)
    return [plan if isinstance(plan, Failure) else there[ask.id] for ask, plan in zip(asks, plans, strict=True)]


def _planned(ask: NewBusiness, known: Business | None, founder: UUID | None) -> NewBusiness | Failure | None:
    try:
        return rules.plan_business(ask, known, founder)
    except Failure as failure:
        return failure


async def set_member(tx: Tx, asks: Sequence[SetMember]) -> list[Member | Failure | None]:
    """Give people roles, or take them away. Order in, order out: the member as they are now, None when they are none.

    Refuses: BusinessNotFound, RoleMissing, LastOwner, PersonNotFound.
    Locks: the members of the businesses, in id order.
    """
    await tx.execute(SQL.lock_members, business_ids=sorted({ask.business_id for ask in asks}))
    roles: dict[UUID, dict[UUID, Role]] = defaultdict(dict)
    for business_id, some in (await members(tx, [ask.business_id for ask in asks])).items():
        roles[business_id] = {one.person_id: one.role for one in some}
    decided = [await _decide(tx, ask, roles[ask.business_id]) for ask in asks]
    now = await members(tx, [ask.business_id for ask in asks])
    return [
        one if isinstance(one, Failure) else next((m for m in now[ask.business_id] if m.person_id == one), None)
        for ask, one in zip(asks, decided, strict=True)
    ]


async def _decide(tx: Tx, ask: SetMember, roles: dict[UUID, Role]) -> UUID | Failure:
    """Write one change if it may be; whose it was. A batch of these is small, so each is a statement."""
    if ask.by not in roles:
        return BusinessNotFound()  # before anything is told of the other
    try:
        person_id = (await people.find_by_handle(tx, ask.by, ask.handle)).person.id
    except Failure as failure:
        return failure
    if refused := rules.refuse_member(ask, person_id, roles):
        return refused
    if ask.role is None:
        roles.pop(person_id, None)
        await tx.execute(SQL.delete_member, business_id=ask.business_id, person_id=person_id)
    else:
        roles[person_id] = ask.role
        since = await outbox.now(tx)
        await tx.execute(SQL.write_member, business_id=ask.business_id, person_id=person_id, role=ask.role, since=since)
    return person_id
