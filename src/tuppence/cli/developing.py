"""What the developers' commands do: requests to the API with a business's key."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import typer

from tuppence.cli.client import Refused
from tuppence.cli.operate import length
from tuppence.core.versions import NEWEST_VERSION
from tuppence.outbox.hooks import signing
from tuppence.settings import Settings

_AGAIN_SECONDS = 1.0
_FORWARD_SECONDS = 15.0


@asynccontextmanager
async def _api() -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings()
    if settings.api_key is None:
        raise typer.BadParameter(
            "set TUPPENCE_API_KEY to a key of your business, and TUPPENCE_PUBLIC_URL to the server"
        )
    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"}
    async with httpx2.AsyncClient(
        base_url=f"{settings.public_url}/v1", headers=headers, trust_env=False, timeout=30
    ) as api:
        yield api


async def _ask(api: httpx2.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    """Raises: Refused."""
    response = await api.request(method, path, json=body)
    if response.status_code >= 400:
        raise Refused(response.status_code, response.json())
    return response.json() if response.content else None


# - listen ------------------------------------------------------------------------------------------------------------


@dataclass
class _Place:
    """Where in the line we are; none until the first stream said so."""

    after: int | None = None


async def listen(forward_to: str, types: frozenset[str], secret_text: str) -> None:
    """Until it is stopped. A stream that breaks off is taken up where it was."""
    try:
        secret = signing.Secret.read(secret_text) if secret_text else signing.Secret.new("v1")
    except ValueError as error:
        raise typer.BadParameter(f"--secret: {error}") from None
    typer.echo(f"Signing with {secret.shown}")
    place = _Place()
    async with _api() as api, httpx2.AsyncClient(trust_env=False, timeout=_FORWARD_SECONDS) as receiver:
        while True:
            try:
                async for event_id, kind, body in _events(api, place):
                    if not types or kind in types:
                        await _forward(receiver, forward_to, event_id, kind, body, secret)
            except httpx2.TransportError:
                typer.echo("The stream broke off; going on.", err=True)
            await asyncio.sleep(_AGAIN_SECONDS)


async def _events(api: httpx2.AsyncClient, place: _Place) -> AsyncIterator[tuple[str, str, bytes]]:
    """Id, type and the very body of each event. Raises: Refused."""
    params = {} if place.after is None else {"after": str(place.after)}
    patience = httpx2.Timeout(30, read=60)
    async with api.stream("GET", "/events/stream", params=params, timeout=patience) as stream:
        if stream.status_code >= 400:
            raise Refused(stream.status_code, json.loads(await stream.aread()))
        typer.echo("Listening.", err=True)
        fields: dict[str, str] = {}
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                told = json.loads(fields["data"])
                place.after = int(fields["id"])
                yield told["id"], fields["event"], told["body"].encode()
                fields = {}


async def _forward(
    receiver: httpx2.AsyncClient, url: str, event_id: str, kind: str, body: bytes, secret: signing.Secret
) -> None:
    told = signing.headers(event_id, datetime.now(UTC), body, [secret])
    told |= {"content-type": "application/json", "x-api-version": NEWEST_VERSION}
    began_s = time.perf_counter()
    try:
        status = str((await receiver.post(url, content=body, headers=told)).status_code)
    except httpx2.TransportError as error:
        status = type(error).__name__
    typer.echo(f"{kind}  {event_id}  {status}  {round((time.perf_counter() - began_s) * 1000)} ms")


# - the others --------------------------------------------------------------------------------------------------------


async def trigger(kind: str, data: str) -> None:
    try:
        carried = json.loads(data)
    except ValueError:
        raise typer.BadParameter("--data is not JSON") from None
    async with _api() as api:
        await _ask(api, "POST", "/test/events", {"type": kind, "data": carried})
    typer.echo(f"Published {kind}.")


async def list_types() -> None:
    async with _api() as api:
        for one in (await _ask(api, "GET", "/event-types"))["data"]:
            typer.echo(f"{one['type']:<36}{one['about']}")


async def one_request(request_id: str) -> None:
    async with _api() as api:
        _say(await _ask(api, "GET", f"/requests/{request_id}"))


async def requests(limit: int, *, failed: bool, follow: bool) -> None:
    """The oldest of them first, as a log reads."""
    path = f"/requests?limit={limit}&failed={'true' if failed else 'false'}"
    seen: set[str] = set()
    async with _api() as api:
        while True:
            page = (await _ask(api, "GET", path))["data"]
            for one in reversed(page):
                if one["id"] not in seen and one["path"] != "/v1/requests":  # not our own looking
                    _say(one)
            seen = {one["id"] for one in page}
            if not follow:
                return
            await asyncio.sleep(_AGAIN_SECONDS)


def _say(one: dict[str, Any]) -> None:
    code = f"  {one['code']}" if one["code"] else ""
    typer.echo(
        f"{one['at']}  {one['status']}  {one['method']:<6} {one['path']}  {one['took_ms']} ms  {one['id']}{code}"
    )


async def clock(by: str) -> None:
    async with _api() as api:
        if by:
            told = await _ask(
                api, "POST", "/test/clocks/sandbox/advance", {"advance_seconds": round(length(by).total_seconds())}
            )
        else:
            (told,) = (await _ask(api, "GET", "/test/clocks"))["data"]
    typer.echo(f"{told['now']}, {told['offset_seconds']} s ahead")
