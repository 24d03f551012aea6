"""A person lets an app in, sees whom they let in, and takes it back."""

from urllib.parse import urlsplit

from fastapi import Response

from tuppence.billing import apps, businesses
from tuppence.billing.apps import consent, errors, queries, rules
from tuppence.http.answers import answer, nothing
from tuppence.http.app_schemas import Asking, AuthorizeBody, Connections, LookBody, Redirect
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.fields import Id
from tuppence.http.problems import refuses
from tuppence.http.routing import room

router = room("connections")

_REFUSALS = refuses(errors.UntrustedRequest, errors.InvalidOAuthRequest)


@router.post("/authorizations/look", response_model=Asking, responses=_REFUSALS)
async def look_at_authorization(body: LookBody, caller: Signed, house: TheHouse) -> Response:
    """What an app asks of you, to be read before you answer. Nothing is written.

    A request that does not hold is told to the app: then `redirect_to` is where to go, and there is nothing to ask.
    """
    given = rules.parse(body.query)
    async with house.database.transaction(read_only=True) as tx:
        app, redirect_uri = await consent.app_of(tx, given)
        try:
            asked = rules.asked(app, redirect_uri, given)
        except errors.OAuthRefusal as refusal:
            back = rules.told_by_redirect(refusal, redirect_uri, given.get("state"), house.origin)
            return answer({"app": None, "scopes": [], "has": [], "redirect_to": back})
        has = await queries.live_scopes(tx, app.id, caller.person_id)
        found = await businesses.businesses(tx, [app.business_id])
    asking = {
        "id": app.id,
        "name": app.name,
        "home_url": app.home_url,
        "business": found[app.business_id].name,
        "returns_to": urlsplit(redirect_uri).netloc,
    }
    return answer({"app": asking, "scopes": asked.scopes, "has": has, "redirect_to": None})


@router.post("/authorizations", response_model=Redirect, responses=_REFUSALS)
async def answer_authorization(body: AuthorizeBody, caller: Signed, house: TheHouse) -> Response:
    """Let an app in, or do not. Either way `redirect_to` takes you back to it."""
    given = rules.parse(body.query)
    async with house.database.transaction() as tx:
        app, redirect_uri = await consent.app_of(tx, given)
        try:
            asked = rules.asked(app, redirect_uri, given)
            if not body.allow:
                raise errors.AccessDenied
        except errors.OAuthRefusal as refusal:
            back = rules.told_by_redirect(refusal, redirect_uri, given.get("state"), house.origin)
            return answer({"redirect_to": back})
        code = await consent.allow(tx, caller.person_id, asked, caller.session.device_since)
    return answer({"redirect_to": rules.answer_to(redirect_uri, house.origin, code=code, state=asked.state)})


@router.get("/connections", response_model=Connections)
async def list_connections(caller: Signed, house: TheHouse) -> Response:
    """The apps that you let in."""
    async with house.database.transaction(read_only=True) as tx:
        found = await apps.access_connections(tx, caller.person_id)
    return answer({"connections": [one.wire() for one in found]})


@router.delete("/connections/{connection_id}", status_code=204, responses=refuses(errors.ConnectionNotFound))
async def disconnect(connection_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Take back what you let an app do: it can do nothing for you from now on."""
    await house.together(apps.disconnect, (connection_id, caller.person_id))
    house.connections.forget(lambda one: one.connection_id == connection_id)
    return nothing()
