"""The bank simulator's process."""

from importlib.resources import files

import uvicorn

from tuppence.app import lines, process
from tuppence.app.serving import serve
from tuppence.app.supervised import say_ready
from tuppence.rails.card import Iso8583Network, Tls
from tuppence.rails.simulator import rulebook
from tuppence.rails.simulator.acquirer import HostedCards, filled_in
from tuppence.rails.simulator.server import running
from tuppence.rails.simulator.world import known_banks
from tuppence.settings import Settings
from tuppence.vault import keys


def main(settings: Settings) -> None:
    """Be every bank and the network between them."""
    process.run("simulator", settings, _main)


async def _main(settings: Settings) -> None:
    journal = settings.data_dir / "simulator" / "journal"
    journal.parent.mkdir(parents=True, exist_ok=True)
    world = running(
        journal,
        host=settings.network_host,
        port=settings.network_port,
        control_port=settings.simulator_control_port,
        clearing=settings.clearing_folder,
        bank=settings.bank_folder,
        world=_world(settings),
        tls=_tls(settings).server() if settings.network_tls else None,
    )
    async with world:
        if settings.vault_mode == "token":
            await _acquire(settings)
        else:
            async with process.until_signal() as stop:
                say_ready()
                await stop.wait()


async def _acquire(settings: Settings) -> None:
    """Be the acquirer that keeps the cards in token mode, a member of the simulated network, until a signal."""
    held = {one.name: one.read_bytes() for one in files("tuppence.vault").joinpath("static").iterdir()}
    us = keys.create_shared(settings.key_file("acquirer.json", settings.acquirer_key_file))
    async with Iso8583Network(settings.network_host, settings.network_port, tls=lines.network_tls(settings)) as network:
        cards = HostedCards(
            network,
            settings.data_dir / "simulator" / "acquirer",
            files=filled_in(held, settings.vault_url),
            authorization=us.authorization,
            framed_by=f"frame-ancestors {settings.vault_url} {settings.public_url}",
        )
        host, port = settings.acquirer_host, settings.acquirer_port
        config = uvicorn.Config(cards, host=host, port=port, access_log=False, log_config=None, lifespan="off")
        await serve(uvicorn.Server(config), say_ready)


def _world(settings: Settings) -> str | None:
    """The text of the world's file, once it has been read through. Raises: WorldError, OSError."""
    if settings.simulator_world is None:
        return rulebook.shipped().text
    text = settings.simulator_world.read_text()
    rulebook.read(text, name=settings.simulator_world.name, banks=known_banks())
    return text


def _tls(settings: Settings) -> Tls:
    return Tls(settings.network_tls_ca_file, settings.simulator_tls_cert_file, settings.simulator_tls_key_file)
