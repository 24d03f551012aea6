"""The bank simulator's process."""

from tuppence.app import process
from tuppence.app.supervised import say_ready
from tuppence.rails.card.tls import Tls
from tuppence.rails.simulator.server import running
from tuppence.settings import Settings


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
        tls=_tls(settings).server() if settings.network_tls else None,
    )
    async with world, process.until_signal() as stop:
        say_ready()
        await stop.wait()


def _tls(settings: Settings) -> Tls:
    return Tls(settings.network_tls_ca_file, settings.simulator_tls_cert_file, settings.simulator_tls_key_file)
