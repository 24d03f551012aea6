"""A network that clears what the scripted bank of these tests moved: files in a folder, a business day each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from tests.payments.conftest import House

from tuppence import outbox
from tuppence.core.calendar import FED
from tuppence.payments.costs.rules import cost_minor, item_of
from tuppence.payments.reconciliation import Reconciler, Summary
from tuppence.payments.reconciliation.jobs import handlers
from tuppence.rails.card import Use
from tuppence.rails.card.cases import CaseLine
from tuppence.rails.card.clearing import CUT_OFF, FIRST, ClearingFile, Line

Change = Callable[[Sequence[Line]], Sequence[Line]]


@dataclass
class Network:
    """Knows which attempts it cleared already, and the chain of its files."""

    house: House
    folder: Path
    files: list[ClearingFile] = field(default_factory=list)
    cleared: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.house.handlers = {**self.house.handlers, **handlers(self.house.database, self.folder, self.house.policy)}

    async def today(self) -> date:
        """The business day that is open."""
        return FED.business_date(await self.house.do(outbox.now), CUT_OFF)

    async def close_day(self, change: Change | None = None, *, more: Sequence[Line] = ()) -> ClearingFile:
        """Write the open day's file, changed as asked, and let time pass to the next morning."""
        day = await self.today()
        file = self.write(day, change, more=more)
        await self.house.do(outbox.move_clock, [FED.instant(FED.add(day, 1), 10)])
        return file

    def write(
        self, day: date, change: Change | None = None, *, more: Sequence[Line] = (), cases: Sequence[CaseLine] = ()
    ) -> ClearingFile:
        """The file of a day: what moved since the last one, changed as asked, and what issuers take back."""
        moved = [one for one in self.house.bank.asked if self._is_new(one)]
        lines = [*(self.line(one) for one in moved), *more]
        self.cleared |= {one.id for one in moved}
        before = self.files[-1].digest if self.files else FIRST
        file = ClearingFile(
            "200000", day, len(self.files) + 1, before, tuple(change(lines) if change else lines), tuple(cases)
        )
        self.files.append(file)
        self.folder.mkdir(exist_ok=True)
        (self.folder / file.name).write_bytes(file.text)
        return file

    def _is_new(self, one: Use) -> bool:
        return one.id not in self.cleared and self.house.bank.known[one.id].state == "accepted"

    def line(self, ask: Use, movement: str | None = None, *, regulated: bool = True) -> Line:
        """What a file says of a request; undone requests as `reversal` or `return`."""
        fee = cost_minor(item_of(ask.kind, regulated=regulated), ask.amount_minor, self.house.policy.cost)
        return Line(
            movement=movement or ask.kind,
            reference=ask.id.hex,
            stan="000001",
            rrn="632915000001",
            at=datetime(2026, 11, 25, 15, tzinfo=UTC),
            amount_minor=ask.amount_minor,
            currency=ask.currency,
            approval="A12345",
            fee_minor={"reversal": -fee, "return": 0}.get(movement or ask.kind, fee),
            masked="400014******0014",
        )

    async def reconcile(self) -> Summary:
        return await Reconciler(self.house.database, self.folder, self.house.policy).run()
