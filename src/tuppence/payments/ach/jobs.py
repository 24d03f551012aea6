"""What the worker does for bank files: writes them at a cut-off, reads the inbox, and tells accounts and payments.

`told` looks at an entry as it is by then, never at what happened in between: whatever order news came in, however
often, the same becomes of it.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

import structlog

from tuppence.core import Policy
from tuppence.db import Database
from tuppence.outbox import Handler, Job
from tuppence.outbox.rules import name_of
from tuppence.payments.ach import advices, files, orders, rates, receive, statements
from tuppence.payments.ach.entries import FILE, SQL
from tuppence.payments.ach.files import LATE, TOLD, Originator
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.ach.receive import Keys, Received
from tuppence.payments.ach.sepa import orders as orders_of_sepa
from tuppence.payments.banks import actions as banks
from tuppence.payments.banks.model import Noted
from tuppence.payments.sends import actions as sends
from tuppence.payments.sends.model import Answer, Recorded
from tuppence.rails.bank.exchange import Exchange, FileTooLarge, digest

log = structlog.get_logger()

_PROOFS = ("deposit", "prenote")


class BankFiles:
    """Bank files, put together by the composition root."""

    def __init__(self, database: Database, exchange: Exchange, who: Originator, keys: Keys, policy: Policy) -> None:
        self._database, self._exchange = database, exchange
        self._who, self._keys, self._policy = who, keys, policy
        self._account = who.account_by(policy.scheme)
        self._build = orders_of_sepa.build if policy.scheme == "sepa" else files.build
        self._stopping = asyncio.Event()

    def handlers(self) -> Mapping[str, Handler]:
        """Every kind of job of this room, for the worker."""
        return {
            FILE: self._file,
            TOLD: self._told,
            LATE: self._late,
            orders.CLEAR: self._told,
            orders.RETRY: self._retry,
            rates.RATES: self._rates,
            statements.DUE: self._statement_due,
        }

    async def read_inbox(self) -> int:
        """Take in what lies in the inbox; how many files. One that is read again is known by its hash."""
        names = await self._exchange.waiting()
        for name in names:
            try:
                path = await self._exchange.fetch(name)
            except FileTooLarge:
                log.error("bank_file.too_large", file=name)  # the others behind it are still read
                continue
            file = Received(name, await asyncio.to_thread(digest, path), path)
            async with self._database.transaction() as tx:
                new = await receive.receive(tx, file, self._keys, account=self._account, policy=self._policy)
            await self._exchange.done(name)
            log.info("bank_file.received", file=name, new=new)
        return len(names)

    async def watch_inbox(self, every_s: float = 1.0) -> None:
        """Look into the inbox until stopped; what goes wrong is tried again at the next look."""
        while not self._stopping.is_set():
            try:
                await self.read_inbox()
            except Exception as error:
                log.warning("bank_inbox.failed", error=name_of(error), exc_info=error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every_s):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Look no more; `watch_inbox` returns when what it reads is written down."""
        self._stopping.set()

    async def _file(self, jobs: Sequence[Job]) -> list[None]:
        """Take, commit, write, record. Interrupted anywhere, the next run makes the same bytes under the same name."""
        while True:
            async with self._database.transaction() as tx:
                if not await files.take(tx, self._who, self._keys.opens, policy=self._policy):
                    break
        async with self._database.transaction(read_only=True) as tx:
            unwritten = await files.unwritten(tx)
        for file, entries in unwritten:
            content = self._build(file, entries, self._who, self._keys.opens)
            await self._exchange.put(file.name, content)
            async with self._database.transaction() as tx:
                await files.written(tx, file, hashlib.sha256(content).hexdigest(), policy=self._policy)
            log.info("bank_file.written", file=file.name, entries=len(entries))
        return [None for _ in jobs]

    async def _late(self, jobs: Sequence[Job]) -> list[None]:
        """A file that our bank has not answered by now is somebody's case; it is not sent again."""
        async with self._database.transaction() as tx:
            await advices.note_unanswered(tx, [job.key for job in jobs], policy=self._policy)
        return [None for _ in jobs]

    async def _retry(self, jobs: Sequence[Job]) -> list[None]:
        async with self._database.transaction() as tx:
            await orders.retry(tx, [UUID(job.key) for job in jobs], policy=self._policy)
        return [None for _ in jobs]

    async def _statement_due(self, jobs: Sequence[Job]) -> list[None]:
        async with self._database.transaction() as tx:
            await statements.note_missing(tx, policy=self._policy)
        return [None for _ in jobs]

    async def _rates(self, jobs: Sequence[Job]) -> list[None]:
        async with self._database.transaction() as tx:
            for name in await rates.watch(tx, policy=self._policy):
                log.error("bank_return_rate.passed", rate=name)
        return [None for _ in jobs]

    async def _told(self, jobs: Sequence[Job]) -> list[None]:
        """Accounts first, so that a payment that comes back is not sent there again; then payments; then the house."""
        ids = [UUID(job.key) for job in jobs]
        async with self._database.transaction(read_only=True) as tx:
            entries = await tx.fetch(SQL.entries, Entry, ids=ids)
            known = await tx.fetch(SQL.files, File, ids=[one.file_id for one in entries if one.file_id])
        by_id = {one.id: one for one in known}
        noted = [told for one in entries if (told := noted_of(one))]
        heard = [answer for one in entries if one.purpose == "credit" for answer in answers_of(one, by_id)]
        deposits = [one for one in entries if one.purpose == "deposit" and one.state in ("accepted", "returned")]
        settling = {
            one.account_id: by_id[one.file_id].settles_on
            for one in entries
            if one.purpose == "prenote" and one.state == "accepted" and one.file_id
        }
        await self._do(noted, banks.heed)
        await self._do(settling, banks.defer)
        await self._do(heard, lambda tx, asks: sends.record(tx, asks, policy=self._policy))
        ordered = [one for one in entries if one.order_id]
        await self._do(deposits, banks.book_deposits)
        await self._do(ordered, lambda tx, asks: orders.note(tx, asks, by_id, policy=self._policy))
        return [None for _ in jobs]

    async def _do(self, asks: Sequence[object] | Mapping[UUID, object], verb: Callable[..., Awaitable[object]]) -> None:
        """A transaction of its own for each room: locks are taken in one order in each."""
        if asks:
            async with self._database.transaction() as tx:
                await verb(tx, asks)


def noted_of(entry: Entry) -> Noted | None:
    """What an entry's end says of its account."""
    if entry.return_code:
        purpose = entry.purpose if entry.purpose in _PROOFS else entry.direction
        return Noted(entry.account_id, entry.return_code, purpose)
    if entry.state == "rejected" and entry.purpose in _PROOFS:
        return Noted(entry.account_id, "not_sent", entry.purpose)
    return None


def answers_of(entry: Entry, known: Mapping[UUID, File]) -> list[Recorded]:
    """What an entry's state says of its attempt. A return implies that it was accepted, though nobody told us yet."""
    if entry.state == "rejected":
        return [Recorded(entry.id, Answer("never_sent"))]
    if entry.state not in ("accepted", "returned") or entry.file_id is None:
        return []
    answers = [Answer("accepted", trace=entry.trace, settles_on=known[entry.file_id].settles_on)]
    if entry.return_code:
        answers.append(Answer("returned", decline_code=entry.return_code))
    return [Recorded(entry.id, answer) for answer in answers]
