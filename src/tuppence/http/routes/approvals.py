"""Grants from the person's side: see what a business asks, say yes with a proof, say no, take it back."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Response

from tuppence import people
from tuppence.billing import businesses
from tuppence.billing.apps import grants
from tuppence.billing.apps.grants import errors
from tuppence.billing.apps.grants.model import Grant, State
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.deps import Caller, Signed, TheHouse
from tuppence.http.errors import InvalidRequest, NoPasskeys, exactly_one
from tuppence.http.fields import Id
from tuppence.http.grant_schemas import ApproveBody, ShownGrant, ShownGrants
from tuppence.http.house import House, party_of
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import PasskeyOptions
from tuppence.payments.errors import CardNotFound, CardUnusable

router = room("approvals")


@router.get("/approvals", response_model=ShownGrants)
async def list_approvals(caller: Signed, house: TheHouse) -> Response:
    """What you let businesses charge, and can take back."""
    async with house.database.transaction(read_only=True) as tx:
        found = await grants.access_own(tx, caller.person_id)
        return answer({"data": [await _view(tx, grant, state) for grant, state in found]})


@router.get("/approvals/{grant_id}", response_model=ShownGrant, responses=refuses(errors.GrantNotFound))
async def read_approval(grant_id: Id, caller: Signed, house: TheHouse) -> Response:
    """What a business asks to be allowed to charge: yours to answer if its link was sent to you."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await _view(tx, *await grants.access_asked(tx, caller.person_id, grant_id)))


@router.post(
    "/approvals/{grant_id}/options",
    response_model=PasskeyOptions,
    responses=refuses(errors.GrantNotFound, NoPasskeys),
)
async def begin_approval(grant_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Begin to approve with a passkey: what it signs is this grant, its business and its caps."""
    house.limits.take("prove", caller.person_id)
    party, proof = party_of(house), await _proof(grant_id, caller, house)
    async with house.database.transaction() as tx:
        return answer({"options": await people.passkeys.step_up_options(tx, party, proof)})


@router.post(
    "/approvals/{grant_id}/approve",
    response_model=ShownGrant,
    responses=refuses(
        errors.GrantNotFound,
        errors.GrantOver,
        CardNotFound,
        CardUnusable,
        NoPasskeys,
        people.errors.NoPin,
        people.errors.PinWrong,
        people.errors.PinLocked,
        people.errors.PasskeyRefused,
    ),
)
async def approve(grant_id: Id, body: ApproveBody, caller: Signed, house: TheHouse) -> Response:
    """Let the business charge this card, within what the grant says. It takes your PIN or a passkey."""
    house.limits.take("prove", caller.person_id)
    if (body.pin is None) == (body.passkey is None):
        raise InvalidRequest(errors=[exactly_one("pin", "passkey")])
    proof = await _proof(grant_id, caller, house)
    if body.pin is not None:
        await house.entrance.prove(proof, body.pin)
    else:
        party = party_of(house)
        async with house.database.transaction() as tx:
            await people.passkeys.prove(tx, party, proof, body.passkey or {})
    async with house.database.transaction() as tx:
        await grants.approve(tx, caller.person_id, grant_id, body.card_id)
        view = await _view(tx, *await grants.access_asked(tx, caller.person_id, grant_id))
    return answer(view)


@router.delete(
    "/approvals/{grant_id}",
    response_model=ShownGrant,
    responses=refuses(errors.GrantNotFound, errors.GrantOver),
)
async def decline(grant_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Say no; or take your yes back: the business can charge nothing more."""
    async with house.database.transaction() as tx:
        await grants.decline(tx, caller.person_id, grant_id)
        view = await _view(tx, *await grants.access_asked(tx, caller.person_id, grant_id))
    return answer(view)


async def _proof(grant_id: Id, caller: Caller, house: House) -> people.Proof:
    """What is proven: this person, in this session, for this grant as it is written."""
    async with house.database.transaction(read_only=True) as tx:
        grant, _ = await grants.access_asked(tx, caller.person_id, grant_id)
    digest = people.digest_of({name: str(fact) for name, fact in grant.facts().items()})
    return people.Proof(caller.person_id, caller.session.id, grant_id, digest)


async def _view(tx: Tx, grant: Grant, state: State) -> dict[str, Any]:
    """`return_to` once it is answered: where the business waits, with what was said."""
    wire = grant.wire(state)
    business = (await businesses.businesses(tx, [grant.business_id]))[grant.business_id].name
    back = None
    if grant.return_url and state != "asked":
        told = urlencode({"grant_id": str(grant.id), "state": state})
        back = f"{grant.return_url}{'&' if '?' in grant.return_url else '?'}{told}"
    hidden = ("business_id", "asked_at", "ended_at", "return_url")
    shown = {name: value for name, value in wire.items() if name not in hidden}
    return shown | {"business": business, "return_to": back}
