"""A business's apps: register one, give it a secret, take it out of use."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Response

from tuppence.billing import apps
from tuppence.billing.apps import errors
from tuppence.billing.apps.queries import reach
from tuppence.db import Tx
from tuppence.http.answers import answer, nothing
from tuppence.http.app_schemas import App, AppBody, Apps, AppSecret
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.fields import Id, MintedId
from tuppence.http.openapi import OF_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments.errors import IdTaken

router = room("apps", prefix="/v1/businesses/{business_id}/apps")

Reads = Annotated[Actor, Depends(businessed("apps:read"))]
Writes = Annotated[Actor, Depends(businessed("apps:write", "owner", "developer"))]


@router.get("", response_model=Apps, openapi_extra=OF_BUSINESS)
async def list_apps(business_id: Id, actor: Reads, house: TheHouse) -> Response:  # noqa: ARG001 - the actor is checked
    """The apps of a business."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"apps": await _views(tx, await apps.access_apps(tx, business_id))})


@router.put("/{app_id}", response_model=App, responses=refuses(errors.AppRefused, IdTaken), openapi_extra=OF_BUSINESS)
async def register_app(
    business_id: Id,
    app_id: MintedId,
    body: AppBody,
    actor: Writes,  # noqa: ARG001
    house: TheHouse,
) -> Response:
    """Register an app, or write it anew; the id is yours and becomes its `client_id`."""
    ask = apps.Register(
        id=app_id,
        business_id=business_id,
        name=body.name,
        home_url=body.home_url,
        confidential=body.confidential,
        redirect_uris=tuple(body.redirect_uris),
        origins=tuple(body.origins),
    )
    async with house.database.transaction() as tx:
        (view,) = await _views(tx, [await apps.register(tx, ask)])
    return answer(view)


@router.delete("/{app_id}", status_code=204, responses=refuses(errors.AppNotFound), openapi_extra=OF_BUSINESS)
async def retire_app(
    business_id: Id,
    app_id: Id,
    actor: Writes,  # noqa: ARG001
    house: TheHouse,
) -> Response:
    """Take an app out of use, for good: whoever let it in is rid of it."""
    async with house.database.transaction() as tx:
        await apps.retire(tx, business_id, app_id)
    house.connections.forget(lambda one: one.app_id == app_id)
    return nothing()


@router.post(
    "/{app_id}/secrets",
    response_model=AppSecret,
    status_code=201,
    responses=refuses(errors.AppNotFound, errors.NoSecretNeeded),
    openapi_extra=OF_BUSINESS,
)
async def make_app_secret(
    business_id: Id,
    app_id: Id,
    actor: Writes,  # noqa: ARG001
    house: TheHouse,
) -> Response:
    """Make an app a new secret. The one before is good for a day more."""
    async with house.database.transaction() as tx:
        return answer({"secret": await apps.make_secret(tx, business_id, app_id)}, 201)


async def _views(tx: Tx, found: Sequence[apps.App]) -> list[dict[str, Any]]:
    far = await reach(tx, [one.id for one in found])
    return [one.wire() | {"people": far[one.id].people, "scopes": list(far[one.id].scopes)} for one in found]
