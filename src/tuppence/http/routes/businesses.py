"""Businesses: found one, say who acts for it and as what."""

from typing import Annotated

from fastapi import Depends, Path, Response

from tuppence import people
from tuppence.billing import businesses
from tuppence.billing.businesses import BusinessInvalid, BusinessNotFound, LastOwner, RoleMissing
from tuppence.core import CURRENCIES
from tuppence.http.answers import answer, nothing
from tuppence.http.business_schemas import (
    Business,
    BusinessBody,
    Businesses,
    BusinessMember,
    BusinessMembers,
    MemberBody,
)
from tuppence.http.deps import Actor, Signed, TheHouse, businessed
from tuppence.http.fields import Id, MintedId
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.people.errors import IdTaken, PersonNotFound

router = room("businesses", prefix="/v1/businesses")

Member = Annotated[Actor, Depends(businessed(None))]
Handle = Annotated[str, Path(max_length=64)]
_MEMBERS = refuses(BusinessNotFound)


@router.get("", response_model=Businesses)
async def list_businesses(caller: Signed, house: TheHouse) -> Response:
    """The businesses that you act for, and what you are in each."""
    async with house.database.transaction(read_only=True) as tx:
        found = await businesses.access_all(tx, caller.person_id)
    told = {"mode": house.mode, "twin_url": house.twin_url, "currencies": list(CURRENCIES)}
    return answer({"data": [one.wire() for one in found]} | told)


@router.put("/{business_id}", response_model=Business, responses=refuses(BusinessInvalid, IdTaken))
async def create_business(business_id: MintedId, body: BusinessBody, caller: Signed, house: TheHouse) -> Response:
    """Found a business: you are its owner. Its currency and country stay as they are."""
    house.limits.take("business", caller.person_id)
    ask = businesses.NewBusiness(business_id, body.name, body.country, body.currency, body.zone, caller.person_id)
    founded = await house.together(businesses.create, ask)
    return answer(businesses.Membership(founded, "owner").wire())


@router.get("/{business_id}/members", response_model=BusinessMembers, responses=_MEMBERS)
async def list_members(business_id: Id, member: Member, house: TheHouse) -> Response:  # noqa: ARG001 - any may see
    """Who acts for a business, and as what."""
    async with house.database.transaction(read_only=True) as tx:
        found = (await businesses.members(tx, [business_id]))[business_id]
        profiles = await people.profiles(tx, [one.person_id for one in found])
    return answer({"data": [_view(one, profiles[one.person_id]) for one in found]})


@router.put(
    "/{business_id}/members/{handle}",
    response_model=BusinessMember,
    responses=refuses(BusinessNotFound, RoleMissing, LastOwner, PersonNotFound),
)
async def set_member(business_id: Id, handle: Handle, body: MemberBody, caller: Signed, house: TheHouse) -> Response:
    """Give somebody a role, or another one. Owners may."""
    house.limits.take("find_person", caller.person_id)
    ask = businesses.SetMember(business_id, caller.person_id, handle, body.role)
    member = await house.together(businesses.set_member, ask)
    assert member is not None
    async with house.database.transaction(read_only=True) as tx:
        profiles = await people.profiles(tx, [member.person_id])
    return answer(_view(member, profiles[member.person_id]))


@router.delete(
    "/{business_id}/members/{handle}",
    status_code=204,
    responses=refuses(BusinessNotFound, RoleMissing, LastOwner, PersonNotFound),
)
async def remove_member(business_id: Id, handle: Handle, caller: Signed, house: TheHouse) -> Response:
    """Take somebody's role away; owners may, and anybody their own. Keys that they made stay: roll those they know."""
    await house.together(businesses.set_member, businesses.SetMember(business_id, caller.person_id, handle, None))
    return nothing()


def _view(member: businesses.Member, profile: people.Profile) -> dict[str, object]:
    return {"person": profile.wire(), "role": member.role, "since": member.since}
