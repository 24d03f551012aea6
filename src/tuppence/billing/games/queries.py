"""Reading games and purchases. `access_*` is the only way to somebody's."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from tuppence.billing.games.errors import GameNotFound, PurchaseNotFound
from tuppence.billing.games.model import Bundle, Developer, Dispute, Entry, Game, Purchase, Refund, Tester
from tuppence.db import Statements, Tx

SQL = Statements(__package__)


async def access_game(tx: Tx, business_id: UUID, game_id: UUID) -> Game:
    """A game of a business. Raises: GameNotFound."""
    found = (await games(tx, [game_id])).get(game_id)
    if found is None or found.business_id != business_id:
        raise GameNotFound
    return found


async def access_games(tx: Tx, business_id: UUID) -> list[Game]:
    """Every game of a business, the first made first."""
    return await tx.fetch(SQL.games_of, Game, business_id=business_id)


async def access_sold(tx: Tx, business_id: UUID, purchase_id: UUID) -> Purchase:
    """A purchase, for the business that sold it. Raises: PurchaseNotFound."""
    found = (await purchases(tx, [purchase_id])).get(purchase_id)
    if found is None or found.business_id != business_id:
        raise PurchaseNotFound
    return found


async def access_bought(tx: Tx, person_id: UUID, purchase_id: UUID) -> Purchase:
    """A purchase, for its buyer; as long as nobody is, for whoever has its link. Raises: PurchaseNotFound."""
    found = (await purchases(tx, [purchase_id])).get(purchase_id)
    if found is None or found.buyer_id not in (None, person_id):
        raise PurchaseNotFound
    return found


async def games(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Game]:
    return {one.id: one for one in await tx.fetch(SQL.games, Game, ids=list(ids))}


async def testers(tx: Tx, game_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], Tester]:
    """By game and person."""
    found = await tx.fetch(SQL.testers, Tester, game_ids=list(game_ids))
    return {(one.game_id, one.person_id): one for one in found}


async def developers(tx: Tx, business_ids: Sequence[UUID]) -> dict[UUID, Developer]:
    return {one.business_id: one for one in await tx.fetch(SQL.developers, Developer, ids=list(business_ids))}


async def lock_purchases(tx: Tx, ids: Sequence[UUID]) -> None:
    """Locks: the purchases, in id order, until the transaction ends."""
    await tx.execute(SQL.lock_purchases, ids=sorted(set(ids)))


async def purchases(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Purchase]:
    return {one.id: one for one in await tx.fetch(SQL.purchases, Purchase, ids=list(ids))}


async def refunds_of(tx: Tx, purchase_ids: Sequence[UUID]) -> dict[UUID, list[Refund]]:
    """Refunds by purchase, in the order in which they were asked for."""
    found: dict[UUID, list[Refund]] = defaultdict(list)
    for one in await tx.fetch(SQL.refunds_of, Refund, purchase_ids=list(purchase_ids)):
        found[one.purchase_id].append(one)
    return found


async def disputes_of(tx: Tx, purchase_ids: Sequence[UUID]) -> dict[UUID, Dispute]:
    """Disputes by purchase; a purchase has one, ever."""
    found = await tx.fetch(SQL.disputes_of, Dispute, purchase_ids=list(purchase_ids))
    return {one.purchase_id: one for one in found}


async def bundles(tx: Tx, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Bundle]:
    """Bundles by id. Locks, if asked: them, in id order."""
    if lock:
        await tx.execute(SQL.lock_bundles, ids=sorted(set(ids)))
    return {one.id: one for one in await tx.fetch(SQL.bundles, Bundle, ids=list(ids))}


async def bundled(tx: Tx, bundle_ids: Sequence[UUID]) -> list[Purchase]:
    """The purchases of bundles."""
    return await tx.fetch(SQL.purchases_of_bundles, Purchase, bundle_ids=list(bundle_ids))


async def last_chargebacks(tx: Tx, purchase_ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """What the latest chargeback took, by purchase."""
    found = await tx.fetch(SQL.last_chargebacks, Entry, purchase_ids=list(purchase_ids))
    return {one.purchase_id: one for one in found if one.purchase_id}


async def sold(tx: Tx, game_id: UUID, *, hidden: Sequence[str], before: UUID | None, limit: int) -> list[Purchase]:
    """A game's purchases, the latest first, but those in states that are hidden."""
    return await tx.fetch(
        SQL.purchases_of_game, Purchase, game_id=game_id, hidden=list(hidden), before=before, limit=limit
    )


async def bought(tx: Tx, buyer_id: UUID, *, before: UUID | None, limit: int) -> list[Purchase]:
    """Somebody's purchases, the latest first."""
    return await tx.fetch(SQL.purchases_of_buyer, Purchase, buyer_id=buyer_id, before=before, limit=limit)


async def disputed(tx: Tx, game_id: UUID) -> list[Purchase]:
    """A game's disputed purchases: those first that wait for an answer, by when it is due."""
    found = await purchases(tx, ids := await tx.scalars(SQL.disputed, game_id=game_id))
    return [found[one] for one in ids]
