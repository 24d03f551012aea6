"""The server of the HTTP tests, an app that Ann let in, and a key of a business."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.http.conftest import World, http_urls, served, world
from tuppence_sdk import oauth

from tuppence.core import uuid7

__all__ = ["http_urls", "served", "world"]
BACK = "https://chat.example/back"


@dataclass
class Partner:
    """Carl's business: its app, what Ann let the app do, and a key of the business."""

    world: World
    app: oauth.App
    asking: oauth.Asking
    answer: dict[str, str]
    key: str

    @property
    def url(self) -> str:
        return self.world.served.house.origin


@pytest.fixture
async def partner(world: World) -> Partner:
    """Registered over HTTP, and let in."""
    world.served.house.limits.forget()
    business, app_id = f"/v1/businesses/{uuid7()}", str(uuid7())
    founded = {"name": "Corner", "country": "US", "currency": "USD", "zone": "America/New_York"}
    await world.carl.call("PUT", business, founded)
    told: dict[str, Any] = {"name": "Corner", "home_url": "https://chat.example", "confidential": True}
    await world.carl.call("PUT", f"{business}/apps/{app_id}", told | {"redirect_uris": [BACK]})
    secret = (await world.carl.call("POST", f"{business}/apps/{app_id}/secrets"))["secret"]
    scopes = ["charges:read", "charges:write", "events:read"]
    key = (await world.carl.call("PUT", f"{business}/keys/{uuid7()}", {"name": "Server", "scopes": scopes}))["key"]
    app = oauth.App(world.served.house.origin, app_id, BACK, secret)
    asking = oauth.authorize_url(app, ["profile:read", "payments:read", "payments:send"])
    query = urlsplit(asking.url).query
    allowed = await world.ann.call("POST", "/v1/authorizations", {"query": query, "allow": True})
    answer = dict(parse_qsl(urlsplit(allowed["redirect_to"]).query))
    return Partner(world, app, asking, answer, key)
