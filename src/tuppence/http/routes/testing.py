"""For programs in a sandbox: its clock, and events on request."""

from typing import Annotated

from fastapi import Depends, Response

from tuppence import outbox
from tuppence.core import uuid7
from tuppence.http.answers import answer, nothing
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import NoSandbox
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses, render
from tuppence.http.routes.sandbox import advance, clock
from tuppence.http.routing import room
from tuppence.http.schemas import ClockBody
from tuppence.http.webhook_schemas import TestClock, TestClocks, TriggerBody
from tuppence.outbox import hooks
from tuppence.outbox.hooks import errors, rules

router = room("testing", prefix="/v1/test")

_DATA_BYTES_MAX = 8_000

Reader = Annotated[Actor, Depends(businessed("clocks:write"))]
Mover = Annotated[Actor, Depends(businessed("clocks:write", "owner", "developer"))]
Writer = Annotated[Actor, Depends(businessed("webhooks:write", "owner", "developer"))]


@router.get("/clocks", response_model=TestClocks, responses=refuses(NoSandbox), openapi_extra=FOR_BUSINESS)
async def list_clocks(actor: Reader, house: TheHouse) -> Response:  # noqa: ARG001 - everybody's
    """The sandbox's clock: there is one, for everybody."""
    if house.clock_job is None:
        raise NoSandbox
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": [_view(await clock(tx))]})


@router.post(
    "/clocks/sandbox/advance",
    response_model=TestClock,
    responses=refuses(NoSandbox, outbox.ClockGoesForward),
    openapi_extra=FOR_BUSINESS,
)
async def advance_clock(body: ClockBody, actor: Mover, house: TheHouse) -> Response:  # noqa: ARG001
    """Move the sandbox's clock forward: expiries, settlements and payouts that fall due happen at once."""
    return answer(_view(await advance(house, body)))


@router.post(
    "/events",
    status_code=204,
    responses=refuses(NoSandbox, errors.TypeRefused, errors.EventTooLarge),
    openapi_extra=FOR_BUSINESS,
)
async def trigger_event(body: TriggerBody, actor: Writer, house: TheHouse) -> Response:
    """Publish an event that did not happen, marked `example: true`, to see what your endpoint makes of its type."""
    if house.clock_job is None:
        raise NoSandbox
    rules.clean_types([body.type])
    if len(render(body.data)) > _DATA_BYTES_MAX:
        raise errors.EventTooLarge(bytes_max=_DATA_BYTES_MAX)
    house.limits.take("act", actor.by)
    event = hooks.Happened(actor.business_id, body.type, uuid7(), body.data | {"example": True})
    async with house.database.transaction() as tx:
        await hooks.publish(tx, [event])
    return nothing()


def _view(told: dict[str, object]) -> dict[str, object]:
    return {"id": "sandbox", "now": told["now"], "offset_seconds": told["offset_seconds"]}
