"""Say that something is wrong with a payment, and see what becomes of it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Response

from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, Caller, Signed, TheHouse, businessed
from tuppence.http.dispute_schemas import AnswerClaimBody, AnswerDisputeBody, Dispute, Disputes, Reportable, ReportBody
from tuppence.http.errors import CursorInvalid, InvalidRequest, exactly_one
from tuppence.http.fields import Count, Id, MintedId
from tuppence.http.house import House
from tuppence.http.openapi import OF_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments import disputes
from tuppence.payments import errors as payments
from tuppence.payments.disputes import Ask, Event, Outcome, Reason, Report, errors

router = room("disputes")

_REPORT_REFUSALS = (
    payments.IdTaken,
    payments.PaymentNotFound,
    errors.AlreadyReported,
    errors.NothingToReport,
    errors.ReportedTooLate,
)
_ACT_REFUSALS = refuses(errors.DisputeNotFound, errors.DisputeMovedOn)


@router.get("/payments/{payment_id}/disputes", response_model=Reportable, responses=refuses(payments.PaymentNotFound))
async def read_reportable(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """What can be reported about a payment, until when, and what was."""
    async with house.database.transaction(read_only=True) as tx:
        view = await disputes.access_reportable(tx, caller.person_id, "payment", payment_id, policy=house.policy)
    return answer(view)


@router.get("/charges/{charge_id}/disputes", response_model=Reportable, responses=refuses(payments.PaymentNotFound))
async def read_reportable_charge(charge_id: Id, caller: Signed, house: TheHouse) -> Response:
    """What can be reported about what a business charged you, until when, and what was."""
    async with house.database.transaction(read_only=True) as tx:
        view = await disputes.access_reportable(tx, caller.person_id, "charge", charge_id, policy=house.policy)
    return answer(view)


@router.put("/disputes/{dispute_id}", response_model=Dispute, responses=refuses(*_REPORT_REFUSALS))
async def report_problem(dispute_id: MintedId, body: ReportBody, caller: Signed, house: TheHouse) -> Response:
    """Say that something is wrong with a payment of yours.

    The id is yours: repeat the request until it is answered. It is looked at, and decided by the dates that the answer
    has; nobody sends you to your bank.
    """
    house.limits.take("act", caller.person_id)
    subject_id = body.payment_id or body.charge_id
    about: Literal["payment", "charge"] = "payment" if body.payment_id else "charge"
    if subject_id is None or (body.payment_id and body.charge_id):
        raise InvalidRequest(errors=[exactly_one("payment_id", "charge_id")])
    ask = Report(dispute_id, caller.person_id, about, subject_id, Reason(body.reason), body.says)
    return answer(await house.together(house.verbs.report, ask))


@router.get("/disputes", response_model=Disputes, responses=refuses(CursorInvalid))
async def list_disputes(caller: Signed, house: TheHouse, limit: Count = 200, cursor: Cursor = None) -> Response:
    """What you reported and what you were asked about, the latest first."""
    return await _list(caller.person_id, house, limit, cursor)


@router.get("/disputes/{dispute_id}", response_model=Dispute, responses=refuses(errors.DisputeNotFound))
async def read_dispute(dispute_id: Id, caller: Signed, house: TheHouse) -> Response:
    """One dispute, as you may see it."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await disputes.access_dispute(tx, caller.person_id, dispute_id))


@router.post("/disputes/{dispute_id}/withdraw", response_model=Dispute, responses=_ACT_REFUSALS)
async def withdraw_dispute(dispute_id: Id, caller: Signed, house: TheHouse) -> Response:
    """It is settled: nobody needs to look at it any more. Not once you were given something."""
    return await _act(Ask(dispute_id, Event.WITHDRAW, by=caller.person_id), caller, house)


@router.post("/disputes/{dispute_id}/answer", response_model=Dispute, responses=_ACT_REFUSALS)
async def answer_dispute(dispute_id: Id, body: AnswerDisputeBody, caller: Signed, house: TheHouse) -> Response:
    """Say how it was, when you are asked. Only we read it."""
    return await _act(Ask(dispute_id, Event.ANSWER, by=caller.person_id, says=body.says), caller, house)


# - for businesses ---------------------------------------------------------------------------------------------------

Reads = Annotated[Actor, Depends(businessed("charges:read"))]
Writes = Annotated[Actor, Depends(businessed("charges:write", "owner", "developer", "finance"))]


@router.get(
    "/businesses/{business_id}/disputes",
    response_model=Disputes,
    responses=refuses(CursorInvalid),
    openapi_extra=OF_BUSINESS,
)
async def list_business_disputes(
    business_id: Id,
    actor: Reads,  # noqa: ARG001 - the actor is checked
    house: TheHouse,
    limit: Count = 200,
    cursor: Cursor = None,
) -> Response:
    """What buyers and their banks contest, the latest first; each has the time by which to answer."""
    return await _list(business_id, house, limit, cursor)


async def _list(whose: UUID, house: House, limit: int, cursor: str | None) -> Response:
    """A page, under the name that it had before it had pages. Raises: CursorInvalid."""
    before = house.cursors.read("disputes", cursor, UUID)
    async with house.database.transaction(read_only=True) as tx:
        data, following = await disputes.list_disputes(tx, whose, limit=limit, before=before)
    page = house.cursors.page("disputes", data, following)
    return answer({"disputes": page.pop("data")} | page)


@router.post(
    "/businesses/{business_id}/disputes/{dispute_id}/answer",
    response_model=Dispute,
    responses=_ACT_REFUSALS,
    openapi_extra=OF_BUSINESS,
)
async def answer_business_dispute(
    business_id: Id,
    dispute_id: Id,
    body: AnswerClaimBody,
    actor: Writes,  # noqa: ARG001
    house: TheHouse,
) -> Response:
    """Answer a buyer, or their bank: what you say goes into the evidence. Silence refunds what was bought."""
    outcome = Outcome(body.outcome) if body.outcome else None
    event = Event.CONCEDE if outcome == Outcome.REFUNDED_IN_CASH else Event.ANSWER
    ask = Ask(dispute_id, event, by=business_id, says=body.says, outcome=outcome)
    return answer(await house.together(house.verbs.act_on_dispute, ask))


async def _act(ask: Ask, caller: Caller, house: House) -> Response:
    house.limits.take("act", caller.person_id)
    return answer(await house.together(house.verbs.act_on_dispute, ask))
