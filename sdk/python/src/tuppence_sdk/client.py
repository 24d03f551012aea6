"""The client, in step.

`token` is a key of your business (`tup_…`) or what a person let your app do (`tuo_…`).
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import httpx2

from tuppence_sdk import models, repeating
from tuppence_sdk.errors import NoAnswer
from tuppence_sdk.ids import new_id
from tuppence_sdk.version import API_VERSION


class Tuppence:
    """A server of Tuppence, as seen by whoever the token is of. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout_seconds: float = 30.0,
        business_id: str | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-Api-Version": API_VERSION}
        if business_id:
            headers["Tuppence-Business"] = business_id
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout_seconds, transport=transport)
        self.payments = Payments(self)
        self.grants = Grants(self)
        self.charges = Charges(self)
        self.ads = Ads(self)
        self.games = Games(self)
        self.events = EventLine(self)

    def __enter__(self) -> "Tuppence":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def me(self) -> models.Me:
        """Whom you act for. Scope `profile:read`."""
        return self.call("GET", "/v1/me")

    def call(self, method: str, path: str, body: object = None, query: Mapping[str, Any] | None = None) -> Any:
        """Any endpoint. Repeats what is safe to repeat. Raises: Refused, NoAnswer."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        for tried in range(1, repeating.TRIES + 1):
            response = self._once(method, path, body, given)
            if tried == repeating.TRIES or not repeating.may_repeat(method, response):
                break
            time.sleep(repeating.wait_seconds(tried, response))
        if response is None:
            raise NoAnswer(f"{method} {path}")
        return repeating.read(response)

    def _once(self, method: str, path: str, body: object, query: Mapping[str, Any]) -> httpx2.Response | None:
        try:
            return self._http.request(method, path, json=body, params=query)
        except httpx2.TransportError:
            return None

    def pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """Every item of a list, page after page."""
        cursor = None
        while True:
            page = self.call("GET", path, None, {**query, "cursor": cursor})
            yield from page["data"]
            cursor = page.get("next_cursor")
            if not cursor:
                return


class Payments:
    """Money between friends, for a person who let your app in. Scopes `payments:read` and `payments:send`."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def send(
        self, payee_id: str, amount_minor: int, currency: str, *, note: str = "", id: str | None = None
    ) -> models.Payment:
        """Send money to a friend of theirs. With `step_up` in the answer they must confirm it in Tuppence first."""
        body = {"payee_id": payee_id, "amount_minor": amount_minor, "currency": currency, "note": note}
        return self._client.call("PUT", f"/v1/payments/{id or new_id()}", body)

    def get(self, payment_id: str) -> models.Payment:
        """One payment, as they see it."""
        return self._client.call("GET", f"/v1/payments/{payment_id}")

    def list(self, *, which: Literal["all", "sent", "received"] = "all") -> Iterator[models.Payment]:
        """Their payments, the latest first."""
        yield from self._client.pages("/v1/payments", {"filter": which})

    def cancel(self, payment_id: str) -> models.Payment:
        """Take it back, while that can be done."""
        return self._client.call("POST", f"/v1/payments/{payment_id}/cancel")

    def bubble(self, payment_id: str) -> models.Bubble:
        """The address of a frame that shows it in your page."""
        return self._client.call("POST", f"/v1/payments/{payment_id}/bubbles")


class Grants:
    """What people let your business charge. Scopes `charges:read` and `charges:write`."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def ask(
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
        return self._client.call("PUT", f"/v1/grants/{id or new_id()}", body | caps | more)

    def get(self, grant_id: str) -> models.Grant:
        """A grant as it stands."""
        return self._client.call("GET", f"/v1/grants/{grant_id}")

    def revoke(self, grant_id: str) -> models.Grant:
        """End it."""
        return self._client.call("POST", f"/v1/grants/{grant_id}/revoke")


class Charges:
    """Charges under a grant, and what is given back of them."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def take(self, grant_id: str, amount_minor: int, currency: str, *, id: str | None = None) -> models.Charge:
        """Charge. `charging` and `unknown` are no answers yet: read it again, or wait for the event."""
        body = {"grant_id": grant_id, "amount_minor": amount_minor, "currency": currency}
        return self._client.call("PUT", f"/v1/charges/{id or new_id()}", body)

    def get(self, charge_id: str) -> models.Charge:
        """A charge as it stands, with its refunds."""
        return self._client.call("GET", f"/v1/charges/{charge_id}")

    def refund(self, charge_id: str, amount_minor: int, reason: str, *, id: str | None = None) -> models.Charge:
        """Give some of it back, or all."""
        path = f"/v1/charges/{charge_id}/refunds/{id or new_id()}"
        return self._client.call("PUT", path, {"amount_minor": amount_minor, "reason": reason})


class Ads:
    """What campaigns used. Scope `ads:write`."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def report(self, events: Sequence[models.AdsUsageBody]) -> models.AdsUsageResults:
        """Report usage: at most a thousand events, each with an id of yours, so that a repeat counts once."""
        return self._client.call("POST", "/v1/ads/events/batch", {"events": list(events)})


class Games:
    """A game's quotes and purchases. Scopes `games:read` and `games:write`."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def quote(
        self, game_id: str, sku: str, *, quantity: int = 1, request_id: str = "", id: str | None = None
    ) -> models.GameQuote:
        """A price for a buyer, locked for a quarter of an hour."""
        body = {"sku": sku, "quantity": quantity, "request_id": request_id}
        return self._client.call("PUT", f"/v1/games/{game_id}/quotes/{id or new_id()}", body)

    def purchase(self, game_id: str, purchase_id: str) -> models.Sold:
        """A purchase as it stands: re-read it before you fulfil."""
        return self._client.call("GET", f"/v1/games/{game_id}/purchases/{purchase_id}")

    def purchases(self, game_id: str) -> Iterator[models.Sold]:
        """What was sold, the latest first."""
        yield from self._client.pages(f"/v1/games/{game_id}/purchases", {})

    def fulfil(self, game_id: str, purchase_id: str) -> models.Sold:
        """Say that the buyer has it. Saying it again changes nothing."""
        return self._client.call("POST", f"/v1/games/{game_id}/purchases/{purchase_id}/fulfil")

    def refund(
        self, game_id: str, purchase_id: str, reason: str, *, amount_minor: int | None = None, id: str | None = None
    ) -> models.Sold:
        """Give a purchase back; without an amount, all that is left of it."""
        path = f"/v1/games/{game_id}/purchases/{purchase_id}/refunds/{id or new_id()}"
        return self._client.call("PUT", path, {"reason": reason, "amount_minor": amount_minor})


class EventLine:
    """What happened to your business, as webhooks tell it. Scope `events:read`."""

    def __init__(self, client: Tuppence) -> None:
        self._client = client

    def list(self, *, type: str | None = None) -> Iterator[models.Event]:
        """The latest first."""
        yield from self._client.pages("/v1/events", {"type": type})
