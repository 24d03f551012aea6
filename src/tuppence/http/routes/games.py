"""Games, from their developer's side: settings, catalogue, quotes, purchases, refunds, testers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response

from tuppence import people
from tuppence.billing.businesses import businesses
from tuppence.billing.games import actions, claims, errors, pricing, queries, settings, shop, views
from tuppence.billing.games.catalogue import find
from tuppence.billing.games.model import AskRefund, Game, Purchase, Quote, SetGame, Tester
from tuppence.billing.games.states import State
from tuppence.http import game_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.business_doors import by_key, in_person
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id, MintedId
from tuppence.http.game_doors import Builds, BuildsInPerson, Reads, Sells
from tuppence.http.house import House
from tuppence.http.routing import room
from tuppence.payments.charges import errors as charge_errors
from tuppence.people.errors import PersonNotFound

router = room("games")

Handle = Annotated[str, Path(max_length=64)]
OverlapHours = Annotated[int, Query(ge=0, le=168, description="How long old secrets sign beside the new one.")]
_HIDDEN = (State.QUOTED, State.EXPIRED, State.USER_CANCELLED)  # nobody bought anything


# - settings ----------------------------------------------------------------------------------------------------------


@router.get("/games", response_model=schemas.Games, **by_key())
async def list_games(actor: Reads, house: TheHouse) -> Response:
    """The games of your business."""
    async with house.database.transaction(read_only=True) as tx:
        found = await queries.access_games(tx, actor.business_id)
    return answer({"data": [_game(one) for one in found]})


@router.put("/games/{game_id}", response_model=schemas.Game, **by_key(errors.GameInvalid, errors.GameNotFound))
async def set_game(game_id: MintedId, body: schemas.GameBody, actor: Builds, house: TheHouse) -> Response:
    """Make a game, or change it: where its catalogue is, who is asked before a purchase, where buyers go back to."""
    ask = SetGame(game_id, actor.business_id, body.name, body.catalogue_url, body.callback_url, body.return_url)
    return answer(_game(await house.together(house.games.verbs.set_games, ask)))


@router.get("/games/{game_id}", response_model=schemas.Game, **by_key(errors.GameNotFound))
async def read_game(game_id: Id, actor: Reads, house: TheHouse) -> Response:
    """One game."""
    return answer(_game(await _access(game_id, actor, house)))


@router.get("/games/{game_id}/secret", response_model=schemas.GameSecret, **in_person(errors.GameNotFound))
async def read_secret(game_id: Id, actor: BuildsInPerson, house: TheHouse) -> Response:
    """What signs the questions that your game is asked, and the results that buyers bring it."""
    game = await _access(game_id, actor, house)
    return answer({"secret": house.games.root.of(game.id, game.secret_version).text()})


@router.post("/games/{game_id}/secret", response_model=schemas.GameSecret, **in_person(errors.GameNotFound))
async def rotate_secret(
    game_id: Id, actor: BuildsInPerson, house: TheHouse, overlap_hours: OverlapHours = 24
) -> Response:
    """Another secret, from now on. Old ones, three at most, sign beside it for as long as you say, none at all for 0.

    Meanwhile `webhook-signature` and `signed_result` carry a signature for each: one that holds is enough.
    """
    game = await _access(game_id, actor, house)
    async with house.database.transaction() as tx:
        version = await settings.rotate(tx, game.id, overlap=timedelta(hours=overlap_hours))
    return answer({"secret": house.games.root.of(game.id, version).text()})


@router.get("/games/{game_id}/catalogue", response_model=schemas.GameCatalogue, **by_key(errors.GameNotFound))
async def read_catalogue(game_id: Id, actor: Reads, house: TheHouse) -> Response:
    """The copy of your catalogue that quotes are made from."""
    game = await _access(game_id, actor, house)
    async with house.database.transaction(read_only=True) as tx:
        return answer((await shop.copy_of(tx, game)).wire())


@router.post(
    "/games/{game_id}/catalogue",
    response_model=schemas.GameCatalogue,
    **by_key(errors.GameNotFound, errors.CatalogueAway, errors.CatalogueInvalid),
)
async def refresh_catalogue(game_id: Id, actor: Sells, house: TheHouse) -> Response:
    """Read your catalogue again now. It is read by itself when the copy is older than a few minutes."""
    house.limits.take("act", actor.business_id)
    game = await _access(game_id, actor, house)
    await shop.products(house.database, house.games.web, game, house.policy, fresh=True)
    async with house.database.transaction(read_only=True) as tx:
        return answer((await shop.copy_of(tx, game)).wire())


# - selling -----------------------------------------------------------------------------------------------------------


@router.put(
    "/games/{game_id}/quotes/{quote_id}",
    response_model=schemas.GameQuote,
    **by_key(
        errors.GameNotFound,
        errors.CatalogueAway,
        errors.CatalogueInvalid,
        errors.ProductNotFound,
        errors.CurrencyMissing,
        errors.PurchaseDiffers,
        errors.PurchaseTooLarge,
    ),
)
async def quote_product(
    game_id: Id, quote_id: MintedId, body: schemas.GameQuoteBody, actor: Sells, house: TheHouse
) -> Response:
    """Hold a product's price, with tax, for a quarter of an hour. Whoever opens `buy_url` first may buy it.

    The quote's id becomes the purchase's. What your catalogue does not price in our currency is exchanged at our rate,
    which is shown with its day.
    """
    game = await _access(game_id, actor, house)
    products = await shop.products(house.database, house.games.web, game, house.policy)
    async with house.database.transaction(read_only=True) as tx:
        business = (await businesses(tx, [actor.business_id]))[actor.business_id]
    policy = house.policy
    priced = pricing.price(
        find(products, body.sku),
        quantity=body.quantity,
        currency=policy.currency,
        owed_currency=business.currency,
        share_percent=game.share_percent,
        tax_basis_points=policy.games.tax_basis_points,
        rates=pricing.Rates(policy.currency, policy.fx.on, policy.fx.per_unit),
    )
    if priced.parts.total_minor > policy.games.purchase_most_minor:
        raise errors.PurchaseTooLarge(most_minor=policy.games.purchase_most_minor)
    ask = Quote(quote_id, game.id, game.business_id, body.sku, body.quantity, body.request_id)
    purchase = await house.together(house.games.verbs.quote, (ask, priced))
    (view,) = await _views([purchase], house)
    return answer(view | {"buy_url": f"{house.public_url.rstrip('/')}/buy/{purchase.id}"})


@router.get(
    "/games/{game_id}/purchases",
    response_model=schemas.SoldPage,
    **by_key(errors.GameNotFound, CursorInvalid),
)
async def list_sold(game_id: Id, actor: Reads, house: TheHouse, limit: Count = 50, cursor: Cursor = None) -> Response:
    """What people bought, or tried to, the latest first."""
    game = await _access(game_id, actor, house)
    before = house.cursors.read("sold", cursor, UUID)
    async with house.database.transaction(read_only=True) as tx:
        found = await queries.sold(tx, game.id, hidden=_HIDDEN, before=before, limit=limit + 1)
        data = await views.sold(tx, found[:limit])
    return answer(house.cursors.page("sold", data, found[limit - 1].id if len(found) > limit else None))


@router.get(
    "/games/{game_id}/purchases/{purchase_id}",
    response_model=schemas.Sold,
    **by_key(errors.PurchaseNotFound),
)
async def read_sold(game_id: Id, purchase_id: Id, actor: Reads, house: TheHouse) -> Response:
    """A purchase as it stands now. Read it before you give anything, whatever you were told."""
    return answer((await _views([await _sold(game_id, purchase_id, actor, house)], house))[0])


@router.post(
    "/games/{game_id}/purchases/{purchase_id}/fulfil",
    response_model=schemas.Sold,
    **by_key(errors.PurchaseNotFound, errors.PurchaseMovedOn),
)
async def fulfil(game_id: Id, purchase_id: Id, actor: Sells, house: TheHouse) -> Response:
    """Say that you gave what was bought: once for each id, however often you hear of it. Repeating it is harmless.

    What is not marked within a day lets its buyer dispute it with one tap.
    """
    return await _mark(game_id, purchase_id, "fulfil", actor, house)


@router.post(
    "/games/{game_id}/purchases/{purchase_id}/consume",
    response_model=schemas.Sold,
    **by_key(errors.PurchaseNotFound, errors.PurchaseMovedOn),
)
async def consume(game_id: Id, purchase_id: Id, actor: Sells, house: TheHouse) -> Response:
    """Say that what was bought is used up."""
    return await _mark(game_id, purchase_id, "consume", actor, house)


async def _mark(game_id: Id, purchase_id: Id, verb: Any, actor: Actor, house: House) -> Response:
    await _sold(game_id, purchase_id, actor, house)
    purchase = await house.together(house.games.verbs.mark, actions.Mark(purchase_id, verb))
    return answer((await _views([purchase], house))[0])


@router.put(
    "/games/{game_id}/purchases/{purchase_id}/refunds/{refund_id}",
    response_model=schemas.Sold,
    **by_key(
        errors.PurchaseNotFound,
        errors.RefundDiffers,
        errors.PurchaseMovedOn,
        errors.BundleBusy,
        errors.RefundTooLarge,
        charge_errors.RefundNotCovered,
    ),
)
async def refund_purchase(
    game_id: Id,
    purchase_id: Id,
    refund_id: MintedId,
    body: schemas.GameRefundBody,
    actor: Sells,
    house: TheHouse,
) -> Response:
    """Give back some of a purchase, or all that is left. As often as there is some; what has gone back already is
    answered as done.
    """
    await _sold(game_id, purchase_id, actor, house)
    ask = AskRefund(refund_id, purchase_id, body.amount_minor, body.reason)
    purchase = await house.together(house.games.verbs.refund, ask)
    return answer((await _views([purchase], house))[0])


@router.get("/games/{game_id}/disputes", response_model=schemas.SoldPage, **by_key(errors.GameNotFound))
async def list_game_disputes(game_id: Id, actor: Reads, house: TheHouse) -> Response:
    """Purchases that their buyers dispute, those first that wait for you, the next due at the top."""
    game = await _access(game_id, actor, house)
    async with house.database.transaction(read_only=True) as tx:
        data = await views.sold(tx, await queries.disputed(tx, game.id))
    return answer(house.cursors.page("disputes", data, None))


@router.post(
    "/games/{game_id}/purchases/{purchase_id}/dispute/answer",
    response_model=schemas.Sold,
    **by_key(errors.PurchaseNotFound, errors.PurchaseMovedOn, errors.NotDisputable),
)
async def answer_game_dispute(
    game_id: Id, purchase_id: Id, body: schemas.PurchaseDisputeAnswerBody, actor: Sells, house: TheHouse
) -> Response:
    """Answer a buyer who disputes a purchase. `refunded_in_cash` refunds what is left."""
    await _sold(game_id, purchase_id, actor, house)
    ask = claims.AnswerDispute(purchase_id, actor.business_id, body.outcome)
    purchase = await house.together(house.games.verbs.answer_dispute, ask)
    return answer((await _views([purchase], house))[0])


# - testers -----------------------------------------------------------------------------------------------------------


@router.get("/games/{game_id}/testers", response_model=schemas.GameTesters, **by_key(errors.GameNotFound))
async def list_testers(game_id: Id, actor: Reads, house: TheHouse) -> Response:
    """Whose purchases of this game move no money, and how they end."""
    game = await _access(game_id, actor, house)
    async with house.database.transaction(read_only=True) as tx:
        found = list((await queries.testers(tx, [game.id])).values())
    return await _testers(found, house)


@router.put(
    "/games/{game_id}/testers/{handle}",
    response_model=schemas.GameTesters,
    **in_person(errors.GameNotFound, PersonNotFound),
)
async def set_tester(
    game_id: Id, handle: Handle, body: schemas.GameTesterBody, actor: BuildsInPerson, house: TheHouse
) -> Response:
    """Name somebody as a tester. No money moves when they buy, and it ends as you say here, or as they say."""
    return await _set_tester(game_id, settings.SetTester(game_id, handle, body.outcome), actor, house)


@router.delete(
    "/games/{game_id}/testers/{handle}",
    response_model=schemas.GameTesters,
    **in_person(errors.GameNotFound, PersonNotFound),
)
async def remove_tester(game_id: Id, handle: Handle, actor: BuildsInPerson, house: TheHouse) -> Response:
    """From now on they pay like anybody."""
    return await _set_tester(game_id, settings.SetTester(game_id, handle, None), actor, house)


async def _set_tester(game_id: Id, ask: settings.SetTester, actor: Actor, house: House) -> Response:
    house.limits.take("find_person", actor.by)
    await _access(game_id, actor, house)
    assert actor.person_id
    async with house.database.transaction() as tx:
        found = await settings.set_tester(tx, actor.person_id, ask)
    return await _testers(found, house)


async def _testers(found: Sequence[Tester], house: House) -> Response:
    async with house.database.transaction(read_only=True) as tx:
        profiles = await people.profiles(tx, [one.person_id for one in found])
    rows = [
        {
            "person_id": one.person_id,
            "handle": profiles[one.person_id].handle,
            "name": profiles[one.person_id].name,
            "outcome": one.outcome,
            "since": one.since,
        }
        for one in found
    ]
    return answer({"data": rows})


def _game(game: Game) -> dict[str, Any]:
    hidden = {"business_id", "secret_version", "secrets_end"}
    return {name: getattr(game, name) for name in Game.__slots__ if name not in hidden}


async def _access(game_id: Id, actor: Actor, house: House) -> Game:
    async with house.database.transaction(read_only=True) as tx:
        return await queries.access_game(tx, actor.business_id, game_id)


async def _sold(game_id: Id, purchase_id: Id, actor: Actor, house: House) -> Purchase:
    """Raises: PurchaseNotFound."""
    async with house.database.transaction(read_only=True) as tx:
        found = await queries.access_sold(tx, actor.business_id, purchase_id)
    if found.game_id != game_id:
        raise errors.PurchaseNotFound
    return found


async def _views(purchases: Sequence[Purchase], house: House) -> list[views.View]:
    """As they are now: refunds that were begun in the same commit are in them."""
    async with house.database.transaction(read_only=True) as tx:
        return await views.sold(tx, purchases)
