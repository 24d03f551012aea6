"""Corrections of the books: propose, approve with a second pair of eyes, reject. It takes `ledger:correct`."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import CorrectsLedger, TheHouse
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id, MintedId
from tuppence.http.house import House
from tuppence.http.ledger_schemas import Correction, CorrectionBody, Corrections
from tuppence.http.openapi import BY_KEY
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments import corrections
from tuppence.payments.corrections import errors
from tuppence.payments.errors import IdTaken
from tuppence.people.keys import Key

router = room("corrections", prefix="/v1/ledger/corrections")


@router.get("", response_model=Corrections, responses=refuses(CursorInvalid), openapi_extra=BY_KEY)
async def list_corrections(
    key: CorrectsLedger,  # noqa: ARG001 - who asks sees them all
    house: TheHouse,
    state: Annotated[Literal["proposed", "approved", "rejected"] | None, Query()] = None,
    limit: Count = 50,
    cursor: Cursor = None,
) -> Response:
    """Corrections, the latest first."""
    before = house.cursors.read("corrections", cursor, UUID)
    async with house.database.transaction(read_only=True) as tx:
        found = await corrections.list_corrections(tx, state=state, limit=limit + 1, before=before)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    return answer(house.cursors.page("corrections", [one.wire() for one in shown], following))


@router.get(
    "/{correction_id}",
    response_model=Correction,
    responses=refuses(errors.CorrectionNotFound),
    openapi_extra=BY_KEY,
)
async def read_correction(
    correction_id: Id,
    key: CorrectsLedger,  # noqa: ARG001
    house: TheHouse,
) -> Response:
    """One correction as it stands."""
    async with house.database.transaction(read_only=True) as tx:
        return answer((await corrections.access_correction(tx, correction_id)).wire())


@router.put(
    "/{correction_id}",
    response_model=Correction,
    responses=refuses(IdTaken, errors.CorrectedNotFound, errors.CorrectionInvalid),
    openapi_extra=BY_KEY,
)
async def propose_correction(
    correction_id: MintedId, body: CorrectionBody, key: CorrectsLedger, house: TheHouse
) -> Response:
    """Propose further transfers that make a mistake good: nothing moves until somebody else approves.

    The ids are yours, its and its transfers': repeat the request until it is answered.
    """
    ask = corrections.Propose(correction_id, key.person_id, body.reason, tuple(one.noun() for one in body.transfers))
    return answer((await house.together(corrections.propose, ask)).wire())


@router.post(
    "/{correction_id}/approve",
    response_model=Correction,
    responses=refuses(errors.CorrectionNotFound, errors.FourEyes, errors.CorrectionDecided, errors.CorrectionRefused),
    openapi_extra=BY_KEY,
)
async def approve_correction(correction_id: Id, key: CorrectsLedger, house: TheHouse) -> Response:
    """Approve what somebody else proposed: its transfers are in the books when this is answered, all or none."""
    return await _decide(house, key, correction_id, approve=True)


@router.post(
    "/{correction_id}/reject",
    response_model=Correction,
    responses=refuses(errors.CorrectionNotFound, errors.CorrectionDecided),
    openapi_extra=BY_KEY,
)
async def reject_correction(correction_id: Id, key: CorrectsLedger, house: TheHouse) -> Response:
    """Reject a correction; whoever proposed it may, too."""
    return await _decide(house, key, correction_id, approve=False)


async def _decide(house: House, key: Key, correction_id: Id, *, approve: bool) -> Response:
    ask = corrections.Decide(correction_id, key.person_id, approve)
    return answer((await house.together(corrections.decide, ask)).wire())
