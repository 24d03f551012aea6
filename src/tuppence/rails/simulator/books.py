"""What the simulated banks remember: events in, balances out. Pure; the journal holds the same events."""

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from tuppence.rails.simulator import rulebook
from tuppence.rails.simulator.ach import AchBooks, FileSent, FileTaken
from tuppence.rails.simulator.cases import Cases, CaseTold, ResponseTaken
from tuppence.rails.simulator.days import DayOpened, Days, Fault
from tuppence.rails.simulator.rulebook import World
from tuppence.rails.simulator.sepa import SepaBooks, is_of_sepa
from tuppence.rails.simulator.shelf import Form, Shelf
from tuppence.rails.simulator.world import Account, Habits, crowd_account, listed_accounts

ACCEPTED = "00"
TAKES = frozenset({"debit", "purchase"})  # movements that take from the card


@dataclass(frozen=True, slots=True)
class Opened:
    """A card that is on no list was used for the first time."""

    key: str
    prefix: str
    last4: str


@dataclass(frozen=True, slots=True)
class StoodIn:
    """A network token was given for a card, both by their names."""

    stand_in: str
    key: str


@dataclass(frozen=True, slots=True)
class StandInEnded:
    """The network token of a card is no longer good."""

    key: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A card's details were checked. Moves nothing."""

    key: str | None
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A debit, push or refund was accepted or refused, once and for ever."""

    attempt: UUID
    stan: str
    sent: str  # DE7
    movement: str
    key: str | None  # the card; None if there is no such card
    amount_minor: int
    code: str
    approval: str
    trace: str
    payment: str
    of: UUID | None
    at: datetime
    posts_at: datetime
    rrn: str = "0" * 12  # a journal from before clearing files knows none
    currency: str = "USD"

    @property
    def signed_minor(self) -> int:
        """What it does to the card's balance."""
        if self.code != ACCEPTED:
            return 0
        return -self.amount_minor if self.movement in TAKES else self.amount_minor

    @property
    def place(self) -> str:
        """Where in the acquirer's traffic it stood: nothing else may stand there."""
        return place(self.stan, self.sent)


def place(stan: str, sent: str) -> str:
    """A trace number and a transmission time."""
    return f"{stan} {sent}"


def _packed(one: Decided) -> str:
    return json.dumps([getattr(one, name) for name in _NAMES], default=str)


def _unpacked(text: str) -> Decided:
    return Decided(**{name: _value(name, value) for name, value in zip(_NAMES, json.loads(text), strict=True)})


_NAMES = tuple(one.name for one in fields(Decided))
DECIDED: Form[Decided] = Form(place=lambda one: one.place, card=lambda one: one.key, pack=_packed, unpack=_unpacked)


@dataclass(frozen=True, slots=True)
class Reversed:
    """A reversal arrived, be its original known or not yet."""

    attempt: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """A bank sent a push back that it had accepted."""

    attempt: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Resurfaced:
    """A debit whose reversal was acknowledged posts after all: the issuer's mistake."""

    attempt: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A card got other habits."""

    key: str
    habits: Habits


@dataclass(frozen=True, slots=True)
class OddsSet:
    """How many of a thousand messages have which fate, where the card's own habits say nothing."""

    permille: dict[str, int]


@dataclass(frozen=True, slots=True)
class WorldSet:
    """The banks got other rules: the text of a world's file."""

    text: str


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """The simulated time is this far from real time."""

    offset_s: float


@dataclass(frozen=True, slots=True)
class Seeded:
    """Approval codes and traces follow from this number."""

    seed: int


Event = (
    Opened
    | StoodIn
    | StandInEnded
    | Checked
    | Decided
    | Reversed
    | Returned
    | Resurfaced
    | DayOpened
    | Fault
    | FileTaken
    | FileSent
    | CaseTold
    | ResponseTaken
    | Changed
    | OddsSet
    | WorldSet
    | ClockMoved
    | Seeded
)


@dataclass(slots=True)
class Books:
    """The state after some events. `apply` is the only way to change it."""

    seed: int = 0
    offset: timedelta = timedelta(0)
    decided: Shelf[Decided] = field(default_factory=lambda: Shelf(DECIDED))
    reversals: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    undone: set[UUID] = field(default_factory=set)
    refunds: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # on each card in all
    coming: dict[str, list[Decided]] = field(default_factory=lambda: defaultdict(list))  # credits to post later
    habits: dict[str, Habits] = field(default_factory=dict)
    odds: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=lambda: dict(listed_accounts()))
    days: Days = field(default_factory=Days)
    ach: AchBooks = field(default_factory=AchBooks)
    sepa: SepaBooks = field(default_factory=SepaBooks)
    cases: Cases = field(default_factory=Cases)
    chargeback_permille: int = 0
    world: World = field(default_factory=rulebook.shipped)
    stand_ins: dict[str, str] = field(default_factory=dict)  # network tokens, and whose they are, by name
    gone: set[str] = field(default_factory=set)  # those that are no longer good
    ended: Counter[str] = field(default_factory=Counter)  # how many a card has had before
    returning: dict[UUID, datetime] = field(default_factory=dict)  # pushes that their banks will send back

    def apply(self, event: Event) -> None:
        """Remember one event, and what it does to a card's balance."""
        changed = event.attempt if isinstance(event, Reversed | Returned | Resurfaced | CaseTold) else None
        known = self.decided.get(changed) if changed else None
        before = self._worth_minor(known)
        self._apply(event)
        if known and known.key:
            self.moved[known.key] += self._worth_minor(known) - before

    def _apply(self, event: Event) -> None:
        match event:
            case Opened() | StoodIn() | StandInEnded():
                self._name(event)
            case Decided():
                self._decide(event)
            case Reversed():
                self._reverse(event.attempt)
            case Returned() | Resurfaced():
                self._correct(event)
            case FileTaken() | FileSent():
                (self.sepa if is_of_sepa(event) else self.ach).apply(event, self.world, self.seed)
            case CaseTold() | ResponseTaken():
                self._dispute(event)
            case DayOpened() | Fault():
                self.days.apply(event)
            case Changed() | OddsSet() | WorldSet() | ClockMoved() | Seeded():
                self._set(event)
            case Checked():
                pass

    def habits_of(self, account: Account) -> Habits:
        """A card's habits as they are now."""
        return self.habits.get(account.key, account.habits)

    def spendable_minor(self, account: Account, now: datetime) -> int:
        """What the holder can spend: debits count at once, credits when posted."""
        coming = [one for one in self.coming.get(account.key, ()) if one.posts_at > now]
        return account.opening_minor + self.moved_minor(account) - sum(map(self._worth_minor, coming))

    def moved_minor(self, account: Account) -> int:
        """What the network moved on this card in all, credits not yet posted included."""
        return self.moved.get(account.key, 0)

    def _worth_minor(self, one: Decided | None) -> int:
        """What is left of a movement on its card's balance, by now."""
        if one is None or one.attempt in self.undone:
            return 0
        return one.signed_minor + self.cases.back.get(one.attempt, 0)

    def refunded_minor(self, debit: UUID) -> int:
        """What was given back of a debit."""
        return sum(self.decided[attempt].amount_minor for attempt in self.refunds.get(debit, ()))

    def _name(self, event: Opened | StoodIn | StandInEnded) -> None:
        """A card has a number, or another that stands for it, or has that no longer."""
        match event:
            case Opened():
                self.accounts[event.key] = crowd_account(event.key, event.prefix, event.last4)
            case StoodIn():
                self.stand_ins[event.stand_in] = event.key
            case StandInEnded():
                self.gone |= {one for one, whose in self.stand_ins.items() if whose == event.key}
                self.ended[event.key] += 1

    def _decide(self, event: Decided) -> None:
        assert event.attempt not in self.decided
        self.decided[event.attempt] = event
        if event.key is not None:
            self._enter(event.key, event)
        if event.code == ACCEPTED:
            self.days.enter(event.movement, event.attempt)
        if event.code == ACCEPTED and event.key is not None:
            self._foresee(event, self.accounts[event.key])
        if event.of is not None and event.code == ACCEPTED:
            self.refunds[event.of].append(event.attempt)

    def _enter(self, key: str, event: Decided) -> None:
        self.moved[key] += event.signed_minor
        if event.signed_minor and event.posts_at > event.at:
            self.coming[key] = [one for one in self.coming[key] if one.posts_at > event.at] + [event]

    def _foresee(self, event: Decided, account: Account) -> None:
        """What its bank will do to a movement later: take a debit back, or send a push back."""
        rules = self.world.of(account.bin.bank)
        if event.movement in TAKES:
            days = self.habits_of(account).charged_back_days
            permille = self.chargeback_permille or rules.chargebacks_permille
            self.cases.plan(event.attempt, event.at, seed=self.seed, days=days, permille=permille)
        elif event.movement == "push" and (at := rulebook.return_time(rules, event.at, self.seed, str(event.attempt))):
            self.returning[event.attempt] = at

    def returns_due(self, until: datetime) -> list[Returned]:
        """The pushes that banks have sent back by then."""
        return [Returned(attempt, at) for attempt, at in self.returning.items() if at <= until]

    def _dispute(self, event: CaseTold | ResponseTaken) -> None:
        attempt = event.attempt if isinstance(event, CaseTold) else self._attempt_of(event.number)
        key = self.decided[attempt].key if attempt else None
        habit = self.habits_of(self.accounts[key]).chargeback if key else ""
        self.cases.apply(event, seed=self.seed, habit=habit)
        if isinstance(event, CaseTold):
            self.days.cases.append(event)

    def _attempt_of(self, number: str) -> UUID | None:
        case = self.cases.by_number.get(number)
        return case.told.attempt if case else None

    def _reverse(self, attempt: UUID) -> None:
        """Undo once. What was given back since is not given back again."""
        self.reversals[attempt] += 1
        if attempt in self.decided and not self.refunds.get(attempt):
            if self.decided[attempt].code == ACCEPTED and attempt not in self.undone:
                self.days.reverse(self.decided[attempt].movement, attempt)
            self.undone.add(attempt)

    def _correct(self, event: Returned | Resurfaced) -> None:
        if isinstance(event, Returned):
            self.returning.pop(event.attempt, None)
            self.undone.add(event.attempt)
            self.days.enter("return", event.attempt)
        else:
            self.undone.discard(event.attempt)
            del self.reversals[event.attempt]
            self.days.enter(self.decided[event.attempt].movement, event.attempt)

    def _set(self, event: Changed | OddsSet | WorldSet | ClockMoved | Seeded) -> None:
        match event:
            case OddsSet():
                self.odds = {fate: share for fate, share in event.permille.items() if fate != "chargeback"}
                self.chargeback_permille = event.permille.get("chargeback", 0)
            case WorldSet():
                self.world = rulebook.read(event.text)
            case Changed():
                self.habits[event.key] = event.habits
            case ClockMoved():
                self.offset = timedelta(seconds=event.offset_s)
            case Seeded():
                self.seed = event.seed


def as_row(event: Event) -> dict[str, Any]:
    """An event as plain values, its kind named."""
    return {"event": type(event).__name__} | asdict(event)


_KINDS = {kind.__name__: kind for kind in get_args(Event)}


def from_row(row: dict[str, Any]) -> Event:
    """The event in a row. Raises KeyError, TypeError or ValueError for a row that `as_row` did not make."""
    kind = _KINDS[row["event"]]
    event: Event = kind(**{name: _value(name, value) for name, value in row.items() if name != "event"})
    return event


def _value(name: str, value: Any) -> Any:
    if name in ("attempt", "of"):
        return value and UUID(value)
    if name == "about":
        return tuple(value)
    if name == "day":
        return date.fromisoformat(value)
    if name == "respond_by":
        return value and date.fromisoformat(value)
    if name in ("at", "posts_at"):
        return datetime.fromisoformat(value)
    return Habits(**value) if name == "habits" else value
