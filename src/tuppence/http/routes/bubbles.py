"""A payment in another app's page: the app asks for a frame, the frame reads the payment."""

from datetime import UTC, datetime

from fastapi import Request, Response

from tuppence import outbox, payments
from tuppence.billing.apps import errors, tokens
from tuppence.http.answers import answer
from tuppence.http.app_schemas import Bubble, ShownPayment
from tuppence.http.deps import ReadsPayments, TheHouse, address_of
from tuppence.http.errors import ScopeMissing
from tuppence.http.fields import Id
from tuppence.http.openapi import BY_TICKET, by_app
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments.errors import PaymentNotFound

router = room("embed")


@router.post(
    "/payments/{payment_id}/bubbles",
    response_model=Bubble,
    status_code=201,
    responses=refuses(PaymentNotFound, ScopeMissing),
    openapi_extra=by_app("payments:read"),
)
async def open_bubble(payment_id: Id, caller: ReadsPayments, house: TheHouse) -> Response:
    """Get a frame that shows this payment, as the person sees it, in your page. It is for apps."""
    async with house.database.transaction() as tx:
        await payments.access_payment(tx, caller.person_id, payment_id, policy=house.policy)
        if caller.app_id is None:
            raise ScopeMissing(scope="payments:read")
        ticket, ends_at = await tokens.open_bubble(tx, caller.session.id, payment_id)
    url = f"{house.origin}/embed/payment?app={caller.app_id}#{ticket}"
    return answer({"url": url, "expires_at": ends_at}, 201)


@router.get(
    "/embed/payment",
    response_model=ShownPayment,
    responses=refuses(errors.BubbleEnded, PaymentNotFound),
    openapi_extra=BY_TICKET,
)
async def read_bubble(request: Request, house: TheHouse) -> Response:
    """The payment that a frame shows, by the ticket in its address, for as long as the ticket is good."""
    house.limits.take("bubble", address_of(request))
    _, _, ticket = request.headers.get("authorization", "").partition(" ")
    async with house.database.transaction(read_only=True) as tx:
        bubble = await tokens.access_bubble(tx, ticket)
        payment = await payments.access_payment(tx, bubble.person_id, bubble.payment_id, policy=house.policy)
        ahead = await outbox.now(tx) - datetime.now(UTC)
    return answer({"payment": payment, "sandbox_seconds": round(ahead.total_seconds())})
