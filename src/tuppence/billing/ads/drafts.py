"""What is being decided about one account: the world as it was, and everything that will be written. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tuppence.billing.ads import delivery
from tuppence.billing.ads.model import Account, Charge, Cycle, Moment, Refund
from tuppence.billing.ads.states import AccountState, Books
from tuppence.billing.ads.world import World
from tuppence.core import uuid7
from tuppence.core.policy import AdsPolicy


class Timer(StrEnum):
    """Kinds of job that this room sets for itself."""

    BILL = "ads.bill"  # soon: make the bill of a closed cycle
    DATE = "ads.date"  # the monthly date
    RETRY = "ads.retry"
    OVERDUE = "ads.overdue"
    DISABLE = "ads.disable"
    WATCH = "ads.watch"  # soon: look for a hijack
    GIVE_BACK = "ads.give_back"  # soon: an ended account is owed something


@dataclass(frozen=True, slots=True)
class Booking:
    """A step's entry: of which cycle or top-up, how much; `n` tells a second one from the first."""

    books: Books
    subject: UUID
    n: int
    amount_minor: int


@dataclass(slots=True)
class Draft:
    """Decisions about one account, gathered before they are written together."""

    world: World
    policy: AdsPolicy
    account: Account = field(init=False)
    cycles: dict[UUID, Cycle] = field(init=False)
    charges: dict[UUID, Charge] = field(init=False)
    refunds: dict[UUID, Refund] = field(init=False)
    new_charges: list[Charge] = field(default_factory=list)
    new_refunds: list[Refund] = field(default_factory=list)
    books: list[Booking] = field(default_factory=list)
    timers: dict[tuple[Timer, UUID], datetime | None] = field(default_factory=dict)  # None: soon
    forget: set[tuple[Timer, UUID]] = field(default_factory=set)
    moments: list[Moment] = field(default_factory=list)
    resumes_from: datetime | None = None  # ads run again: since when they did not
    hooks: list[tuple[str, UUID, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = self.world.account
        self.cycles = {one.id: one for one in self.world.cycles}
        self.charges = {one.id: one for one in self.world.charges}
        self.refunds = {one.id: one for one in self.world.refunds}

    @classmethod
    def of_new(cls, account: Account, now: datetime, policy: AdsPolicy) -> "Draft":
        """The first draft of an account that is being opened."""
        return cls(World(now, account, (), (), (), (), (), 0), policy)

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def as_it_will_be(self) -> World:
        """The world once this is written; the prepaid balance changes by what refunds reserve."""
        reserved = sum(one.amount_minor for one in self.new_refunds if one.cycle_id is None)
        return replace(
            self.world,
            account=self.account,
            cycles=tuple(sorted(self.cycles.values(), key=lambda one: one.n)),
            charges=tuple(self.charges.values()),
            refunds=tuple(one for one in self.refunds.values() if one.state in ("refunding", "refund_unknown")),
            prepaid_minor=self.world.prepaid_minor - reserved,
        )

    def change(self, **changes: Any) -> None:
        self.account = replace(self.account, **changes)

    def set(self, cycle: Cycle, **changes: Any) -> Cycle:
        """The cycle, changed."""
        changed = replace(cycle, version=cycle.version + (cycle.id in self.cycles), **changes)
        self.cycles[cycle.id] = changed
        return changed

    def at(self, timer: Timer, key: UUID, when: datetime | None = None) -> None:
        self.forget.discard((timer, key))
        self.timers[timer, key] = when

    def drop(self, timer: Timer, key: UUID) -> None:
        self.timers.pop((timer, key), None)
        self.forget.add((timer, key))

    def tell(self, what: str, *, by: UUID | None = None, cycle: Cycle | None = None, **detail: Any) -> None:
        """Write it into the account's history."""
        cycle_id = cycle.id if cycle else None
        self.moments.append(Moment(self.account.id, uuid7(), self.now, what, by, cycle_id, detail))

    def publish(self, kind: str, subject: UUID, **data: Any) -> None:
        """Tell the programs of the business."""
        self.hooks.append((kind, subject, {"account_id": str(self.account.id), **data}))

    def charges_of(self, cycle: Cycle) -> list[Charge]:
        return [one for one in self.charges.values() if one.cycle_id == cycle.id]

    def finish(self) -> None:
        """What follows once for all that happened: whether ads run, told when it changed."""
        gate = delivery.account_gate(self.as_it_will_be, self.policy)
        told = gate.why or delivery.RUNNING
        if told == self.account.delivery:
            return
        kind = "ads.delivery.resumed" if gate.may_spend else "ads.delivery.stopped"
        self.publish(kind, self.account.id, why=gate.why)
        self.tell("delivery_resumed" if gate.may_spend else "delivery_stopped", why=gate.why)
        was_running = self.account.delivery == delivery.RUNNING
        if gate.may_spend and self.account.delivery != AccountState.NEW:
            self.resumes_from = self.account.delivery_at
        stays_stopped = not was_running and not gate.may_spend
        self.change(delivery=told, delivery_at=self.account.delivery_at if stays_stopped else self.now)
