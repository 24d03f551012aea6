"""API keys of a business, made and ended by its members: each is seen once, when it is made."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Response

from tuppence.billing.businesses import BusinessNotFound, RoleMissing
from tuppence.http.answers import answer, nothing
from tuppence.http.business_schemas import BusinessKeys, KeyBody, MadeKey, RollBody
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.fields import Id, MintedId
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.people import keys
from tuppence.people.errors import IdTaken, KeyNotFound, NameRefused, ScopeRefused

router = room("keys", prefix="/v1/businesses/{business_id}/keys")

Developer = Annotated[Actor, Depends(businessed(None, "owner", "developer"))]


@router.get("", response_model=BusinessKeys, responses=refuses(BusinessNotFound, RoleMissing))
async def list_keys(business_id: Id, actor: Developer, house: TheHouse) -> Response:  # noqa: ARG001 - any of them may
    """Every key of the business, those that are over too, the newest first. The keys themselves are nowhere."""
    async with house.database.transaction(read_only=True) as tx:
        found = await keys.access_keys(tx, business_id)
    return answer({"data": [one.wire() for one in found], "scopes": keys.BUSINESS_SCOPES})


@router.put(
    "/{key_id}",
    response_model=MadeKey,
    responses=refuses(BusinessNotFound, RoleMissing, IdTaken, NameRefused, ScopeRefused),
)
async def create_key(business_id: Id, key_id: MintedId, body: KeyBody, actor: Developer, house: TheHouse) -> Response:
    """Make a key. It is shown in this answer only: repeated, the request is refused; end the key and make another."""
    assert actor.person_id
    ask = keys.NewKey(
        actor.person_id, body.name, body.scopes, house.mode, body.days, business_id=business_id, id=key_id
    )
    made = await house.together(keys.make, ask)
    return answer({"id": made.id, "key": made.key})


@router.post(
    "/{key_id}/roll",
    response_model=MadeKey,
    responses=refuses(BusinessNotFound, RoleMissing, KeyNotFound, IdTaken),
)
async def roll_key(business_id: Id, key_id: Id, body: RollBody, actor: Developer, house: TheHouse) -> Response:
    """Replace a key by a new one that may do the same; the old one works on for as long as you say."""
    assert actor.person_id
    overlap = timedelta(hours=body.overlap_hours)
    ask = keys.Roll(key_id, business_id, actor.person_id, body.new_id, house.mode, overlap)
    made = await house.together(keys.roll, ask)
    return answer({"id": made.id, "key": made.key})


@router.delete("/{key_id}", status_code=204, responses=refuses(BusinessNotFound, RoleMissing, KeyNotFound))
async def revoke_key(business_id: Id, key_id: Id, actor: Developer, house: TheHouse) -> Response:  # noqa: ARG001
    """End a key at once."""
    await house.together(keys.revoke_own, (business_id, key_id))
    return nothing()
