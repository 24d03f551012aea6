"""The server's process: the HTTP API, live sync and the web app."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn

from tuppence import people
from tuppence.app import games, parts, process
from tuppence.app.rails import no_open_transaction
from tuppence.app.serving import serve
from tuppence.app.supervised import say_ready
from tuppence.db import Database, GroupCommit
from tuppence.http import (
    Connections,
    HookVerbs,
    House,
    Hub,
    Limits,
    RequestLog,
    Sessions,
    Verbs,
    create_app,
    games_desk,
)
from tuppence.http.cursors import Cursors
from tuppence.outbox.hooks import Bounds
from tuppence.payments.banks import keys as keys_of_banks
from tuppence.rails.card import VaultClient
from tuppence.settings import Settings
from tuppence.vault import keys

_POOL_MOST = 16
_STOP_SECONDS = 5
_MESSAGE_BYTES_MAX = 4096  # of a WebSocket: clients say nothing there


def main(settings: Settings) -> None:
    """Be the server."""
    process.run("server", settings, _main)


async def _main(settings: Settings) -> None:
    async with open_house(settings) as house:
        await serve(make_server(settings, house), say_ready)


def make_server(settings: Settings, house: House) -> uvicorn.Server:
    """The ASGI server around a house."""
    return _Server(_config(settings, house), house.hub)


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Connect the parts, and let go of them at the end."""
    policy = parts.policy(settings)
    shared = keys.create_shared(settings.key_file("shared.json", settings.shared_keys_file))
    database = await Database.open(parts.url(settings, "app"), name="server", max_size=_POOL_MOST)
    together, hub = GroupCommit(database), Hub()
    requests = RequestLog(database)
    aside = [asyncio.create_task(one) for one in (hub.run(database), requests.run())]
    pepper = people.load_pepper(settings.key_file("pin-pepper", settings.pin_pepper_file))
    bank_keys = settings.key_file("bank-accounts.json", settings.bank_keys_file)
    keys_of_banks.create(bank_keys)
    answer_s = policy.rail.answer_seconds + 10.0  # a test card is checked with its bank, which may say nothing
    async with VaultClient(settings.vault_api_url, shared, answer_s=answer_s, caller="server") as vault:
        yield House(
            database=database,
            together=together,
            entrance=people.Entrance(database, pepper, policy.pin),
            party=people.RelyingParty.of(settings.public_url),
            sessions=Sessions(together),
            connections=Connections(together),
            hub=hub,
            limits=Limits(),
            policy=policy,
            verbs=Verbs(policy),
            vault=no_open_transaction(vault),
            bank_seals=keys_of_banks.sealing(bank_keys),
            cursors=Cursors(pepper.key),
            hooks=HookVerbs(parts.webhook_seals(settings), Bounds(settings.sandbox, settings.calls_loopback)),
            requests=requests,
            public_url=settings.public_url,
            vault_url=settings.vault_url,
            company=settings.company_name,
            twin_url=settings.twin_url,
            clock_job=parts.CLOCK_JOB if settings.sandbox else None,
            banks=_SimulatedBanks(settings.simulator_control_port) if settings.sandbox else None,
            games=games_desk.desk(games.root(settings), games.web(settings), policy, plain=settings.sandbox),
        )
    for task in aside:
        task.cancel()
    await asyncio.gather(*aside, return_exceptions=True)
    await requests.write_down()
    await database.close()


class _SimulatedBanks:
    """What the simulated banks show. They are loaded where they are: where money is real there is nothing of them."""

    def __init__(self, port: int) -> None:
        from tuppence.rails.simulator.control import control

        self._ask = partial(control, port)

    async def lines(self, traces: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self._ask("bank", traces=list(traces)))["lines"]
        return found

    async def everything(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self._ask("banks"))["banks"]
        return found


class _Server(uvicorn.Server):
    """Sends long polls and streams home before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.close()
        await super().shutdown(sockets)


def _config(settings: Settings, house: House) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(house),
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=_MESSAGE_BYTES_MAX,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=16 * 1024,
    )
