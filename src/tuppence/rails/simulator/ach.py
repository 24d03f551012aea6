"""Our bank and everybody else's, simulated: files in, postings, returns and advices out. Pure.

What a file becomes follows from its text and from when it was taken; what the bank sends follows from that and from
the simulated time. Only which name went out when is remembered, so that nothing goes out twice.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from tuppence.core.calendar import FED
from tuppence.rails.bank import advice, nacha
from tuppence.rails.bank.advice import Advice, Line
from tuppence.rails.bank.nacha import Direction, Item, NachaError
from tuppence.rails.bank.nacha.windows import settles_at
from tuppence.rails.bank.routing import bank_of
from tuppence.rails.bank.sandbox import entries
from tuppence.rails.bank.sepa import write_statement
from tuppence.rails.simulator import rulebook
from tuppence.rails.simulator.ach_statements import days_until, reference_of, statement_of
from tuppence.rails.simulator.rulebook import BankRules, World

OUR_BANK = ("099900001", "Granite Trust")
_MORNING = 8
_QUIET = World()
_CROWD_DIGIT = "9"
_MODIFIERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class FileTaken:
    """Our bank took a file out of the outbox."""

    name: str
    text: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class FileSent:
    """Our bank put a file into the inbox: an advice, returns or notices of change, `about` these."""

    name: str
    kind: str
    about: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """What becomes of an entry: on the account at `posts_at`, or sent back under a code."""

    item: Item
    key: str
    purpose: str
    code: str
    posts_at: datetime
    back_at: datetime
    corrected: str

    @property
    def signed_minor(self) -> int:
        """What it does to the account's balance."""
        return self.item.amount_minor * (1 if self.item.direction is Direction.CREDIT else -1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as our bank judged it. `reason` is empty for one that it accepted; `amount_minor` is what it brings to
    its sender's account, below zero where it takes.
    """

    name: str
    sha256: str
    settles_on: date
    settles_at: datetime
    amount_minor: int
    reason: str
    postings: tuple[Posting, ...]
    customer: str = field(default="", repr=False)  # the account that its batches are balanced by


@dataclass(slots=True)
class AchBooks:
    """The state after some events. `apply` is the only way to change it."""

    taken: list[Taken] = field(default_factory=list)
    sent: list[FileSent] = field(default_factory=list)
    by_trace: dict[str, Posting] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)

    def apply(self, event: FileTaken | FileSent, world: World = _QUIET, seed: int = 0) -> None:
        """`world` is how banks treat the crowd's accounts, by what is drawn from the seed."""
        if isinstance(event, FileSent):
            self.sent.append(event)
            self.told.update(event.about)
            return
        taken = judged(event, self.headers, world, seed)
        self.taken.append(taken)
        self.hashes.add(taken.sha256)
        self.headers.add(_header(event.text))
        self.by_trace |= {one.item.trace: one for one in taken.postings}

    def due(self, now: datetime) -> FileSent | None:
        """The next file to send, if there is one: returns before the statement that says what they brought."""
        for kind, wanted in (
            ("returns", self._returns),
            ("changes", self._changes),
            ("advice", self._told),
            ("statement", self._days),
        ):
            about = tuple(one for one in wanted(now) if one not in self.told)
            about = about[:1] if kind == "statement" else about
            if about:
                name = f"{now.astimezone(FED.zone):%Y-%m-%d}-{len(self.sent) + 1:05d}.{_SUFFIXES[kind]}"
                return FileSent(name, kind, about, now)
        return None

    def content_of(self, event: FileSent) -> bytes:
        """The file's bytes: the same, whenever they are asked for."""
        place = self.sent.index(event)
        if event.kind == "advice":
            return advice.write(Advice(place + 1, event.at, tuple(self._line(one) for one in event.about)))
        if event.kind == "statement":
            return write_statement(statement_of(self, date.fromisoformat(event.about[0].partition(":")[2])))
        before = sum(len(one.about) for one in self.sent[:place] if one.kind in ("returns", "changes"))
        sender = nacha.Sender(OUR_BANK[0], "OUR CUSTOMER", OUR_BANK[0].rjust(10), OUR_BANK[1], reference_of(place))
        how: dict[str, Any] = {
            "created": event.at,
            "modifier": _MODIFIERS[place % len(_MODIFIERS)],
            "first_sequence": before + 1,
        }
        some = [self.by_trace[one.partition(":")[2]] for one in event.about]
        if event.kind == "returns":
            return nacha.build_returns(sender, [nacha.Returned(one.item, one.code) for one in some], **how).content
        changed = [nacha.Changed(one.item, "C01", nacha.corrected_data("C01", account=one.corrected)) for one in some]
        return nacha.build_changes(sender, changed, **how).content

    def postings(self) -> Iterator[Posting]:
        """Every entry of accepted files."""
        return (one for taken in self.taken for one in taken.postings)

    def shown(self, now: datetime) -> Iterator[Posting]:
        """What stands on accounts by now; a prenote never does."""
        stays = (one for one in self.postings() if not one.code and not one.item.is_prenote)
        return (one for one in stays if one.posts_at <= now)

    def _returns(self, now: datetime) -> list[str]:
        return [f"return:{one.item.trace}" for one in self.postings() if one.code and one.back_at <= now]

    def _changes(self, now: datetime) -> list[str]:
        """One notice an account: the first entry that it receives brings it."""
        first: dict[str, Posting] = {}
        for one in self.postings():
            if one.corrected:
                first.setdefault(one.key, one)
        return [f"change:{one.item.trace}" for one in first.values() if one.back_at <= now]

    def _told(self, _: datetime) -> list[str]:
        return [f"answer:{one.name}" for one in self.taken]

    def _days(self, now: datetime) -> list[str]:
        """Every banking day that ended since we had something to do with this customer."""
        return [f"statement:{day}" for day in days_until(self, now)]

    def _line(self, about: str) -> Line:
        name = about.partition(":")[2]
        file = next(one for one in self.taken if one.name == name)
        answer = Line("accepted", name, file.settles_on, file.amount_minor, file.sha256)
        return Line("rejected", name, file.settles_on, 0, file.sha256, file.reason) if file.reason else answer


_SUFFIXES = {
    "returns": "returns.ach",
    "changes": "changes.ach",
    "advice": advice.SUFFIX[1:],
    "statement": "statement.xml",
}


def judged(event: FileTaken, headers: set[str], world: World, seed: int) -> Taken:
    """Whether our bank takes a file, when it settles, and what becomes of each entry."""
    raw = event.text.encode("latin-1")
    sha256, reason, items = hashlib.sha256(raw).hexdigest(), "", tuple[Item, ...]()
    try:
        file = nacha.read(raw)
        items = file.items
        reason = _refused(file.header.text("destination"), items, _header(event.text) in headers)
    except NachaError as error:
        reason = str(error)
    effective = max((one.batch.day("effective_date") or event.at.date() for one in items), default=None)
    most = max((one.amount_minor for one in items), default=0)
    settled_at = settles_at(event.at, effective, Direction.CREDIT, most)
    settles_on = settled_at.astimezone(FED.zone).date()
    theirs = [] if reason else [one for one in items if one.routing != OUR_BANK[0]]
    postings = tuple(_posting(one, settled_at, world, seed) for one in theirs)
    amount = sum(one.signed_minor for one in postings)
    customer = next((one.account for one in items if one.routing == OUR_BANK[0]), "")
    return Taken(event.name, sha256, settles_on, settled_at, -amount, reason, postings, customer)


def key_of(routing: str, number: str) -> str:
    """An account's name where its number is not wanted."""
    return hashlib.sha256(f"{routing}:{number}".encode()).hexdigest()[:12]


def _header(text: str) -> str:
    """What may come once: origin, date and modifier. Source: Nacha, appendix three, file header."""
    return text[13:33] + text[33:34]


def _refused(destination: str, items: tuple[Item, ...], repeated: bool) -> str:
    if destination != OUR_BANK[0]:
        return "destination: another bank's"
    if repeated:
        return "modifier: a file of this day had it"
    sums: dict[int, int] = {}
    for one in items:
        signed = one.amount_minor * (1 if one.direction is Direction.CREDIT else -1)
        sums[one.batch.line] = sums.get(one.batch.line, 0) + signed
    return "batch: not balanced" if any(sums.values()) else ""


@cache
def _habits() -> dict[str, dict[str, Any]]:
    return {one["number"]: one for one in entries()}


def _posting(item: Item, settled_at: datetime, world: World, seed: int) -> Posting:
    bank, key, purpose = bank_of(item.routing), key_of(item.routing, item.account), _purpose(item)
    habits = _habits().get(item.account)
    rules = world.of(bank.name) if bank and not habits else _QUIET.every
    settles_on, hour = settled_at.astimezone(FED.zone).date(), bank.posting_hour if bank else _MORNING
    code, days = _fate(item, purpose, rules, seed, key) if bank else ("R13", 1)
    return Posting(
        item=item,
        key=key,
        purpose=purpose,
        code="" if code == "ok" else code,
        posts_at=max(settled_at, rulebook.posts_at(rules, settles_on, hour, seed, item.trace, FED)),
        back_at=FED.instant(FED.add(settles_on, days), _MORNING),
        corrected=habits["corrected"] if habits else "",
    )


def _purpose(item: Item) -> str:
    """What an entry is for; an account that takes no deposit has none to be asked about, either."""
    if item.is_prenote or item.batch.text("description") == "ACCTVERIFY":
        return "deposit"
    return "credit" if item.direction is Direction.CREDIT else "debit"


def _fate(item: Item, purpose: str, rules: BankRules, seed: int, key: str) -> tuple[str, int]:
    """The code with which it comes back, and after how many banking days: a listed account's own, or the world's."""
    if habits := _habits().get(item.account):
        again = purpose == "debit" and item.batch.text("description") == "RETRY PYMT"
        return habits["retry" if again and habits["retry"] else purpose], habits["return_days"]
    if not (item.account.startswith(_CROWD_DIGIT) and len(item.account) == 10):
        return "R03", 1
    fate, days = rulebook.fate_of_entry(rules, seed, key, item.trace)
    return {"": "ok", "closed": "R02", "back": "R01" if purpose == "debit" else "R16"}[fate], days
