"""The card network's TCP side: frames in, decisions journalled, answers out (or not, as the card's habits will)."""

import asyncio
import os
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from tuppence.core.calendar import FED
from tuppence.rails.card import dialect
from tuppence.rails.card.clearing import CUT_OFF, ClearingFile
from tuppence.rails.card.codec import Message, MessageError, pack, unpack
from tuppence.rails.card.framing import framed, read_frame
from tuppence.rails.card.spec import ANSWERS
from tuppence.rails.simulator import switch
from tuppence.rails.simulator.ach_desk import AchDesk
from tuppence.rails.simulator.books import Books, Event, Reversed, Seeded, WorldSet
from tuppence.rails.simulator.case_desk import CaseDesk
from tuppence.rails.simulator.clearing import Files, days_due
from tuppence.rails.simulator.control import Control
from tuppence.rails.simulator.journal import Journal
from tuppence.rails.simulator.switch import Hold, Reply

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_A_MOMENT = timedelta(seconds=1)


@dataclass(eq=False, slots=True)
class Member:
    """One connection of an acquirer."""

    writer: asyncio.StreamWriter
    signed_on: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, message: Message) -> None:
        """Answer, if it still listens."""
        if not self.writer.is_closing():
            self.writer.write(framed(pack(message)))


class Simulator:
    """Decides in order of arrival, one at a time; waits and answers concurrently."""

    def __init__(self, books: Books, journal: Journal, clearing: Path | None = None, bank: Path | None = None) -> None:
        """`clearing` is the folder for the files of closed days, `bank` the one where our bank exchanges files with us;
        None writes none."""
        self.books = books
        self.desk = AchDesk(bank, (books.ach, books.sepa), self.record) if bank else None
        self._files, self._folder = Files(), clearing
        self._turning = asyncio.Lock()
        self.cases = CaseDesk(clearing, books, self.record)
        self.port = self.control_port = 0
        self._journal = journal
        self._held: dict[UUID, list[tuple[Hold, Member, Message]]] = defaultdict(list)
        self._members: set[Member] = set()

    @property
    def now(self) -> datetime:
        """The simulated time: real time and an offset, UTC."""
        return datetime.now(UTC) + self.books.offset

    async def record(self, *events: Event) -> None:
        """Journal, apply, and return when it is on the disk. Nothing comes between journal and application."""
        for event in events:
            self._journal.append(event)
            self.books.apply(event)
        await self._journal.settled()

    async def turn_days(self) -> None:
        """Close the business days that are over, and return when their files are written. Safe to repeat."""
        async with self._turning:  # or a second caller would be told of files that the first still writes
            now = self.now
            for opened in list(days_due(self.books, now)):
                if self.books.days.open is not None:  # what issuers said before it closed is in that day's file
                    await self._tell_due(datetime.combine(self.books.days.open, CUT_OFF, FED.zone) - _A_MOMENT)
                await self.record(opened)
            await self.cases.take(now)
            await self._tell_due(now)
            if self._folder is not None:
                await asyncio.to_thread(write_files, self._folder, self._files.new(self.books))
        if self.desk is not None:
            await self.desk.turn(self.now)

    async def _tell_due(self, until: datetime) -> None:
        """What banks do by themselves: take debits back, send pushes back."""
        await self.cases.tell_due(until)
        await self.record(*self.books.returns_due(until))

    async def watch_days(self) -> None:
        """For as long as the simulator runs."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await self.turn_days()

    async def serve_member(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one acquirer until it goes."""
        member = Member(writer)
        self._members.add(member)
        try:
            while raw := await read_frame(reader):
                task = asyncio.create_task(self._handle_raw(member, raw))
                member.tasks.add(task)
                task.add_done_callback(member.tasks.discard)
        except MessageError as error:
            log.warning("stream_lost", reason=error.reason)
        finally:
            self._members.discard(member)
            writer.close()

    def hang_up(self) -> None:
        """Close every connection."""
        for member in list(self._members):
            member.writer.close()

    async def _handle_raw(self, member: Member, raw: bytes) -> None:
        try:
            message = unpack(raw)
        except MessageError as error:
            log.warning("message_unreadable", path=error.path, reason=error.reason)
            return
        await self._handle(member, message)

    async def _handle(self, member: Member, message: Message) -> None:
        if message.mti == "0800" and message[70] == dialect.SIGN_ON:
            member.signed_on = True
        if not member.signed_on and message.mti in ANSWERS:
            member.send(switch.answer(message, switch.NOT_SIGNED_ON))
            return
        now = self.now
        reply = switch.reply(self.books, message, now)
        await self.record(*days_due(self.books, now), *reply.events)
        await self._speak(member, message, reply)
        for event in reply.events:
            if isinstance(event, Reversed):
                await self._release(event.attempt)

    async def _speak(self, member: Member, message: Message, reply: Reply) -> None:
        await asyncio.sleep(reply.delay_s)
        if reply.hold is not None:
            kept = message if reply.hold is Hold.REQUEST else reply.answer
            assert kept is not None
            self._held[dialect.attempt_id(message, 62)].append((reply.hold, member, kept))
        elif reply.answer is not None:
            for _ in range(reply.copies):
                member.send(reply.answer)

    async def _release(self, attempt: UUID) -> None:
        """The reversal was acknowledged: now comes what it was too late for, or came too early for."""
        for hold, member, message in self._held.pop(attempt, []):
            if hold is Hold.ANSWER:
                member.send(message)
            else:
                await self._handle(member, message)


def write_files(folder: Path, files: Iterable[ClearingFile]) -> None:
    """Put files where the acquirer finds them, each whole, and those of a day together: half a day would miss what is
    in the other half. One that is there already says the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for file in files:
            if not (folder / file.name).exists():
                _write(folder / f".{file.name}", file.text)
                written.append(folder / file.name)
    finally:
        _show(folder, written)


def _write(path: Path, text: bytes) -> None:
    with path.open("wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _show(folder: Path, paths: Sequence[Path]) -> None:
    for path in paths:
        (folder / f".{path.name}").rename(path)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@asynccontextmanager
async def running(
    journal_path: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    control_port: int = 0,
    seed: int = 1,
    clearing: Path | None = None,
    bank: Path | None = None,
    world: str | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Simulator]:
    """A simulator that listens. Port 0 picks a free one; `seed` counts for a new journal only; `clearing` is the
    folder for the files of closed days, `bank` the one where our bank exchanges files with us, `world` the text of a
    world's file, which counts from now on; None leaves it as it is.

    Raises: WorldError, JournalInUse, JournalDamaged, OSError if a port is taken.
    """
    journal = Journal(journal_path)
    try:
        simulator = Simulator(Books(), journal, clearing, bank)
        events = 0
        for event in journal.replay():
            simulator.books.apply(event)
            events += 1
        if not events:
            await simulator.record(Seeded(seed))
        if world is not None and (not events or world != simulator.books.world.text):  # a journal says its own world
            await simulator.record(WorldSet(world))
        if simulator.desk is not None:
            await simulator.desk.open()
        await simulator.turn_days()  # the first look at the holidays takes a while: not while somebody waits
        turning = asyncio.create_task(simulator.watch_days())
        network = await asyncio.start_server(simulator.serve_member, host, port, ssl=tls)
        control = await asyncio.start_server(Control(simulator).serve, "127.0.0.1", control_port)
        simulator.port = network.sockets[0].getsockname()[1]
        simulator.control_port = control.sockets[0].getsockname()[1]
        log.info("simulating", port=simulator.port, control_port=simulator.control_port, events=events)
        try:
            yield simulator
        finally:
            turning.cancel()
            await asyncio.gather(turning, return_exceptions=True)
            network.close()
            control.close()
            simulator.hang_up()
    finally:
        await journal.close()


async def serve(host: str, port: int, control_port: int, journal_path: Path, seed: int) -> None:
    """Simulate until cancelled."""
    async with running(journal_path, host=host, port=port, control_port=control_port, seed=seed):
        await asyncio.Event().wait()
