"""Token mode's line to an acquirer: what its silence proves, and that a number cannot come in by this door."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from tuppence.core import uuid7
from tuppence.rails.card.acquirer import AcquirerNetwork
from tuppence.rails.card.sandbox import entries
from tuppence.rails.simulator import ControlRefused
from tuppence.rails.simulator.acquirer import HostedCards
from tuppence.rails.simulator.world import reissued
from tuppence.vault.network import Card, Financial, Hosted, Movement, Outcome, Renewed, Secret, State

KEY = "Bearer k"
TYPED = ("number", "exp_month", "exp_year", "cvv", "zip")


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def acquirer(desk: Any, tmp_path: Path) -> AsyncIterator[str]:
    """The sandbox's acquirer in front of the simulated network; its address."""
    cards = HostedCards(desk.network, tmp_path / "acquirer", files={}, authorization=KEY, framed_by="")
    async with served(cards) as url:
        yield url


def listed(label: str) -> dict[str, Any]:
    return next(card for card in entries() if card["label"] == label)


async def typed(url: str, **changed: Any) -> httpx2.Response:
    """What the acquirer's page does."""
    entry = listed("Everyday")
    form = {name: entry[name] for name in TYPED} | {"keep": True} | changed
    async with httpx2.AsyncClient(trust_env=False) as http:
        return await http.post(f"{url}/card-form/cards", json=form)


def ask(token: Secret, movement: Movement = Movement.DEBIT, **given: Any) -> Financial:
    entry = listed("Everyday")
    card = Card(token, entry["exp_month"], entry["exp_year"])
    return Financial(uuid7(), movement, 2000, "USD", given.pop("stamp"), uuid7(), card, **given)


async def test_a_card_typed_there_is_used_by_its_token(acquirer: str, desk: Any) -> None:
    """Redeemed once, debited, refunded, inquired after and reversed: no number on our side of the line."""
    async with AcquirerNetwork(acquirer, KEY) as rail:
        once = (await typed(acquirer)).json()["token"]
        card = await rail.redeem(once)
        again = await rail.redeem(once)
        assert isinstance(card, Hosted)
        debit = ask(card.token, stamp=rail.stamp())
        taken = await rail.financial(debit)
        refund = Financial(uuid7(), Movement.REFUND, 500, "USD", rail.stamp(), uuid7(), None, debit.original)
        given = await rail.financial(refund)
        push = ask(card.token, Movement.PUSH, stamp=rail.stamp())
        unasked = await rail.inquire(push.original)
        reversed_ = await rail.reverse(ask(card.token, stamp=rail.stamp()).original, repeat=False)

    assert Outcome(State.UNKNOWN) == again
    assert (State.ACCEPTED, State.ACCEPTED, State.NEVER_SEEN, True) == (
        taken.state,
        given.state,
        unasked.state,
        reversed_,
    )
    assert (card.last4, "debit", True) == (listed("Everyday")["number"][-4:], card.about.funding, card.keep)
    assert listed("Everyday")["number"] not in f"{card} {card.token.reveal()} {card.identity}"
    assert -1500 == await desk.moved("Everyday")


async def test_a_card_sent_out_anew_is_told_by_either_line(acquirer: str, desk: Any) -> None:
    """Over ISO 8583 and by token: nothing is known until the bank sends a new card; then the old date is refused."""
    async with AcquirerNetwork(acquirer, KEY) as rail:
        card = await rail.redeem((await typed(acquirer)).json()["token"])
        assert isinstance(card, Hosted)
        old = ask(card.token, stamp=rail.stamp())
        assert old.card is not None
        before = [await rail.renewed(old.card), await desk.network.renewed(desk.card("Everyday"))]
        await desk.habits("Everyday", renewed="4901")
        after = [await rail.renewed(old.card), await desk.network.renewed(desk.card("Everyday"))]
        refused = await rail.financial(old)

    assert [None, None] == before
    assert [Renewed(1, 2049)] * 2 == after
    assert (State.DECLINED, "expired_card") == (refused.state, refused.decline_code)
    for nonsense in ("4913", "ok", "x", 4901, "490101"):
        with pytest.raises(ControlRefused):
            await desk.habits("Everyday", renewed=nonsense)


async def test_a_card_sent_out_under_another_number_is_told_by_the_line_that_carries_numbers(
    acquirer: str, desk: Any
) -> None:
    """Over ISO 8583 the new number comes along and the old one is refused; an acquirer takes it itself, and its token
    goes on being the card's name.
    """
    number = listed("Everyday")["number"]
    async with AcquirerNetwork(acquirer, KEY) as rail:
        card = await rail.redeem((await typed(acquirer)).json()["token"])
        assert isinstance(card, Hosted)
        old = ask(card.token, stamp=rail.stamp())
        assert old.card is not None
        await desk.habits("Everyday", renumbered=True)
        told = [await desk.network.renewed(desk.card("Everyday")), await rail.renewed(old.card)]
        refused = await desk.network.financial(replace(old, card=desk.card("Everyday"), stamp=rail.stamp()))
        taken = await rail.financial(
            replace(ask(card.token, stamp=rail.stamp()), card=replace(old.card, exp_year=2035))
        )

    assert [Renewed(12, 2035, Secret(reissued(number))), Renewed(12, 2035)] == told
    assert (State.DECLINED, "expired_card") == (refused.state, refused.decline_code)
    assert State.ACCEPTED == taken.state


async def test_a_card_that_its_bank_refuses_is_not_kept(acquirer: str, tmp_path: Path) -> None:
    """A wrong code is the bank's no, told as one; nothing is in the acquirer's file."""
    async with AcquirerNetwork(acquirer, KEY) as rail:
        told = await rail.redeem((await typed(acquirer, cvv="999")).json()["token"])

    assert isinstance(told, Outcome)
    assert (State.DECLINED, "details_mismatch") == (told.state, told.decline_code)
    assert not (tmp_path / "acquirer").exists()


@pytest.mark.parametrize("number", ["", "4000110000000018", "4" * 40, "9999990000000001", None, ["4"], "４０００"])
async def test_a_number_that_is_none_is_refused_at_once(number: Any, acquirer: str) -> None:
    """Said without asking a bank, and never a 500."""
    answer = await typed(acquirer, number=number)

    assert (422, "number_invalid") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"of": 1}', b'{"card": {}}', b"\xff", b"[" * 20_000])
@pytest.mark.parametrize("path", ["/v1/redeem", "/v1/financial", "/v1/reverse", "/v1/inquire", "/card-form/cards"])
async def test_hostile_bodies_are_refused(path: str, body: bytes, acquirer: str) -> None:
    """Any bytes get a code; without our key nothing is even read."""
    async with httpx2.AsyncClient(base_url=acquirer, trust_env=False) as http:
        answer = await http.post(path, content=body, headers={"Authorization": KEY})
        stranger = await http.post("/v1/financial", json={}, headers={"Authorization": "Bearer x"})

    assert 422 == answer.status_code
    assert 401 == stranger.status_code


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 500 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
    writer.close()


async def _babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")
    writer.close()


@pytest.mark.parametrize("peer", [_hang_up, _say_nothing, _fail, _babble])
async def test_once_written_silence_is_unknown(peer: Peer) -> None:
    """Whatever happens after the request left, it may have been done: never told as refused, never sent twice."""
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, AcquirerNetwork(url, KEY, answer_s=0.3) as rail:
        asked = ask(Secret("acq_x"), stamp=rail.stamp())

        assert State.UNKNOWN == (await rail.financial(asked)).state
        assert not await rail.reverse(asked.original, repeat=True)
        assert State.UNKNOWN == (await rail.inquire(asked.original)).state


async def test_without_a_connection_nothing_is_sent() -> None:
    """Nobody listens: provably not sent."""
    server = await asyncio.start_server(_fail, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()
    async with AcquirerNetwork(url, KEY) as rail:
        assert State.NOT_SENT == (await rail.financial(ask(Secret("acq_x"), stamp=rail.stamp()))).state
