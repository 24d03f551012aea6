"""The connector against peers that misbehave: raw sockets that answer wrongly, twice, late, half, or not at all."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tuppence.rails.card.codec import Message, pack, unpack
from tuppence.rails.card.framing import framed, read_frame
from tuppence.rails.card.link import MOST_STAN, Link, Stamps
from tuppence.rails.simulator.switch import answer
from tuppence.vault.network import Movement, State

Talk = Callable[["Peer", Message], Awaitable[None]]


class Peer:
    """A network that signs everybody on, and then says what the test wants."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.port = 0
        self.heard: list[Message] = []
        self.connections = 0
        self.echoes = True
        self.signs_on = True
        self.stirred = asyncio.Event()
        self.writer: asyncio.StreamWriter

    async def until(self, reached: Callable[["Peer"], bool]) -> None:
        """Wait until something has happened here."""
        while not reached(self):
            self.stirred.clear()
            await self.stirred.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one connection."""
        self.connections += 1
        self.writer = writer
        self.stirred.set()
        while raw := await read_frame(reader):
            message = unpack(raw)
            if message.mti == "0800":
                if self.signs_on and (message[70] == "001" or self.echoes):
                    self.say(answer(message, "00"))
            else:
                self.heard.append(message)
                self.stirred.set()
                await self.talk(self, message)
        writer.close()

    def say(self, *messages: Message) -> None:
        """Send messages."""
        self.raw(b"".join(framed(pack(message)) for message in messages))

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)

    def reset(self) -> None:
        """Break the connection off with RST."""
        plain: socket.socket = self.writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def peer(talk: Talk) -> AsyncIterator[Peer]:
    """A peer on a free port."""
    one = Peer(talk)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        if hasattr(one, "writer"):
            one.writer.close()


def approve(message: Message) -> Message:
    """An approval, as it should be."""
    return answer(message, "00", {38: "123456"})


def altered(message: Message, number: int, text: str) -> Message:
    """The same with one data element changed."""
    return Message(message.mti, dict(message.fields) | {number: text})


async def _silence(_: Peer, __: Message) -> None:
    pass


async def _garbage(to: Peer, message: Message) -> None:
    for noise in (
        b"\x00",
        b"0210",
        b"\xff" * 40,
        b"0210" + b"F" * 32,
        pack(approve(message))[:-1],
        b"GET / HTTP/1.1\r\n",
    ):
        to.raw(framed(noise))
    to.say(approve(message))


async def _others(to: Peer, message: Message) -> None:
    good = approve(message)
    to.say(
        altered(good, 11, "999998" if message[11] != "999998" else "999997"),
        altered(good, 7, "0101000000"),
        altered(good, 4, "000000999999"),
        altered(good, 41, "ELSEWERE"),
        altered(good, 62, "0" * 32),
        altered(good, 49, "978"),
        altered(good, 3, "260000"),
        message,  # our own words back
    )


async def _others_then_right(to: Peer, message: Message) -> None:
    await _others(to, message)
    to.say(answer(message, "51"))


async def _twice(to: Peer, message: Message) -> None:
    to.say(approve(message), answer(message, "05"), approve(message))


async def _half_then_gone(to: Peer, message: Message) -> None:
    to.raw(framed(pack(approve(message)))[:20])
    to.writer.close()


async def _lost_place(to: Peer, message: Message) -> None:
    to.raw(b"\xff\xff" + framed(pack(approve(message))))


async def _reset(to: Peer, _: Message) -> None:
    to.reset()


async def _close(to: Peer, _: Message) -> None:
    to.writer.close()


async def _byte_by_byte(to: Peer, message: Message) -> None:
    for byte in framed(pack(approve(message))):
        to.raw(bytes([byte]))
        await asyncio.sleep(0)


async def _odd_code(to: Peer, message: Message) -> None:
    to.say(answer(message, "96"))


@pytest.mark.parametrize(
    ("talk", "state"),
    [
        (_silence, State.UNKNOWN),
        (_garbage, State.ACCEPTED),
        (_others, State.UNKNOWN),
        (_others_then_right, State.DECLINED),
        (_twice, State.ACCEPTED),
        (_half_then_gone, State.UNKNOWN),
        (_lost_place, State.UNKNOWN),
        (_reset, State.UNKNOWN),
        (_close, State.UNKNOWN),
        (_byte_by_byte, State.ACCEPTED),
        (_odd_code, State.UNKNOWN),
    ],
)
async def test_only_the_right_answer_counts(talk: Talk, state: State, desk_at: Any) -> None:
    """Whatever the peer does, an outcome comes: decided by a matching answer, otherwise unknown; sent once, in all."""
    answer_s = 0.3 if state is State.UNKNOWN else 10
    async with peer(talk) as network, desk_at(network.port, answer_s=answer_s) as desk:
        _, outcome = await desk.send(Movement.DEBIT, "Everyday")

        assert state == outcome.state
        assert 1 == len(network.heard)


class Gullible(Link):
    """The seeded bug: takes any answer that carries the right trace number."""

    def _receive(self, raw: bytes) -> None:
        answer = unpack(raw)
        for waiting in self._in_flight.values():
            if waiting.request[11] == answer[11] and not waiting.answer.done():
                waiting.answer.set_result(answer)


async def test_a_connector_that_matches_by_trace_number_alone_is_caught(desk_at: Any) -> None:
    """With the seeded bug the answers of others would have been taken for ours, as approvals."""
    async with peer(_others) as network, desk_at(network.port) as desk:
        desk.network._link.__class__ = Gullible

        assert State.ACCEPTED == (await desk.send(Movement.DEBIT, "Everyday"))[1].state


async def test_a_broken_connection_is_told_at_once_and_made_anew(desk_at: Any) -> None:
    """Nobody sits out the time-out when the line is known to be dead, and the next ask finds a new one."""
    async with peer(_reset) as network, desk_at(network.port, answer_s=30, connect_s=5) as desk:
        async with asyncio.timeout(20):
            assert State.UNKNOWN == (await desk.send(Movement.DEBIT, "Everyday"))[1].state
            network.talk = _twice
            assert State.ACCEPTED == (await desk.send(Movement.DEBIT, "Everyday"))[1].state
        assert 2 == network.connections


async def test_without_a_connection_nothing_is_sent(desk_at: Any) -> None:
    """Nobody listens: a debit is proven not sent, while a question about another remains open."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        async with desk_at(taken.getsockname()[1], connect_s=0.1) as desk:
            ask, outcome = await desk.send(Movement.DEBIT, "Everyday")

            assert State.NOT_SENT == outcome.state
            assert not desk.network.connected
            assert State.UNKNOWN == (await desk.network.inquire(ask.original)).state
            assert not await desk.network.reverse(ask.original, repeat=False)


async def test_before_sign_on_nothing_is_sent(desk_at: Any) -> None:
    """A peer that does not sign us on hears of no card."""
    async with peer(_twice) as network:
        network.signs_on = False
        async with desk_at(network.port, answer_s=0.2, connect_s=0.1) as desk:
            assert State.NOT_SENT == (await desk.send(Movement.DEBIT, "Everyday"))[1].state
            assert [] == network.heard


async def test_what_cannot_be_packed_is_not_sent(desk_at: Any) -> None:
    """An amount that the field cannot hold never leaves."""
    async with peer(_twice) as network, desk_at(network.port) as desk:
        assert State.NOT_SENT == (await desk.send(Movement.DEBIT, "Everyday", 10**12))[1].state
        assert [] == network.heard


async def test_a_late_answer_is_not_taken_for_the_next(desk_at: Any) -> None:
    """An approval that comes after our patience ended neither revives its request nor answers another."""

    async def late(to: Peer, message: Message) -> None:
        to.say(*(approve(earlier) for earlier in to.heard[:-1]), answer(message, "05")) if len(to.heard) > 1 else None

    async with peer(late) as network, desk_at(network.port, answer_s=0.5) as desk:
        states = [(await desk.send(Movement.DEBIT, "Everyday"))[1].state for _ in range(3)]
        assert [State.UNKNOWN, State.DECLINED, State.DECLINED] == states


async def test_answers_out_of_order_find_their_requests(desk_at: Any) -> None:
    """Fifty at once over one connection, answered backwards, each with a code of its own."""

    async def backwards(to: Peer, _: Message) -> None:
        if len(to.heard) == 50:
            to.say(*(answer(m, "00" if int(m[4]) % 2 else "51") for m in reversed(to.heard)))

    async with peer(backwards) as network, desk_at(network.port, answer_s=5) as desk:
        amounts = list(range(100, 150))
        sent = await asyncio.gather(*(desk.send(Movement.DEBIT, "Everyday", amount) for amount in amounts))

        assert [State.ACCEPTED if amount % 2 else State.DECLINED for amount in amounts] == [
            out.state for _, out in sent
        ]
        assert 1 == network.connections


async def test_an_unanswered_echo_ends_the_connection(desk_at: Any) -> None:
    """A line that is open and dead is found out by asking, and replaced."""
    async with peer(_twice) as network:
        network.echoes = False
        async with desk_at(network.port, answer_s=0.1, echo_s=0.05), asyncio.timeout(20):
            await network.until(lambda peer: peer.connections >= 3)


async def test_the_same_stamp_twice_at_once_is_sent_once(desk_at: Any) -> None:
    """While one is under way, another in the same place is not sent: their answers could not be told apart."""
    async with peer(_silence) as network, desk_at(network.port, answer_s=0.3) as desk:
        ask = desk.ask(Movement.DEBIT, "Everyday")
        again = replace(desk.ask(Movement.DEBIT, "Everyday"), stamp=ask.stamp)
        outcomes = await asyncio.gather(desk.network.financial(ask), desk.network.financial(again))

        assert [State.UNKNOWN, State.NOT_SENT] == [outcome.state for outcome in outcomes]
        assert 1 == len(network.heard)


async def test_closing_leaves_nobody_waiting(desk_at: Any) -> None:
    """Whoever waits when the vault stops learns that there was no answer."""
    async with peer(_silence) as network:
        async with desk_at(network.port, answer_s=30) as desk:
            waiting = asyncio.create_task(desk.send(Movement.DEBIT, "Everyday"))
            await network.until(lambda peer: bool(peer.heard))
        async with asyncio.timeout(2):
            assert State.UNKNOWN == (await waiting)[1].state


async def test_no_log_line_holds_a_number(desk_at: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Time-outs, wrong answers and garbage are all logged, and none of it shows the card."""
    for talk in (_silence, _garbage, _others, _twice):
        async with peer(talk) as network, desk_at(network.port, answer_s=0.3) as desk:
            await desk.send(Movement.DEBIT, "Everyday")
    shown = capsys.readouterr().out

    assert "no_answer" in shown
    assert "answer_dropped" in shown
    assert "answer_unreadable" in shown
    assert desk.card("Everyday").number.reveal() not in shown


def test_trace_numbers_wrap_and_skip_zero() -> None:
    """999999 is followed by 1."""
    stamps = Stamps(last=MOST_STAN - 1)
    assert [999_999, 1, 2] == [stamps.next().stan for _ in range(3)]
