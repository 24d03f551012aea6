"""The client, awaited. Made by generate.py from client.py: change nothing here.

`token` is a key of your business (`tup_…`) or what a person let your app do (`tuo_…`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

import httpx2

from tuppence_sdk import models, repeating
from tuppence_sdk.errors import NoAnswer
from tuppence_sdk.ids import new_id
from tuppence_sdk.version import API_VERSION


class AsyncTuppence:
    """A server of Tuppence, as seen by whoever the token is of. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout_seconds: float = 30.0,
        business_id: str | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-Api-Version": API_VERSION}
        if business_id:
            headers["Tuppence-Business"] = business_id
        self._http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=timeout_seconds, transport=transport)
        self.payments = Payments(self)
        self.grants = Grants(self)
        self.charges = Charges(self)
        self.ads = Ads(self)
        self.games = Games(self)
        self.events = EventLine(self)

    async def __aenter__(self) -> "AsyncTuppence":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def me(self) -> models.Me:
        """Whom you act for. Scope `profile:read`."""
        return await self.call("GET", "/v1/me")

    async def call(self, method: str, path: str, body: object = None, query: Mapping[str, Any] | None = None) -> Any:
        """Any endpoint. Repeats what is safe to repeat. Raises: Refused, NoAnswer."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        for tried in range(1, repeating.TRIES + 1):
            response = await self._once(method, path, body, given)
            if tried == repeating.TRIES or not repeating.may_repeat(method, response):
                break
            await asyncio.sleep(repeating.wait_seconds(tried, response))
        if response is None:
            raise NoAnswer(f"{method} {path}")
        return repeating.read(response)

    async def _once(self, method: str, path: str, body: object, query: Mapping[str, Any]) -> httpx2.Response | None:
        try:
            return await self._http.request(method, path, json=body, params=query)
        except httpx2.TransportError:
            return None

    async def pages(self, path: str, query: Mapping[str, Any]) -> AsyncIterator[Any]:
        """Every item of a list, page after page."""
        cursor = None
        while True:
            page = await self.call("GET", path, None, {**query, "cursor": cursor})
            for one in page["data"]:
                yield one
            cursor = page.get("next_cursor")
            if not cursor:
                return


class Payments:
    """Money between friends, for a person who let your app in. Scopes `payments:read` and `payments:send`."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def send(
        self, payee_id: str, amount_minor: int, currency: str, *, note: str = "", id: str | None = None
    ) -> models.Payment:
        """Send money to a friend of theirs. With `step_up` in the answer they must confirm it in Tuppence first."""
        body = {"payee_id": payee_id, "amount_minor": amount_minor, "currency": currency, "note": note}
        return await self._client.call("PUT", f"/v1/payments/{id or new_id()}", body)

    async def get(self, payment_id: str) -> models.Payment:
        """One payment, as they see it."""
        return await self._client.call("GET", f"/v1/payments/{payment_id}")

    async def list(self, *, which: Literal["all", "sent", "received"] = "all") -> AsyncIterator[models.Payment]:
        """Their payments, the latest first."""
        async for one in self._client.pages("/v1/payments", {"filter": which}):
            yield one

    async def cancel(self, payment_id: str) -> models.Payment:
        """Take it back, while that can be done."""
        return await self._client.call("POST", f"/v1/payments/{payment_id}/cancel")

    async def bubble(self, payment_id: str) -> models.Bubble:
        """The address of a frame that shows it in your page."""
        return await self._client.call("POST", f"/v1/payments/{payment_id}/bubbles")


class Grants:
    """What people let your business charge. Scopes `charges:read` and `charges:write`."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def ask(
        self,
        *,
        kind: Literal["once", "on_file"],
        says: str,
        currency: str,
        per_charge_minor: int,
        per_period_minor: int | None = None,
        period_days: int | None = None,
        until: str | None = None,
        return_url: str | None = None,
        id: str | None = None,
    ) -> models.Grant:
        """Ask to be allowed to charge. Send the person to `approve_url`."""
        body = {"kind": kind, "says": says, "currency": currency, "per_charge_minor": per_charge_minor}
        caps = {"per_period_minor": per_period_minor, "period_days": period_days}
        more = {"until": until, "return_url": return_url}
        return await self._client.call("PUT", f"/v1/grants/{id or new_id()}", body | caps | more)

    async def get(self, grant_id: str) -> models.Grant:
        """A grant as it stands."""
        return await self._client.call("GET", f"/v1/grants/{grant_id}")

    async def revoke(self, grant_id: str) -> models.Grant:
        """End it."""
        return await self._client.call("POST", f"/v1/grants/{grant_id}/revoke")


class Charges:
    """Charges under a grant, and what is given back of them."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def take(self, grant_id: str, amount_minor: int, currency: str, *, id: str | None = None) -> models.Charge:
        """Charge. `charging` and `unknown` are no answers yet: read it again, or wait for the event."""
        body = {"grant_id": grant_id, "amount_minor": amount_minor, "currency": currency}
        return await self._client.call("PUT", f"/v1/charges/{id or new_id()}", body)

    async def get(self, charge_id: str) -> models.Charge:
        """A charge as it stands, with its refunds."""
        return await self._client.call("GET", f"/v1/charges/{charge_id}")

    async def refund(self, charge_id: str, amount_minor: int, reason: str, *, id: str | None = None) -> models.Charge:
        """Give some of it back, or all."""
        path = f"/v1/charges/{charge_id}/refunds/{id or new_id()}"
        return await self._client.call("PUT", path, {"amount_minor": amount_minor, "reason": reason})


class Ads:
    """What campaigns used. Scope `ads:write`."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def report(self, events: Sequence[models.AdsUsageBody]) -> models.AdsUsageResults:
        """Report usage: at most a thousand events, each with an id of yours, so that a repeat counts once."""
        return await self._client.call("POST", "/v1/ads/events/batch", {"events": list(events)})


class Games:
    """A game's quotes and purchases. Scopes `games:read` and `games:write`."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def quote(
        self, game_id: str, sku: str, *, quantity: int = 1, request_id: str = "", id: str | None = None
    ) -> models.GameQuote:
        """A price for a buyer, locked for a quarter of an hour."""
        body = {"sku": sku, "quantity": quantity, "request_id": request_id}
        return await self._client.call("PUT", f"/v1/games/{game_id}/quotes/{id or new_id()}", body)

    async def purchase(self, game_id: str, purchase_id: str) -> models.Sold:
        """A purchase as it stands: re-read it before you fulfil."""
        return await self._client.call("GET", f"/v1/games/{game_id}/purchases/{purchase_id}")

    async def purchases(self, game_id: str) -> AsyncIterator[models.Sold]:
        """What was sold, the latest first."""
        async for one in self._client.pages(f"/v1/games/{game_id}/purchases", {}):
            yield one

    async def fulfil(self, game_id: str, purchase_id: str) -> models.Sold:
        """Say that the buyer has it. Saying it again changes nothing."""
        return await self._client.call("POST", f"/v1/games/{game_id}/purchases/{purchase_id}/fulfil")

    async def refund(
        self, game_id: str, purchase_id: str, reason: str, *, amount_minor: int | None = None, id: str | None = None
    ) -> models.Sold:
        """Give a purchase back; without an amount, all that is left of it."""
        path = f"/v1/games/{game_id}/purchases/{purchase_id}/refunds/{id or new_id()}"
        return await self._client.call("PUT", path, {"reason": reason, "amount_minor": amount_minor})


class EventLine:
    """What happened to your business, as webhooks tell it. Scope `events:read`."""

    def __init__(self, client: AsyncTuppence) -> None:
        self._client = client

    async def list(self, *, type: str | None = None) -> AsyncIterator[models.Event]:
        """The latest first."""
        async for one in self._client.pages("/v1/events", {"type": type}):
            yield one
