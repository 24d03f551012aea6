"""The line to the network by TLS, with real handshakes: certificates on both sides, made here by a CA made here."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.rails.card.authority import Authority

from tuppence.rails.card import Iso8583Network, Tls, Waits
from tuppence.rails.simulator import running
from tuppence.vault.network import Movement, State

SOON = Waits(answer_s=5, connect_s=0.6)


class Town:
    """A network behind TLS, and what its members could show."""

    def __init__(self, folder: Path) -> None:
        self.ours, self.other = Authority(folder / "ours"), Authority(folder / "other")
        self.network = self.ours.issue("network.example")
        self.member = self.ours.issue("tuppence.example")

    def shows(self, **changed: Any) -> Tls:
        """A member in order, but for what is changed."""
        cert, key = changed.pop("pair", self.member)
        return Tls(changed.pop("ca", self.ours.ca), cert, key, changed.pop("name", "network.example"))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two authorities, of which everybody here believes one."""
    return Town(tmp_path_factory.mktemp("town"))


@asynccontextmanager
async def network(town: Town, folder: Path, pair: tuple[Path, Path] | None = None) -> AsyncIterator[int]:
    """The simulator behind TLS; its port."""
    tls = Tls(town.ours.ca, *(pair or town.network)).server()
    async with running(folder / "secured", seed=7, tls=tls) as simulator:
        yield simulator.port


async def asked(port: int, tls: Tls | None, desk: Any) -> State:
    """What comes of a debit."""
    async with Iso8583Network("127.0.0.1", port, waits=SOON, tls=tls) as rail:
        desk.network = rail
        _, outcome = await desk.send(Movement.DEBIT, "Everyday")
        return State(outcome.state)


async def test_with_certificates_in_order_money_moves(town: Town, tmp_path: Path, desk: Any) -> None:
    """Both show what a CA of theirs signed, and a debit is accepted over the encrypted line."""
    async with network(town, tmp_path) as port:
        assert State.ACCEPTED == await asked(port, town.shows(), desk)


REFUSED: dict[str, Callable[[Town], Tls | None]] = {
    "no certificate of ours": lambda town: Tls(town.ours.ca, server_name="network.example"),
    "ours signed by a stranger": lambda town: town.shows(pair=town.other.issue("tuppence.example")),
    "ours expired": lambda town: town.shows(pair=town.ours.issue("tuppence.example", days=-1)),
    "theirs by nobody we believe": lambda town: town.shows(ca=town.other.ca),
    "theirs for another name": lambda town: town.shows(name="elsewhere.example"),
    "a file that is not there": lambda town: town.shows(ca=Path("/nowhere/ca.pem")),
    "no TLS at all": lambda _: None,
}


@pytest.mark.parametrize("amiss", REFUSED)
async def test_what_is_amiss_is_refused_before_a_byte_of_a_message(
    amiss: str, town: Town, tmp_path: Path, desk: Any
) -> None:
    """Whatever certificate is wrong, on whichever side: provably nothing was sent, and the network heard of no card."""
    async with network(town, tmp_path) as port:
        assert State.NOT_SENT == await asked(port, REFUSED[amiss](town), desk)


async def test_an_expired_network_is_refused_by_us(
    town: Town, tmp_path: Path, desk: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their certificate ran out yesterday: nothing is sent, and the log says why in words."""
    expired = town.ours.issue("network.example", days=-1)
    async with network(town, tmp_path, expired) as port:
        assert State.NOT_SENT == await asked(port, town.shows(), desk)
    assert "certificate has expired" in capsys.readouterr().out


class Trusting(Tls):
    """The seeded bug: encrypts, and does not look at whom it talks to."""

    def client(self) -> Any:
        context = super().client()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


async def test_a_connector_that_believes_any_certificate_is_caught(town: Town, tmp_path: Path, desk: Any) -> None:
    """With the seeded bug an impostor's network is given the card."""
    impostor = town.other.issue("network.example")
    sound = town.shows()
    gullible = Trusting(sound.ca_file, sound.cert_file, sound.key_file, sound.server_name)
    async with network(town, tmp_path, impostor) as port:
        assert State.NOT_SENT == await asked(port, sound, desk)
        assert State.ACCEPTED == await asked(port, gullible, desk)


async def test_a_renewed_certificate_needs_no_restart(town: Town, tmp_path: Path, desk: Any) -> None:
    """The file is read at each connection: a line that was refused comes up once the file is right."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(town.ours.issue("tuppence.example", days=-1)[0].read_bytes())
    key.write_bytes(town.member[1].read_bytes())
    async with (
        network(town, tmp_path) as port,
        Iso8583Network("127.0.0.1", port, waits=SOON, tls=town.shows(pair=(cert, key))) as rail,
    ):
        desk.network = rail
        assert State.NOT_SENT == (await desk.send(Movement.DEBIT, "Everyday"))[1].state
        cert.write_bytes(town.member[0].read_bytes())
        async with asyncio.timeout(20):
            while not rail.connected:  # noqa: ASYNC110 - what is waited for is the back-off
                await asyncio.sleep(0.05)
        assert State.ACCEPTED == (await desk.send(Movement.DEBIT, "Everyday"))[1].state


async def test_a_peer_that_never_shakes_hands_holds_nobody_up(town: Town, desk: Any) -> None:
    """Accepts and says nothing: the ask ends in time, with nothing sent."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        async with asyncio.timeout(5):
            assert State.NOT_SENT == await asked(mute.getsockname()[1], town.shows(), desk)
