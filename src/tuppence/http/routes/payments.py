"""Send money, and what may be done to a payment afterwards."""

from typing import Annotated, Literal

from fastapi import Query, Response

from tuppence import payments, people
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Caller, ReadsPayments, SendsPayments, Signed, TheHouse
from tuppence.http.errors import CursorInvalid, InvalidRequest, NoPasskeys, exactly_one
from tuppence.http.fields import AmountMinor, Count, Currency, Id, MintedId
from tuppence.http.house import House, party_of
from tuppence.http.openapi import by_app
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import Limits, PasskeyOptions, Payment, Payments, Quote, SendBody, StepUpBody
from tuppence.payments import errors
from tuppence.payments.sends.model import Verb

router = room("payments")

_SEND_REFUSALS = (
    errors.IdTaken,
    errors.LooksLikeADuplicate,
    errors.AmountRefused,
    errors.CurrencyRefused,
    errors.PayeeIsPayer,
    errors.PayeeUnavailable,
    errors.PayeeBlocked,
    errors.NotFriends,
    errors.NoCard,
    errors.CardUnusable,
    errors.SameCard,
    errors.LimitExceeded,
    errors.SendingPaused,
)


@router.put(
    "/payments/{payment_id}",
    response_model=Payment,
    responses=refuses(*_SEND_REFUSALS),
    openapi_extra=by_app("payments:send"),
)
async def send_money(payment_id: MintedId, body: SendBody, caller: SendsPayments, house: TheHouse) -> Response:
    """Send money to a friend.

    The id is yours: repeat the request until it is answered, and the money moves once.
    """
    house.limits.take("payment", caller.person_id)
    ask = payments.Send(
        id=payment_id,
        payer=caller.person_id,
        payee=body.payee_id,
        amount_minor=body.amount_minor,
        currency=body.currency,
        note=body.note,
        card_id=body.card_id,
        session_id=caller.session.id,
        device_since=caller.session.device_since,
        duplicate_ok=body.duplicate_ok,
        app_id=caller.app_id,
    )
    return answer(await house.together(house.verbs.send, ask))


@router.get(
    "/payments", response_model=Payments, responses=refuses(CursorInvalid), openapi_extra=by_app("payments:read")
)
async def list_payments(
    caller: ReadsPayments,
    house: TheHouse,
    filter: Annotated[Literal["all", "sent", "received"], Query()] = "all",  # noqa: A002 - the name on the wire
    limit: Count = 50,
    cursor: Cursor = None,
) -> Response:
    """Your payments, latest first."""
    after = house.cursors.read("payments", cursor, str)
    async with house.database.transaction(read_only=True) as tx:
        page = await payments.list_payments(
            tx, caller.person_id, which=filter, limit=limit, after=after, policy=house.policy
        )
    return answer(house.cursors.page("payments", page.data, page.following))


@router.get(
    "/payments/{payment_id}",
    response_model=Payment,
    responses=refuses(errors.PaymentNotFound),
    openapi_extra=by_app("payments:read"),
)
async def read_payment(payment_id: Id, caller: ReadsPayments, house: TheHouse) -> Response:
    """One payment, as you may see it."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await payments.access_payment(tx, caller.person_id, payment_id, policy=house.policy))


_ACT_REFUSALS = refuses(errors.PaymentNotFound, errors.PaymentMovedOn)


@router.post(
    "/payments/{payment_id}/cancel",
    response_model=Payment,
    responses=_ACT_REFUSALS,
    openapi_extra=by_app("payments:send"),
)
async def cancel_payment(payment_id: Id, caller: SendsPayments, house: TheHouse) -> Response:
    """Take it back: undo before anything moves, or cancel while the money waits for your friend."""
    return await _act(payment_id, "cancel", caller, house)


@router.post(
    "/payments/{payment_id}/accept",
    response_model=Payment,
    responses=refuses(errors.PaymentNotFound, errors.PaymentMovedOn, errors.NeedsCard),
)
async def accept_payment(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Take money that waits for you onto your card."""
    return await _act(payment_id, "accept", caller, house)


@router.post("/payments/{payment_id}/decline", response_model=Payment, responses=_ACT_REFUSALS)
async def decline_payment(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Don't take it: the money goes back."""
    return await _act(payment_id, "decline", caller, house)


@router.post("/payments/{payment_id}/arrived", response_model=Payment, responses=_ACT_REFUSALS)
async def say_arrived(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Say that the money is on your card: your bank does not tell us."""
    return await _act(payment_id, "arrived", caller, house)


@router.post(
    "/payments/{payment_id}/not-arrived",
    response_model=Payment,
    responses=refuses(errors.PaymentNotFound, errors.PaymentMovedOn, errors.NotLateYet),
)
async def say_not_arrived(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Say that late money is not there: somebody looks for it."""
    return await _act(payment_id, "not_arrived", caller, house)


async def _act(payment_id: Id, verb: Verb, caller: Caller, house: House) -> Response:
    house.limits.take("act", caller.person_id)
    return answer(await house.together(house.verbs.act, payments.Act(payment_id, caller.person_id, verb)))


_PROOF_REFUSALS = (errors.PaymentNotFound, errors.PaymentMovedOn, errors.ProofNeeded)


@router.post(
    "/payments/{payment_id}/step-up/options",
    response_model=PasskeyOptions,
    responses=refuses(errors.PaymentNotFound, NoPasskeys),
)
async def begin_step_up(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Begin to confirm a payment with a passkey: what it signs is this amount to this friend."""
    house.limits.take("prove", caller.person_id)
    party, proof = party_of(house), await _proof(payment_id, caller, house)
    async with house.database.transaction() as tx:
        options = await people.passkeys.step_up_options(tx, party, proof)
    return answer({"options": options})


@router.post(
    "/payments/{payment_id}/step-up",
    response_model=Payment,
    responses=refuses(
        *_PROOF_REFUSALS,
        NoPasskeys,
        people.errors.NoPin,
        people.errors.PinWrong,
        people.errors.PinLocked,
        people.errors.PasskeyRefused,
    ),
)
async def step_up(payment_id: Id, body: StepUpBody, caller: Signed, house: TheHouse) -> Response:
    """Confirm a payment with your PIN or a passkey."""
    house.limits.take("prove", caller.person_id)
    if (body.pin is None) == (body.passkey is None):
        raise InvalidRequest(errors=[exactly_one("pin", "passkey")])
    proof = await _proof(payment_id, caller, house)
    if body.pin is not None:
        await _prove_by_pin(proof, body.pin, house)
    else:
        party = party_of(house)
        async with house.database.transaction() as tx:
            await people.passkeys.prove(tx, party, proof, body.passkey or {})
    ask = payments.StepUp(payment_id, caller.person_id, caller.session.id)
    return answer(await house.together(house.verbs.step_up, ask))


async def _proof(payment_id: Id, caller: Caller, house: House) -> people.Proof:
    """What is proven: this person, in this session, for this payment, its amount and its payee."""
    async with house.database.transaction(read_only=True) as tx:
        view = await payments.access_payment(tx, caller.person_id, payment_id, policy=house.policy)
    return people.Proof(caller.person_id, caller.session.id, payment_id, payments.proof_digest(view))


async def _prove_by_pin(proof: people.Proof, pin: str, house: House) -> None:
    """Raises what the entrance raises; the wrong PIN that locks also ends the payment, which cannot go on."""
    try:
        await house.entrance.prove(proof, pin)
    except people.errors.PinLocked:
        await house.together(house.verbs.locked_out, proof.purpose)
        raise


@router.get("/limits", response_model=Limits, openapi_extra=by_app("payments:send"))
async def read_limits(caller: SendsPayments, house: TheHouse) -> Response:
    """How much you can send, and when room returns."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await payments.access_limits(tx, caller.person_id, policy=house.policy))


@router.get(
    "/quote",
    response_model=Quote,
    responses=refuses(errors.PayeeUnavailable, errors.NotFriends),
    openapi_extra=by_app("payments:send"),
)
async def quote(
    payee_id: Id,
    amount_minor: Annotated[AmountMinor, Query()],
    currency: Currency,
    caller: SendsPayments,
    house: TheHouse,
) -> Response:
    """What a payment would be like: when it should arrive, what it costs, whether it takes your PIN."""
    ask = payments.Quote(caller.person_id, payee_id, amount_minor, currency, caller.session.device_since)
    async with house.database.transaction(read_only=True) as tx:
        view = await payments.quote(tx, ask, policy=house.policy)
    return answer(view | {"step_up": view["step_up"]["needed"]})
