"""Grants from the business's side: ask to be allowed, charge, give back. By a key of the business, or a member."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from tuppence.billing.apps import grants
from tuppence.billing.apps.grants import errors
from tuppence.billing.apps.grants.model import Grant as GrantRow
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id, MintedId
from tuppence.http.grant_schemas import Charge, GiveBackBody, Grant, GrantBody, Grants, TakeBody
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.ledger import chart
from tuppence.payments import charges
from tuppence.payments.charges import Charged, Refunded
from tuppence.payments.charges.errors import ChargeNotCharged, ChargeNotFound, NothingLeft, RefundNotCovered
from tuppence.payments.errors import AmountRefused, CardNotFound, CardUnusable, CurrencyRefused, IdTaken

router = room("grants")

Reads = Annotated[Actor, Depends(businessed("charges:read"))]
Writes = Annotated[Actor, Depends(businessed("charges:write", "owner", "developer", "finance"))]


@router.get("/grants", response_model=Grants, responses=refuses(CursorInvalid), openapi_extra=FOR_BUSINESS)
async def list_grants(actor: Reads, house: TheHouse, limit: Count = 50, cursor: Cursor = None) -> Response:
    """What people let you charge, or were asked to; the latest first."""
    before = house.cursors.read("grants", cursor, UUID)
    asked: dict[str, Any] = {"before": before, "limit": limit + 1}
    async with house.database.transaction(read_only=True) as tx:
        found = await grants.list_grants(tx, actor.business_id, **asked)
    data = [_view(grant, state, house) for grant, state in found[:limit]]
    return answer(house.cursors.page("grants", data, data[-1]["id"] if len(found) > limit else None))


@router.put(
    "/grants/{grant_id}",
    response_model=Grant,
    responses=refuses(errors.GrantRefused, CurrencyRefused, IdTaken),
    openapi_extra=FOR_BUSINESS,
)
async def ask_for_grant(grant_id: MintedId, body: GrantBody, actor: Writes, house: TheHouse) -> Response:
    """Ask to be allowed to charge somebody. Send them to `approve_url`; whoever says yes there is who it binds.

    The id is yours. Nobody answers within a day: it lapses.
    """
    asked = grants.Ask(id=grant_id, business_id=actor.business_id, **body.model_dump())
    async with house.database.transaction() as tx:
        grant = await grants.ask(tx, asked, policy=house.policy)
        _, state = await grants.access_grant(tx, actor.business_id, grant.id)
    return answer(_view(grant, state, house))


@router.get(
    "/grants/{grant_id}", response_model=Grant, responses=refuses(errors.GrantNotFound), openapi_extra=FOR_BUSINESS
)
async def read_grant(grant_id: Id, actor: Reads, house: TheHouse) -> Response:
    """A grant as it stands."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(_view(*await grants.access_grant(tx, actor.business_id, grant_id), house))


@router.post(
    "/grants/{grant_id}/revoke",
    response_model=Grant,
    responses=refuses(errors.GrantNotFound, errors.GrantOver),
    openapi_extra=FOR_BUSINESS,
)
async def give_up_grant(grant_id: Id, actor: Writes, house: TheHouse) -> Response:
    """End a grant: you charge nothing more under it."""
    async with house.database.transaction() as tx:
        grant = await grants.give_up(tx, actor.business_id, grant_id)
        _, state = await grants.access_grant(tx, actor.business_id, grant_id)
    return answer(_view(grant, state, house))


@router.put(
    "/charges/{charge_id}",
    response_model=Charge,
    responses=refuses(
        errors.GrantNotFound,
        errors.GrantOver,
        errors.GrantExceeded,
        AmountRefused,
        CurrencyRefused,
        CardNotFound,
        CardUnusable,
        IdTaken,
    ),
    openapi_extra=FOR_BUSINESS,
)
async def charge(charge_id: MintedId, body: TakeBody, actor: Writes, house: TheHouse) -> Response:
    """Charge under a grant. The id is yours: repeat the request until it is answered, and it is taken once.

    `charging` and `unknown` are not answers yet: read it again, or wait for `charge.succeeded` or `charge.declined`.
    """
    asked = grants.Take(charge_id, body.grant_id, actor.business_id, body.amount_minor, body.currency)
    async with house.database.transaction() as tx:
        await grants.take(tx, asked, policy=house.policy)
    return answer(await _charge(house, actor, charge_id))


@router.get(
    "/charges/{charge_id}", response_model=Charge, responses=refuses(ChargeNotFound), openapi_extra=FOR_BUSINESS
)
async def read_charge(charge_id: Id, actor: Reads, house: TheHouse) -> Response:
    """A charge under a grant as it stands, with its refunds."""
    return answer(await _charge(house, actor, charge_id))


@router.put(
    "/charges/{charge_id}/refunds/{refund_id}",
    response_model=Charge,
    responses=refuses(ChargeNotFound, ChargeNotCharged, NothingLeft, RefundNotCovered, AmountRefused, IdTaken),
    openapi_extra=FOR_BUSINESS,
)
async def refund_charge(
    charge_id: Id, refund_id: MintedId, body: GiveBackBody, actor: Writes, house: TheHouse
) -> Response:
    """Give a charge back, all of it or a part, out of what you are owed. The fee stays."""
    asked = grants.GiveBack(refund_id, charge_id, actor.business_id, body.amount_minor, body.reason)
    async with house.database.transaction() as tx:
        await grants.give_back(tx, asked, policy=house.policy)
    return answer(await _charge(house, actor, charge_id))


def _view(grant: GrantRow, state: Any, house: House) -> dict[str, Any]:
    return grant.wire(state) | {"approve_url": f"{house.origin}/grants/{grant.id}"}


async def _charge(house: House, actor: Actor, charge_id: UUID) -> dict[str, Any]:
    """Raises: ChargeNotFound, also for what was not charged under a grant."""
    async with house.database.transaction(read_only=True) as tx:
        charged, refunds = await _access(tx, actor.business_id, charge_id)
    names = ("id", "amount_minor", "currency", "state", "decline_code", "may_retry", "refunded_minor")
    more = ("refundable_minor", "created_at", "charged_at")
    told = {name: getattr(charged, name) for name in (*names, *more)}
    fee = charged.shares.get(str(chart.house("fee_income", charged.currency)), 0)
    return told | {"grant_id": charged.subject_id, "fee_minor": fee, "refunds": [_refund(one) for one in refunds]}


async def _access(tx: Tx, business_id: UUID, charge_id: UUID) -> tuple[Charged, list[Refunded]]:
    charged, refunds = await charges.access_charge(tx, business_id, charge_id)
    if charged.owner != "apps":
        raise ChargeNotFound
    return charged, refunds


def _refund(one: Refunded) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "amount_minor", "reason", "state", "failed_why")}
