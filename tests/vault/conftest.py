"""A vault over a card network that does as it is told, and can be made to die between any two beats."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from tuppence.core import uuid7
from tuppence.db import Database, in_transaction
from tuppence.vault import app, keys, tickets
from tuppence.vault.attempts import Attempts
from tuppence.vault.cards import Cards, Why
from tuppence.vault.enrolment import Enrolment
from tuppence.vault.keks import local
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.limits import Limits
from tuppence.vault.model import Ask, Form, Settings
from tuppence.vault.network import Bin, Check, Financial, Movement, Original, Outcome, SandboxCard, Secret, Stamp, State
from tuppence.vault.reversals import Reversals
from tuppence.vault.rotation import Rotation
from tuppence.vault.states import Kind

NUMBER, CVV, ZIP = "4000110000000017", "737", "10001"
APP, OWN = "http://localhost:8100", "http://vault.localhost:8101"
ACCEPTED = Outcome(
    State.ACCEPTED, response_code="00", approval="A1B2C3", rrn="632712000001", trace="T1", fast_funds=True
)

RANGES = {
    "400011": Bin("400011", "Maple Credit Union", "visa", "debit", "US", True, True, True, False, 0),
    "400020": Bin("400020", "Northwind", "visa", "payroll", "US", True, True, False, False, 1),
    "400022": Bin("400022", "Northwind", "visa", "credit", "US", False, False, False, False, 1),
    "510023": Bin("510023", "Prairie", "mastercard", "gift", "US", False, False, False, False, 1),
    "510024": Bin("510024", "Sequoia", "mastercard", "health", "US", False, False, False, False, 1),
    "400025": Bin("400025", "Juniper", "visa", "business", "US", False, False, False, False, 1),
    "400026": Bin("400026", "Lakeshore", "visa", "debit", "CA", True, True, False, False, 1),
}


@dataclass
class Clock:
    """The vault's clock, in the test's hand."""

    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Rail:
    """A card network with a memory: what it was asked, and what moved. Scripts run dry into "yes"."""

    answers: list[Outcome] = field(default_factory=list)
    checks: list[Outcome] = field(default_factory=list)
    acknowledges: list[bool] = field(default_factory=list)
    found: list[Outcome] = field(default_factory=list)
    sent: list[Financial] = field(default_factory=list)
    checked: list[Check] = field(default_factory=list)
    reversals: list[tuple[UUID, bool]] = field(default_factory=list)
    inquiries: list[UUID] = field(default_factory=list)
    moved: set[UUID] = field(default_factory=set)
    hold: asyncio.Event | None = None
    holds: dict[UUID, asyncio.Event] = field(default_factory=dict)  # of single requests
    arrivals: asyncio.Queue[UUID] = field(default_factory=asyncio.Queue, repr=False)
    stamps: int = 0

    async def heard(self, many: int) -> None:
        """Wait until so many more requests are on the line."""
        for _ in range(many):
            await self.arrivals.get()

    def stamp(self) -> Stamp:
        self.stamps += 1
        return Stamp(self.stamps, datetime(2026, 11, 23, 12, tzinfo=UTC))

    async def check(self, ask: Check) -> Outcome:
        assert not in_transaction()
        self.checked.append(ask)
        return self.checks.pop(0) if self.checks else ACCEPTED

    async def financial(self, ask: Financial) -> Outcome:
        assert not in_transaction()
        self.sent.append(ask)
        self.arrivals.put_nowait(ask.attempt_id)
        if self.hold:
            await self.hold.wait()
        if ask.attempt_id in self.holds:
            await self.holds[ask.attempt_id].wait()
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer.state in (State.ACCEPTED, State.UNKNOWN):
            self.moved.add(ask.attempt_id)
        return answer

    async def reverse(self, original: Original, *, repeat: bool) -> bool:
        assert not in_transaction()
        assert original.movement in (Movement.DEBIT, Movement.PURCHASE)
        self.reversals.append((original.attempt_id, repeat))
        self.moved.discard(original.attempt_id)
        return self.acknowledges.pop(0) if self.acknowledges else True

    async def inquire(self, original: Original) -> Outcome:
        assert not in_transaction()
        self.inquiries.append(original.attempt_id)
        return self.found.pop(0) if self.found else Outcome(State.UNKNOWN)


@dataclass
class House:
    """The vault's parts on one database and one network."""

    database: Any
    rail: Any
    keys: Keyring
    settings: Settings
    clock: Clock

    def __post_init__(self) -> None:
        self.wake = asyncio.Event()
        self.limits = Limits(self.settings.rates, clock=lambda: self.clock().timestamp())
        self.attempts = Attempts(
            self.database, self.keys, self.rail, now=self.clock, to_reverse=self.wake, limits=self.limits
        )
        self.reversals = Reversals(
            self.database,
            self.attempts,
            self.rail,
            now=self.clock,
            wake=self.wake,
            waits_s=(1, 10, 60),
            case_tries=self.settings.reversal_case_tries,
        )
        self.cards = Cards(self.database, self.keys, now=self.clock, limits=self.limits)
        self.rotation = Rotation(self.database, self.keys, self.cards, now=self.clock)
        self.enrolment = Enrolment(self.database, self.keys, self.rail, self.bin_of, self.settings, now=self.clock)

    def restarted(self, **changed: Any) -> "House":
        """The same house after the process died: nothing in memory, everything in the database."""
        return replace(self, **changed)

    @staticmethod
    def bin_of(digits: str) -> Bin | None:
        return RANGES.get(digits[:6])

    def ticket(self, person_id: UUID | None = None, *, origin: str = APP) -> str:
        who = person_id or uuid4()
        key = self.settings.shared.ticket
        return tickets.mint(key, person_id=who, purpose="add", origin=origin, now=self.clock())[0]

    def form(self, *, number: str = NUMBER, cvv: str = CVV, zip_code: str = ZIP, **changed: Any) -> Form:
        form = Form(Secret(number), 12, 2031, Secret(cvv), Secret(zip_code), keep=True)
        return replace(form, **changed)

    async def enrol(self, person_id: UUID | None = None, *, address: str = "192.0.2.1", **changed: Any) -> str:
        """A card, stored; its token."""
        return await self.enrolment.tokenize(self.ticket(person_id), self.form(**changed), address=address)

    def ask(self, token: str, kind: Kind = Kind.DEBIT, amount_minor: int = 2000, **given: Any) -> Ask:
        return Ask(uuid7(), given.pop("payment_id", uuid7()), kind, token, amount_minor, "USD", **given)

    async def describe(self, *tokens: str) -> list[Any]:
        return list(await self.cards.describe(tokens, Why("server", "adopt")))

    async def delete(self, *tokens: str) -> int:
        return await self.cards.delete(tokens, Why("worker", "no longer needed"))

    async def rows(self, query: str) -> list[Any]:
        """What lies in the vault's tables."""
        async with self.database.transaction(read_only=True) as tx:
            cursor = await tx._connection.execute(query)
            return list(await cursor.fetchall())

    async def tamper(self, change: str, **given: Any) -> None:
        """What somebody with the vault's own role could do by hand."""
        async with self.database.transaction() as tx:
            await tx._connection.execute(change, given)

    async def use(self, *asks: Ask) -> list[Any]:
        return list(await self.attempts.use(asks))

    async def round(self) -> None:
        """One round of the reversal loop, to the end of what it began."""
        await self.reversals.round()
        await asyncio.gather(*self.reversals._under_way.values(), return_exceptions=True)
        await asyncio.sleep(0)


@pytest.fixture
def rail() -> Rail:
    """The scripted network."""
    return Rail()


@pytest.fixture
async def house(vault_database: Database, rail: Rail, tmp_path: Path) -> House:
    """A vault with fresh keys over the scripted network."""
    settings = Settings(
        origin=OWN,
        app_origin=APP,
        shared=keys.create_shared(tmp_path / "shared.json"),
        sandbox_cards=[SandboxCard("Everyday", Secret(NUMBER), 12, 2031, CVV, ZIP, "Maple", "Works.")],
        reversal_waits_s=(0.05, 0.1),
    )
    return House(vault_database, rail, Keyring(local.create(tmp_path / "vault.json")), settings, Clock())


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@dataclass
class Mortal:
    """Counts the beats of a process, and ends it before the n-th. Wraps its database and its network."""

    database: Database
    rail: Rail
    dies_at: int
    beats: list[str] = field(default_factory=list)
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def beat(self, name: str) -> None:
        """One step of the process; from its death on there are no more."""
        self.beats.append(name)
        if len(self.beats) > self.dies_at:
            self.died.set()
            raise Killed(name)

    async def live(self, life: Coroutine[Any, Any, Any]) -> None:
        """Run to the end or to its death, whichever is first; what waited for an answer then waits no more."""
        living, dying = asyncio.create_task(life), asyncio.create_task(self.died.wait())
        await asyncio.wait({living, dying}, return_when=asyncio.FIRST_COMPLETED)
        for task in (living, dying):
            task.cancel()
        await asyncio.gather(living, dying, return_exceptions=True)

    @asynccontextmanager
    async def transaction(self, **how: Any) -> AsyncIterator[Any]:
        self.beat("begin")
        async with self.database.transaction(**how) as tx:
            yield tx
            self.beat("before commit")
        self.beat("after commit")

    def stamp(self) -> Stamp:
        return self.rail.stamp()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self.rail, name)

        async def beaten(*arguments: Any, **named: Any) -> Any:
            self.beat(f"before {name}")
            answer = await call(*arguments, **named)
            self.beat(f"after {name}")
            return answer

        return beaten


@pytest.fixture
def mortal(house: House) -> Callable[[int], tuple[House, Mortal]]:
    """`mortal(n)`: the same house in a process that dies before its n-th beat."""

    def make(dies_at: int) -> tuple[House, Mortal]:
        life = Mortal(house.database, house.rail, dies_at)
        return house.restarted(database=life, rail=life), life

    return make


@dataclass
class Served:
    """The vault on a real socket, called as a browser or as the server would."""

    url: str
    house: House
    http: httpx2.AsyncClient

    async def browser(self, path: str, body: Any = None, *, origin: str | None = OWN, raw: bytes | None = None) -> Any:
        """A call of the card form's page."""
        headers = {"content-type": "application/json"} | ({"origin": origin} if origin else {})
        content = raw if raw is not None else json.dumps(body).encode()
        return await self.http.post(path, content=content, headers=headers)

    async def call(self, path: str, body: Any = None, *, raw: bytes | None = None, bearer: str | None = None) -> Any:
        """A call of server or worker."""
        headers = {"content-type": "application/json"}
        headers["authorization"] = self.house.settings.shared.authorization if bearer is None else bearer
        content = raw if raw is not None else json.dumps(body).encode()
        return await self.http.post(path, content=content, headers=headers)

    def typed(self, **changed: Any) -> dict[str, Any]:
        """A filled-in form."""
        form = {"number": NUMBER, "exp_month": 12, "exp_year": 2031, "cvv": CVV, "zip": ZIP, "keep": True}
        return {"ticket": self.ticket(), **form, **changed}

    def ticket(self) -> str:
        key = self.house.settings.shared.ticket
        return tickets.mint(key, person_id=uuid4(), purpose="add", origin=APP, now=datetime.now(UTC))[0]

    async def token(self, **changed: Any) -> str:
        """A card, added through the form."""
        response = await self.browser("/card-form/cards", self.typed(**changed))
        assert response.status_code == 201, response.text
        return str(response.json()["token"])


@pytest.fixture
async def served(house: House, tmp_path: Path) -> AsyncIterator[Served]:
    """The vault's application over the scripted network, with a page of its own."""
    static = tmp_path / "static"
    static.mkdir()
    static.joinpath("card-form.html").write_text('<meta content="{{app-origin}}"><meta content="{{sandbox}}">')
    static.joinpath("card-form.js").write_text("// script")
    application = app.application(house.database, house.keys, house.rail, house.bin_of, house.settings, static=static)
    async with listening(application) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        yield Served(url, house, http)


@asynccontextmanager
async def listening(application: Any) -> AsyncIterator[str]:
    """Serve on a free port until the block ends."""
    server = app.server(application, host="127.0.0.1", port=0)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving
