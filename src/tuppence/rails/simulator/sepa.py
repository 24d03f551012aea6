"""Our bank and everybody else's in Europe, simulated: orders in, postings, returns, reports and statements out. Pure.

As with ACH, what an order becomes follows from its text and from when it was taken, what the bank sends from that and
from the simulated time. Only which name went out when is remembered, so that nothing goes out twice.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tuppence.core.calendar import TARGET
from tuppence.rails.bank.sepa import (
    Balance,
    Booking,
    CreditTransfer,
    Detail,
    Order,
    Report,
    SepaError,
    Statement,
    Status,
    bank_at,
    place_of,
    read_orders,
    write_report,
    write_statement,
)
from tuppence.rails.bank.sepa.sandbox import ibans
from tuppence.rails.simulator import rulebook
from tuppence.rails.simulator.ach import FileSent, FileTaken, key_of
from tuppence.rails.simulator.rulebook import BankRules, World

ITEM_FEE_MINOR = 1  # what the bank takes for a transfer of ours
_CUT_OFF = time(18)  # an order that comes later is the next day's
_EXECUTES_HOUR = 8
_MORNING = 8
_STATEMENT_HOUR = 20
_CROWD = "DE999900019"  # how an ordinary account's IBAN reads without its check digits, as far as it matters
_CODES = {"": "", "closed": "AC04", "back": "AC06"}
_NO_BANK, _NO_ACCOUNT, _BAD_FILE, _TWICE = "RC01", "AC01", "FF01", "AM05"  # Source: ISO 20022, external status reasons
_REFUSED = "RJCT"
_QUIET = World()
_SUFFIXES = {"report": "pain002.xml", "returned": "camt054.xml", "day": "camt053.xml"}


@dataclass(frozen=True, slots=True)
class Credit:
    """What becomes of a transfer: refused by our bank, on the account at `posts_at`, or sent back at `back_at`."""

    trace: str
    iban: str = field(repr=False)
    amount_minor: int
    says: str
    code: str
    at_once: bool
    posts_at: datetime
    back_at: datetime

    @property
    def key(self) -> str:
        """The account's name where its number is not wanted."""
        return key_of(place_of(self.iban), self.iban)

    @property
    def comes_back(self) -> bool:
        return bool(self.code) and not self.at_once


@dataclass(frozen=True, slots=True)
class Taken:
    """An order as our bank judged it. `reason` is empty for one that it carries out."""

    file: str
    name: str
    at: datetime
    account: str = field(repr=False)
    executed_on: date
    executed_at: datetime
    reason: str
    credits: tuple[Credit, ...]

    @property
    def key(self) -> str:
        """What tells it from every other, one of the same name too."""
        return f"{self.file}/{self.name}"

    @property
    def made(self) -> tuple[Credit, ...]:
        """What left our account."""
        return () if self.reason else tuple(one for one in self.credits if not one.at_once)


@dataclass(slots=True)
class SepaBooks:
    """The state after some events. `apply` is the only way to change it."""

    taken: dict[str, Taken] = field(default_factory=dict)
    sent: list[FileSent] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)

    def apply(self, event: FileTaken | FileSent, world: World = _QUIET, seed: int = 0) -> None:
        """`world` is how banks treat the crowd's accounts, by what is drawn from the seed."""
        if isinstance(event, FileSent):
            self.sent.append(event)
            self.told.update(event.about)
            return
        self.hashes.add(hashlib.sha256(event.text.encode("latin-1")).hexdigest())
        known = frozenset(one.name for one in self.taken.values())
        self.taken |= {one.key: one for one in judged(event, known, world, seed)}

    def due(self, now: datetime) -> FileSent | None:
        """The next message to send, if there is one: returns before the statement that books them."""
        for kind, wanted in (("report", self._reports()), ("returned", self._back(now)), ("day", self._days(now))):
            about = next((one for one in wanted if one not in self.told), None)
            if about is not None:
                name = f"{now.astimezone(TARGET.zone):%Y-%m-%d}-{len(self.sent) + 1:05d}.{_SUFFIXES[kind]}"
                return FileSent(name, kind, (about,), now)
        return None

    def content_of(self, event: FileSent) -> bytes:
        """The message's bytes: the same, whenever they are asked for."""
        about = event.about[0].partition(":")[2]
        if event.kind == "report":
            return write_report(_report(self.taken[about]))
        if event.kind == "returned":
            taken, credit = next((file, one) for file, one in self._returning() if one.trace == about)
            return write_statement(Statement(f"LB-{about}"[:35], credit.back_at, taken.account, (), (_return(credit),)))
        return write_statement(self._statement(date.fromisoformat(about)))

    def credits(self) -> Iterator[Credit]:
        """Every transfer that was made."""
        return (one for taken in self.taken.values() for one in taken.made)

    def shown(self, now: datetime) -> Iterator[Credit]:
        """What stands on accounts by now."""
        return (one for one in self.credits() if not one.code and one.posts_at <= now)

    def _reports(self) -> list[str]:
        return [f"order:{key}" for key in self.taken]

    def _returning(self) -> Iterator[tuple[Taken, Credit]]:
        return ((taken, one) for taken in self.taken.values() for one in taken.made if one.comes_back)

    def _back(self, now: datetime) -> list[str]:
        return [f"return:{one.trace}" for _, one in self._returning() if one.back_at <= now]

    def _days(self, now: datetime) -> list[str]:
        """Every banking day that ended since the first on which something was executed."""
        day = min((one.executed_on for one in self.taken.values() if one.made), default=None)
        days = []
        while day is not None and _cut(day) <= now:
            days.append(f"day:{day}")
            day = TARGET.add(day, 1)
        return days

    def _statement(self, day: date) -> Statement:
        """A day's statement: what was there, what was booked, what is there."""
        since, until = _cut(_before(day)), _cut(day)
        booked = [(at, one) for at, one in self._bookings() if at <= until]
        opening = sum(one.amount_minor for at, one in booked if at <= since)
        today = tuple(one for at, one in booked if at > since)
        closing = opening + sum(one.amount_minor for one in today)
        balances = (Balance("OPBD", opening, "EUR", day), Balance("CLBD", closing, "EUR", day))
        account = next(one.account for one in self.taken.values() if one.made)
        return Statement(f"LB-{day}", until, account, balances, today)

    def _bookings(self) -> Iterator[tuple[datetime, Booking]]:
        """Everything that ever moved, with its instant."""
        for file in self.taken.values():
            if file.made:
                fees = -ITEM_FEE_MINOR * len(file.credits)
                yield file.executed_at, _order_booking(file, "PMNT/ICDT/ESCT", -sum(c.amount_minor for c in file.made))
                yield file.executed_at, _order_booking(file, "PMNT/ICDT/CHRG", fees)
        for _, credit in self._returning():
            yield credit.back_at, _return(credit)


def is_of_sepa(event: FileTaken | FileSent) -> bool:
    """Whether an event is about credit transfers, not about ACH."""
    return event.kind in _SUFFIXES if isinstance(event, FileSent) else event.text.startswith("<")


def judged(event: FileTaken, known: frozenset[str], world: World, seed: int) -> list[Taken]:
    """Whether our bank takes what a file orders, when it carries it out, and what becomes of each transfer."""
    try:
        orders = read_orders(event.text.encode("latin-1"))
    except SepaError:
        day = _day(event.at, event.at.date())
        return [Taken(event.name, event.name, event.at, "", day, TARGET.instant(day, _EXECUTES_HOUR), _BAD_FILE, ())]
    return [_judged(one, event, known, world, seed) for one in orders]


def _judged(order: Order, event: FileTaken, known: frozenset[str], world: World, seed: int) -> Taken:
    day = _day(event.at, order.execution)
    executed_at = max(event.at, TARGET.instant(day, _EXECUTES_HOUR))
    becomes = tuple(_credit(one, executed_at, day, world, seed) for one in order.transfers)
    reason = _TWICE if order.id in known else ""
    return Taken(event.name, order.id, event.at, order.account.number, day, executed_at, reason, becomes)


def _day(at: datetime, asked: date) -> date:
    """When an order is carried out: on the day that it asks for, or as soon as that is still possible."""
    return max(TARGET.business_date(at, _CUT_OFF), TARGET.roll(asked))


def _credit(transfer: CreditTransfer, executed_at: datetime, day: date, world: World, seed: int) -> Credit:
    iban, bank = transfer.to.number, bank_at(place_of(transfer.to.number))
    rules = world.of(bank.name) if bank and iban not in ibans() else _QUIET.every
    code, at_once, days = _fate(transfer, rules, seed) if bank else (_NO_BANK, True, 1)
    hour = bank.posting_hour if bank else _MORNING
    return Credit(
        trace=transfer.id,
        iban=iban,
        amount_minor=transfer.amount_minor,
        says=transfer.remittance,
        code=code,
        at_once=at_once,
        posts_at=max(executed_at, rulebook.posts_at(rules, day, hour, seed, transfer.id, TARGET)),
        back_at=TARGET.instant(TARGET.add(day, days), _MORNING),
    )


def _fate(transfer: CreditTransfer, rules: BankRules, seed: int) -> tuple[str, bool, int]:
    """The code with which it fails, whether our own bank says so, and after how many banking days."""
    iban = transfer.to.number
    if habits := ibans().get(iban):
        code = habits["deposit" if transfer.remittance.endswith("ACCTVERIFY") else "credit"]
        return "" if code == "ok" else code, habits["refused_at_once"] and code != "ok", habits["return_days"]
    if not (iban[:2] + iban[4:]).startswith(_CROWD):
        return _NO_ACCOUNT, False, 1
    fate, days = rulebook.fate_of_entry(rules, seed, key_of(place_of(iban), iban), transfer.id)
    return _CODES[fate], False, days


def _report(taken: Taken) -> Report:
    refused = tuple(Status(one.trace, _REFUSED, one.code) for one in taken.credits if one.at_once)
    if taken.reason:
        whole, refused = Status(taken.name, _REFUSED, taken.reason), ()
    elif not taken.made:
        whole = Status(taken.name, _REFUSED)
    else:
        whole = Status(taken.name, "PART" if refused else "ACCP")
    return Report(f"LB-{taken.name}"[:35], taken.at, whole, (), refused)


def _order_booking(file: Taken, code: str, minor: int) -> Booking:
    day, reference = file.executed_on, f"{code[-4:]}-{file.name}"[:35]
    return Booking(minor, "EUR", "BOOK", day, day, reference, code, False, (), batch=file.name)


def _return(credit: Credit) -> Booking:
    day = credit.back_at.astimezone(TARGET.zone).date()
    detail = Detail(id=credit.trace, amount_minor=credit.amount_minor, return_code=credit.code)
    reference = f"R-{credit.trace}"[:35]
    return Booking(credit.amount_minor, "EUR", "BOOK", day, day, reference, "PMNT/ICDT/RRTN", False, (detail,))


def _cut(day: date) -> datetime:
    return TARGET.instant(day, _STATEMENT_HOUR)


def _before(day: date) -> date:
    day -= timedelta(days=1)
    return day if TARGET.is_open(day) else _before(day)
