"""A house whose friends are paid to bank accounts, by ACH or in euros by SEPA: real files in folders, the simulated
bank, a worker.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.payments.conftest import House

from tuppence import ledger, outbox
from tuppence.core import Policy, uuid7
from tuppence.db.statements import Statement
from tuppence.payments.ach.files import Originator
from tuppence.payments.ach.jobs import BankFiles
from tuppence.payments.ach.receive import Keys
from tuppence.payments.banks import actions, keys, queries
from tuppence.payments.banks.model import AccountNumber, AddBank, ChangeBank, Confirm
from tuppence.payments.banks.sealing import Place
from tuppence.rails.bank import sepa
from tuppence.rails.bank.exchange import Folder
from tuppence.rails.simulator.ach import FileSent, FileTaken
from tuppence.rails.simulator.ach_desk import AchDesk
from tuppence.rails.simulator.books import Books
from tuppence.rails.simulator.journal import Journal
from tuppence.rails.simulator.sepa import Credit

HARBOR = "099900027"
_BREAKS = Statement(
    "breaks",
    "SELECT kind, amount_minor FROM payments.break"
    " WHERE rail IN ('ach', 'sepa') AND state = 'open' ORDER BY opened_at, id",
)
WHO = Originator("099900001", "Granite Trust", "Tuppence", "1999999999", "7000000001", "DE18999900017000000001")
# Before the day's first cut-off, no holiday near.
TUESDAY = datetime.fromisoformat("2027-03-16T10:00:00-04:00")
TUESDAY_IN_EUROPE = datetime.fromisoformat("2027-03-16T09:00:00+01:00")


@dataclass(frozen=True)
class _Break:
    kind: str
    amount_minor: int


class AchWorld:
    """Ann pays Bo, who has bank accounts. `pass_time` lets the worker, the bank and the inbox take turns."""

    def __init__(self, house: House, root: Path, journal: Journal) -> None:
        self.house, self.root = house, root
        self.journal, self.books = journal, Books()
        for event in journal.replay():
            self.books.apply(event)
        self.desk = AchDesk(root, (self.books.ach, self.books.sepa), self._record)
        path = root / "keys" / "bank-accounts.json"
        keys.create(path)
        self.keys = Keys(keys.sealing(path), keys.opening(path))
        self.exchange: Any = Folder(root)
        self.originate(WHO)

    def originate(self, who: Originator, policy: Policy | None = None) -> None:
        """Make files as this originator, and by this policy, from now on."""
        self.bank = BankFiles(self.house.database, self.exchange, who, self.keys, policy or self.house.policy)
        self.house.handlers = {**self.house.handlers, **self.bank.handlers()}

    def originate_again(self) -> None:
        """After the exchange was replaced."""
        self.originate(WHO)

    async def _record(self, event: FileTaken | FileSent) -> None:
        self.journal.append(event)
        self.books.apply(event)
        await self.journal.settled()

    async def add(self, number: str = "1000000010", person: UUID | None = None, **changes: Any) -> UUID:
        """A bank account of Bo's, as the endpoint would ask for it."""
        account_id, secret = uuid7(), AccountNumber(number)
        by_iban = self.house.policy.scheme == "sepa"
        routing = sepa.place_of(number) if by_iban else HARBOR
        told: dict[str, Any] = {
            "id": account_id,
            "person_id": person or self.house.bo,
            "routing": routing,
            "kind": "iban" if by_iban else "checking",
            "holder": "Bo Berg",
            "last4": secret.last4,
            "sealed": self.keys.seals.seal(Place(account_id, routing), secret),
            "fingerprint": self.keys.seals.fingerprint_of(routing, secret),
        }
        await self.house.do(actions.add, [AddBank(**told | changes)], policy=self.house.policy)
        return account_id

    async def add_and_prove(self, number: str = "1000000010", person: UUID | None = None) -> UUID:
        """Bo, or another, adds an account, reads the two amounts on its statement, and receives on it."""
        person = person or self.house.bo
        account_id = await self.add(number, person)
        await self.days(2)
        while len(seen := self.seen(number)) < 2:
            await self.days(1)
        first, second = seen[:2]
        confirmed = Confirm(account_id, person, (first, second))
        await self.house.do(actions.confirm, [confirmed])
        await self.house.do(actions.change, [ChangeBank(account_id, person, receives=True)])
        return account_id

    def statement(self) -> list[Any]:
        """What stands on the simulated banks' accounts, of ACH entries."""
        return list(self.books.ach.shown(self.now))

    def seen(self, number: str) -> list[int]:
        """What stands on one of these accounts, oldest first."""
        ours = [one.signed_minor for one in self.statement() if one.item.account == number]
        return ours + [one.amount_minor for one in self.transfers() if one.iban == number]

    def transfers(self) -> list[Credit]:
        """What stands on accounts in Europe."""
        return list(self.books.sepa.shown(self.now))

    def credits(self) -> list[int]:
        """What friends were really paid."""
        paid = [one.signed_minor for one in self.statement() if one.purpose == "credit"]
        return paid + [one.amount_minor for one in self.transfers() if not one.says.endswith("ACCTVERIFY")]

    async def account(self, account_id: UUID) -> tuple[str, str | None]:
        """State and reason, as its owner is told."""
        told = await self.account_view(account_id)
        return told["state"], told["reason"]

    async def account_view(self, account_id: UUID) -> dict[str, Any]:
        """As its owner sees it."""
        return [one for one in await self.house.feed(self.house.bo, "bank") if one["id"] == str(account_id)][-1]

    async def start(self) -> None:
        self.now = TUESDAY if self.house.policy.scheme == "ach" else TUESDAY_IN_EUROPE
        await self.house.do(outbox.move_clock, [self.now])
        await self.desk.open()

    async def turn(self) -> None:
        """Worker, bank, inbox, worker: until nobody has anything to do."""
        self.now = await self.house.do(outbox.now)
        await self.house.work()
        await self.desk.turn(self.now)
        while await self._read():
            await self.house.work()
            await self.desk.turn(self.now)
        await self.house.work()

    async def _read(self) -> int:
        """As the worker does: what goes wrong is tried again at the next look."""
        try:
            return await self.bank.read_inbox()
        except ConnectionError:
            return 0

    async def to(self, at: datetime) -> None:
        """Let business time pass to an instant, a few hours at a time."""
        while (now := await self.house.do(outbox.now)) < at:
            await self.house.do(outbox.move_clock, [min(at, now + timedelta(hours=3))])
            await self.turn()

    async def days(self, n: int, hours: int = 0) -> None:
        await self.to(await self.house.do(outbox.now) + timedelta(days=n, hours=hours))

    async def pay(self, amount_minor: int = 2_000) -> dict[str, Any]:
        """Ann sends Bo money and lets the undo window pass."""
        sent = await self.house.send(amount_minor=amount_minor)
        await self.house.work_off_undo()
        return sent

    async def balances(self) -> dict[str, int]:
        async with self.house.database.transaction() as tx:
            return {line.name: line.posted_minor for line in await ledger.trial_balance(tx) if line.posted_minor}

    async def breaks(self) -> list[tuple[str, int]]:
        async with self.house.database.transaction() as tx:
            return [(one.kind, one.amount_minor) for one in await tx.fetch(_BREAKS, _Break)]

    async def state_of(self, account_id: UUID) -> str:
        async with self.house.database.transaction() as tx:
            return (await queries.by_id(tx, [account_id]))[account_id].state


@asynccontextmanager
async def opened(house: House, root: Path) -> AsyncIterator[AchWorld]:
    """The same world again from the same folder: what a restart finds."""
    await asyncio.to_thread(root.mkdir, exist_ok=True)
    journal = Journal(root / "journal")
    try:
        yield AchWorld(house, root, journal)
    finally:
        await journal.close()
