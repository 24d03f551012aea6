"""The public API as a person's device uses it: what the demo seeds with, the story plays and the tests drive."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from tuppence.core import uuid7


class Refused(Exception):
    """The API said no; `problem` is what it said."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code"))


@dataclass
class Friend:
    """Somebody with a device. `vault_address` is where the vault listens; its public name is a browser's matter."""

    base_url: str
    vault_address: str
    name: str
    handle: str
    token: str = field(default="", repr=False)
    id: str = ""
    acquirer_address: str | None = None  # in token mode it shows the card fields
    http: httpx2.AsyncClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = httpx2.AsyncClient(base_url=self.base_url, timeout=60, trust_env=False)

    async def close(self) -> None:
        await self.http.aclose()

    async def call(
        self, method: str, path: str, body: Any = None, *, business: str | None = None, token: str = ""
    ) -> Any:
        """One request; its JSON answer, or None for an empty one. Raises: Refused.

        Args:
            business: the one that this is asked for.
            token: a key of that business, instead of this session's.
        """
        headers = {"Authorization": f"Bearer {bearer}"} if (bearer := token or self.token) else {}
        headers |= {"Tuppence-Business": business} if business else {}
        response = await self.http.request(method, path, json=body, headers=headers)
        if response.status_code >= 400:
            raise Refused(response.status_code, response.json())
        return response.json() if response.content else None

    async def sign_up(self, password: str, device_name: str) -> None:
        """Become somebody."""
        body = {"id": str(uuid7()), "handle": self.handle, "name": self.name, "password": password}
        self._signed(await self.call("POST", "/v1/people", body | _device(device_name)))

    async def sign_in(self, password: str, device_name: str) -> None:
        body = {"handle": self.handle, "password": password}
        self._signed(await self.call("POST", "/v1/sessions", body | _device(device_name)))

    def _signed(self, signed: dict[str, Any]) -> None:
        self.token, self.id = signed["token"], signed["person"]["id"]

    async def befriend(self, other: "Friend") -> None:
        """Ask, and let the other accept."""
        asked = await self.call("PUT", f"/v1/friend-requests/{uuid7()}", {"handle": other.handle})
        if asked["relation"] != "friends":
            await other.call("POST", f"/v1/friend-requests/{asked['request_id']}/accept")

    async def test_cards(self) -> list[dict[str, Any]]:
        """The cards that the sandbox's card form offers."""
        form = self.acquirer_address or self.vault_address
        response = await self.http.get(f"{form}/card-form/sandbox-cards")
        return list(response.raise_for_status().json()["cards"])

    async def add_card(self, card: dict[str, Any], *, keep: bool = True) -> dict[str, Any]:
        """Fill in the vault's form as its page does, then adopt the token."""
        ticket = await self.call("POST", "/v1/card-tickets", {"purpose": "add"})
        form = {name: card[name] for name in ("number", "exp_month", "exp_year", "cvv", "zip")}
        slip = {"ticket": urlsplit(ticket["form_url"]).fragment}
        filled = {**slip, "keep": keep, **form}
        if self.acquirer_address:
            filled = slip | {"once": await self._fill_in(self.acquirer_address, filled, ticket["origin"])}
        token = await self._fill_in(self.vault_address, filled, ticket["origin"])
        adopted: dict[str, Any] = await self.call("PUT", f"/v1/cards/{uuid7()}", {"token": token})
        return adopted

    async def _fill_in(self, address: str, filled: dict[str, Any], origin: str) -> str:
        """What a card form's page does. Raises: Refused."""
        response = await self.http.post(f"{address}/card-form/cards", json=filled, headers={"Origin": origin})
        if response.status_code >= 400:
            raise Refused(response.status_code, response.json())
        return str(response.json()["token"])

    async def talk_to(self, other: "Friend") -> str:
        """The conversation's id."""
        return str((await self.call("POST", "/v1/conversations", {"person_id": other.id}))["id"])

    async def say(self, conversation_id: str, text: str) -> dict[str, Any]:
        body = {"client_id": str(uuid7()), "body": text}
        said: dict[str, Any] = await self.call("POST", f"/v1/conversations/{conversation_id}/messages", body)
        return said

    async def send(
        self, other: "Friend", amount_minor: int, note: str = "", *, payment_id: UUID | None = None, **more: Any
    ) -> dict[str, Any]:
        """Send money; the id is minted here unless an intention is being repeated."""
        body = {"payee_id": other.id, "amount_minor": amount_minor, "currency": "USD", "note": note, **more}
        sent: dict[str, Any] = await self.call("PUT", f"/v1/payments/{payment_id or uuid7()}", body)
        return sent

    async def act(self, payment_id: str, verb: str, body: Any = None) -> dict[str, Any]:
        acted: dict[str, Any] = await self.call("POST", f"/v1/payments/{payment_id}/{verb}", body)
        return acted

    @asynccontextmanager
    async def stream(self, since: int) -> AsyncIterator["Feed"]:
        """The live feed after `since`."""
        url = f"ws{self.base_url.removeprefix('http')}/v1/stream?since={since}"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with connect(url, additional_headers=headers, proxy=None, close_timeout=2) as socket:
            yield Feed(socket)


class Feed:
    """Frames as they come."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def next(self) -> dict[str, Any]:
        """The next frame that is not a ping."""
        while True:
            frame: dict[str, Any] = json.loads(await self._socket.recv())
            if frame["kind"] != "ping":
                return frame


def _device(name: str) -> dict[str, str]:
    return {"device_name": name, "transport": "bearer"}
