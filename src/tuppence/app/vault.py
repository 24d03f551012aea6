"""The vault's process: the vault, the card network's connector and the database; nothing else is loaded here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuppence.app import lines, parts, process
from tuppence.app.serving import serve
from tuppence.app.supervised import say_ready
from tuppence.db import Database
from tuppence.rails.card import Iso8583Network, Waits, bin_of, sandbox_cards
from tuppence.rails.card.acquirer import AcquirerNetwork
from tuppence.settings import Settings
from tuppence.vault import app, keys
from tuppence.vault.harden import harden
from tuppence.vault.keks import transit
from tuppence.vault.keks.keyring import Keyring, from_file
from tuppence.vault.keks.transit import Service
from tuppence.vault.model import Settings as VaultSettings


def main(settings: Settings) -> None:
    """Be the vault."""
    harden()
    process.run("vault", settings, _main)


async def _main(settings: Settings) -> None:
    policy = parts.policy(settings)
    shared = keys.create_shared(settings.key_file("shared.json", settings.shared_keys_file))
    about = VaultSettings(
        origin=settings.vault_url,
        app_origin=settings.public_url,
        shared=shared,
        acquirer_origin=settings.acquirer_url if settings.vault_mode == "token" else None,
        sandbox_cards=sandbox_cards() if settings.sandbox and settings.vault_mode == "own" else (),
        network_tokens=settings.vault_network_tokens and settings.vault_mode == "own",
        currency=policy.currency,
        failures_per_day=policy.cards.failures_per_day,
        reversal_case_tries=policy.rail.reversal_case_tries,
    )
    database = await Database.open(parts.url(settings, "vault"), name="vault")
    network = _network(settings, policy.rail.answer_seconds)
    async with _keyring(settings) as keyring, network:
        application = app.application(database, keyring, network, bin_of, about)
        server = app.server(
            application,
            host=settings.vault_host,
            port=settings.vault_port,
            trusted_proxies=settings.trusted_proxies,
        )
        await serve(server, say_ready)
    await database.close()


@asynccontextmanager
async def _keyring(settings: Settings) -> AsyncIterator[Keyring]:
    """The vault's keys: a key service's, if one is named; else a file's, which may be sealed for custodians."""
    path = settings.key_file("vault.json", settings.vault_keys_file)
    if settings.vault_transit_url is None:
        yield from_file(path)
        return
    service = Service(
        url=settings.vault_transit_url,
        key=settings.vault_transit_key,
        token_file=settings.key_file("transit-token", settings.vault_transit_token_file),
        mount=settings.vault_transit_mount,
        ca_file=settings.vault_transit_ca_file,
    )
    async with transit.opened(service, path) as keks:
        yield Keyring(keks)


def _network(settings: Settings, answer_s: float) -> Iso8583Network | AcquirerNetwork:
    """The card network, with our own numbers or by an acquirer's tokens."""
    tls = lines.network_tls(settings)
    if settings.vault_mode == "own":
        return Iso8583Network(settings.network_host, settings.network_port, waits=Waits(answer_s=answer_s), tls=tls)
    us = keys.create_shared(settings.key_file("acquirer.json", settings.acquirer_key_file))
    # The acquirer waits for its network, and must be given the time to say that it heard nothing.
    return AcquirerNetwork(settings.acquirer_api, us.authorization, answer_s=answer_s + 5, tls=tls)
