"""Metering: what an ad server reports."""

from typing import Annotated, Any

from fastapi import Depends, Response

from tuppence.billing.ads.meter.model import Batch, Metered, Usage
from tuppence.core import Failure
from tuppence.http import ads_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import InvalidRequest
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.routing import room

router = room("ads", prefix="/v1/ads/events")

Meters = Annotated[Actor, Depends(businessed("ads:write", "owner", "developer"))]


@router.post("/batch", response_model=schemas.AdsUsageResults, openapi_extra=FOR_BUSINESS)
async def meter_ads_usage(body: schemas.AdsUsageBatchBody, actor: Meters, house: TheHouse) -> Response:
    """Report usage: at most a thousand events, of any of the business's campaigns, in any order, late or twice.

    Each event has an id of yours and an answer of its own: repeat the request until it is answered, and each counts
    once. An event of a bill that is closed goes on the one that is open.
    """
    for n, one in enumerate(body.events):
        if (one.kind == "usage") != (one.amount_minor > 0) or one.amount_minor == 0:
            raise InvalidRequest(errors=[_sign(n)])
    events = tuple(
        Usage(one.id, one.campaign_id, one.kind, one.amount_minor, one.at, one.quantity, one.corrects)
        for one in body.events
    )
    results = await house.together(house.verbs.ads.meter, Batch(actor.business_id, events))
    return answer({"data": [_told(event, result) for event, result in zip(events, results, strict=True)]})


def _sign(n: int) -> dict[str, str]:
    detail = "Usage is above zero; what gives back is below."
    return {"in": "body", "pointer": f"/events/{n}/amount_minor", "code": "sign", "detail": detail}


def _told(event: Usage, result: Metered | Failure) -> dict[str, Any]:
    if isinstance(result, Failure):
        refused = {"code": result.code, "detail": result.sentence(), "facts": result.facts or None}
        return {"id": event.id, "result": "refused", "waived_minor": 0} | refused
    said = "replayed" if result.replayed else "written"
    nothing = {"code": None, "detail": None, "facts": None}
    return {"id": event.id, "result": said, "waived_minor": result.waived_minor} | nothing
