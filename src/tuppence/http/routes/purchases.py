"""Purchases from games, from the buyer's side: look at an offer, confirm it, buy it, contest it."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Response

from tuppence import outbox, people
from tuppence.billing.games import actions, claims, errors, queries, views
from tuppence.billing.games.model import Buy, Purchase
from tuppence.http import game_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Caller, Signed, TheHouse
from tuppence.http.errors import CursorInvalid, InvalidRequest, NoPasskeys, exactly_one
from tuppence.http.fields import Count, Id
from tuppence.http.house import House, party_of
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import PasskeyOptions, StepUpBody
from tuppence.payments.errors import CardUnusable, NoCard

router = room("purchases")


@router.get("/games/purchases", response_model=schemas.BoughtPage, responses=refuses(CursorInvalid))
async def list_purchases(caller: Signed, house: TheHouse, limit: Count = 50, cursor: Cursor = None) -> Response:
    """What you bought in games, the latest first."""
    before = house.cursors.read("bought", cursor, UUID)
    async with house.database.transaction(read_only=True) as tx:
        found = await queries.bought(tx, caller.person_id, before=before, limit=limit + 1)
        now = await outbox.now(tx)
        data = await views.bought(tx, found[:limit], now=now, root=house.games.root, policy=house.policy)
    return answer(house.cursors.page("bought", data, found[limit - 1].id if len(found) > limit else None))


@router.get(
    "/games/purchases/{purchase_id}",
    response_model=schemas.PurchaseOffer,
    responses=refuses(errors.PurchaseNotFound),
)
async def read_purchase(purchase_id: Id, caller: Signed, house: TheHouse) -> Response:
    """A purchase of yours, or one that a game offers whoever has its link."""
    return answer(await _offer(purchase_id, caller, house))


@router.post(
    "/games/purchases/{purchase_id}/buy",
    response_model=schemas.PurchaseOffer,
    responses=refuses(
        errors.PurchaseNotFound,
        errors.PurchaseMovedOn,
        errors.QuoteExpired,
        errors.NotATester,
        errors.PurchaseTooLarge,
        errors.ConfirmationNeeded,
        NoCard,
        CardUnusable,
    ),
)
async def buy(purchase_id: Id, body: schemas.BuyBody, caller: Signed, house: TheHouse) -> Response:
    """Buy it. The game is asked first; nothing is debited unless it agrees within ten seconds.

    Repeat the request until it is answered: a purchase is debited once.
    """
    house.limits.take("payment", caller.person_id)
    ask = Buy(
        purchase_id=purchase_id,
        buyer_id=caller.person_id,
        card_id=body.card_id,
        session_id=caller.session.id,
        device_since=caller.session.device_since,
        outcome=body.outcome,
    )
    await house.together(house.games.verbs.buy, ask)
    return answer(await _offer(purchase_id, caller, house))


@router.post(
    "/games/purchases/{purchase_id}/cancel",
    response_model=schemas.PurchaseOffer,
    responses=refuses(errors.PurchaseNotFound, errors.PurchaseMovedOn),
)
async def cancel_purchase(purchase_id: Id, caller: Signed, house: TheHouse) -> Response:
    """You don't want it. Nobody can buy this one any more."""
    house.limits.take("act", caller.person_id)
    await house.together(house.games.verbs.cancel, actions.Cancel(purchase_id, caller.person_id))
    return answer(await _offer(purchase_id, caller, house))


@router.post(
    "/games/purchases/{purchase_id}/dispute",
    response_model=schemas.PurchaseOffer,
    responses=refuses(errors.PurchaseNotFound, errors.NotDisputable),
)
async def dispute_purchase(
    purchase_id: Id, body: schemas.PurchaseDisputeBody, caller: Signed, house: TheHouse
) -> Response:
    """Say what is wrong. The game has 72 hours to answer; then what you paid goes back by itself."""
    house.limits.take("act", caller.person_id)
    ask = claims.OpenDispute(purchase_id, caller.person_id, body.reason, body.words)
    await house.together(house.games.verbs.dispute, ask)
    return answer(await _offer(purchase_id, caller, house))


# - confirming --------------------------------------------------------------------------------------------------------


@router.post(
    "/games/purchases/{purchase_id}/step-up/options",
    response_model=PasskeyOptions,
    responses=refuses(errors.PurchaseNotFound, NoPasskeys),
)
async def begin_purchase_step_up(purchase_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Begin to confirm a purchase with a passkey: what it signs is this product at this price."""
    house.limits.take("prove", caller.person_id)
    party, proof = party_of(house), await _proof(purchase_id, caller, house)
    async with house.database.transaction() as tx:
        options = await people.passkeys.step_up_options(tx, party, proof)
    return answer({"options": options})


@router.post(
    "/games/purchases/{purchase_id}/step-up",
    response_model=schemas.PurchaseOffer,
    responses=refuses(
        errors.PurchaseNotFound,
        NoPasskeys,
        people.errors.NoPin,
        people.errors.PinWrong,
        people.errors.PinLocked,
        people.errors.PasskeyRefused,
    ),
)
async def step_up_purchase(purchase_id: Id, body: StepUpBody, caller: Signed, house: TheHouse) -> Response:
    """Confirm a purchase with your PIN or a passkey; then buy it within five minutes."""
    house.limits.take("prove", caller.person_id)
    if (body.pin is None) == (body.passkey is None):
        raise InvalidRequest(errors=[exactly_one("pin", "passkey")])
    proof = await _proof(purchase_id, caller, house)
    if body.pin is not None:
        await house.entrance.prove(proof, body.pin)
    else:
        prove = partial(people.passkeys.prove, party=party_of(house), proof=proof, credential=body.passkey or {})
        async with house.database.transaction() as tx:
            await prove(tx)
    return answer(await _offer(purchase_id, caller, house))


async def _proof(purchase_id: Id, caller: Caller, house: House) -> people.Proof:
    """What is proven: this person, in this session, for this product at this price."""
    purchase = await _access(purchase_id, caller, house)
    facts = {
        "game_id": str(purchase.game_id),
        "sku": purchase.sku,
        "quantity": purchase.quantity,
        "total_minor": purchase.total_minor,
        "currency": purchase.currency,
    }
    return people.Proof(caller.person_id, caller.session.id, purchase_id, people.digest_of(facts))


async def _access(purchase_id: UUID, caller: Caller, house: House) -> Purchase:
    async with house.database.transaction(read_only=True) as tx:
        return await queries.access_bought(tx, caller.person_id, purchase_id)


async def _offer(purchase_id: UUID, caller: Caller, house: House) -> dict[str, Any]:
    """The purchase as the caller sees it now, with what buying it takes."""
    async with house.database.transaction(read_only=True) as tx:
        purchase = await queries.access_bought(tx, caller.person_id, purchase_id)
        now = await outbox.now(tx)
        (view,) = await views.bought(tx, [purchase], now=now, root=house.games.root, policy=house.policy)
        ask = Buy(purchase_id, caller.person_id, None, caller.session.id, caller.session.device_since)
        terms = await actions.terms(tx, ask, purchase, policy=house.policy)
    return view | {"confirm": terms.confirm, "tester": terms.tester}
