"""Payouts of a business: what is on its way, who agreed, and what stopped it. By a member, or a key that reads."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from tuppence import outbox
from tuppence.core import Failure
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.business_doors import in_person
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.payout_schemas import Payout, PayoutHoldBody, PayoutReleaseBody, Payouts
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments import payouts
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.errors import BankAccountNotFound
from tuppence.payments.payouts import Approve, Hold, PaidOut, Release
from tuppence.payments.payouts.errors import OtherBankNeeded, PayoutMovedOn, PayoutNotFound

router = room("payouts")

Reads = Annotated[Actor, Depends(businessed("charges:read"))]
Pays = Annotated[Actor, Depends(businessed(None, "owner", "finance"))]  # people only: a key agrees to nothing


@router.get("/payouts", response_model=Payouts, responses=refuses(CursorInvalid), openapi_extra=FOR_BUSINESS)
async def list_business_payouts(actor: Reads, house: TheHouse, limit: Count = 50, cursor: Cursor = None) -> Response:
    """Your business's payouts, the latest first."""
    after = house.cursors.read("payouts", cursor, str)
    async with house.database.transaction(read_only=True) as tx:
        page = await payouts.list_payouts(tx, actor.business_id, limit=limit, after=after)
        data = await _views(tx, page.data)
    return answer(house.cursors.page("payouts", data, page.following))


@router.get(
    "/payouts/{payout_id}", response_model=Payout, responses=refuses(PayoutNotFound), openapi_extra=FOR_BUSINESS
)
async def read_payout(payout_id: Id, actor: Reads, house: TheHouse) -> Response:
    """One payout as it stands."""
    return answer(await _view(house, actor, payout_id))


@router.post(
    "/payouts/{payout_id}/approve",
    response_model=Payout,
    **in_person(PayoutNotFound, PayoutMovedOn),
)
async def approve_payout(payout_id: Id, actor: Pays, house: TheHouse) -> Response:
    """Agree to a large payout. It leaves when two people have; saying it again changes nothing."""
    assert actor.person_id
    return await _do(house, actor, payout_id, payouts.approve, Approve(payout_id, actor.person_id))


@router.post(
    "/payouts/{payout_id}/hold",
    response_model=Payout,
    **in_person(PayoutNotFound, PayoutMovedOn),
)
async def hold_payout(payout_id: Id, body: PayoutHoldBody, actor: Pays, house: TheHouse) -> Response:
    """Stop a payout that has not left, until somebody releases it."""
    return await _do(house, actor, payout_id, payouts.hold, Hold(payout_id, body.why))


@router.post(
    "/payouts/{payout_id}/release",
    response_model=Payout,
    **in_person(PayoutNotFound, PayoutMovedOn, BankAccountNotFound, OtherBankNeeded),
)
async def release_payout(payout_id: Id, body: PayoutReleaseBody, actor: Pays, house: TheHouse) -> Response:
    """Let a held payout go on, to another bank account if you name one: that waits three business days.

    What the house blocked for its own reasons, the house releases.
    """
    return await _do(house, actor, payout_id, payouts.release, Release(payout_id, body.bank_id))


async def _do(house: House, actor: Actor, payout_id: UUID, verb: Any, ask: object) -> Response:
    """Raises: PayoutNotFound, PayoutMovedOn, and what the verb refuses."""
    async with house.database.transaction() as tx:
        found = await payouts.access_payout(tx, actor.business_id, payout_id)
        if found.is_for_us:
            raise PayoutMovedOn(state=found.state)
        (result,) = await verb(tx, [ask], policy=house.policy)
        if isinstance(result, Failure):
            raise result
    return answer(await _view(house, actor, payout_id))


async def _view(house: House, actor: Actor, payout_id: UUID) -> dict[str, Any]:
    async with house.database.transaction(read_only=True) as tx:
        return (await _views(tx, [await payouts.access_payout(tx, actor.business_id, payout_id)]))[0]


async def _views(tx: Tx, found: Sequence[PaidOut]) -> list[dict[str, Any]]:
    """Payouts on the wire, with their accounts and who agreed."""
    accounts = await banks.by_id(tx, [one.bank_id for one in found])
    agreed = await payouts.approvals(tx, [one.id for one in found])
    places = await payouts.destinations(tx, [one.business_id for one in found])
    now = await outbox.now(tx)
    return [
        {
            "id": str(one.id),
            "state": one.state,
            "why": one.why,
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "asked_on": one.asked_on.isoformat(),
            "pays_on": one.pays_on.isoformat(),
            "settles_on": one.settles_on.isoformat() if one.settles_on else None,
            "bank": _bank(accounts[one.bank_id]),
            "good_at": _good_at(one, places.get(one.business_id), now),
            "approvals_needed": one.approvals_needed,
            "approvals": [
                {"person_id": str(by.person_id), "at": _instant(by.at)}
                for by in agreed[one.id]
                if by.bank_id == one.bank_id
            ],
            "created_at": _instant(one.created_at),
            "updated_at": _instant(one.updated_at),
        }
        for one in found
    ]


def _bank(account: BankAccount) -> dict[str, Any]:
    return {"id": str(account.id), "bank": account.bank, "last4": account.last4, "state": account.state}


def _good_at(one: PaidOut, place: payouts.Destination | None, now: datetime) -> str | None:
    """While its account cools off: until when."""
    if place is None or place.bank_id != one.bank_id or place.good_at <= now:
        return None
    return _instant(place.good_at)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
