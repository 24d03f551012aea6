"""The simulated world as a partner writes it: one YAML file, read strictly, told of by line and path. Pure.

What is drawn follows from the seed and from what it is about, so that a world is the same each time it is run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Literal

import yaml

from tuppence.core.calendar import FED, BankCalendar
from tuppence.rails.simulator.cases import drawn

EVERY = "every_bank"
POSTING = ("fast", "next_morning", "plus_2", "plus_3")  # business mornings later: none, one, two, three
FATES = ("slow", "silent", "lost", "twice", "late", "overtaken")
_MOST = 1_000
_INT = "tag:yaml.org,2002:int"


class WorldError(Exception):
    """A world cannot be used; where, by line and path, and why."""

    def __init__(self, name: str, line: int, path: str, reason: str) -> None:
        super().__init__(f"{name}, line {line}: {path or 'the file'}: {reason}")
        self.line, self.path, self.reason = line, path, reason


@dataclass(frozen=True, slots=True)
class Decline:
    """So many of a thousand debits and purchases are refused, where the amount lies within."""

    code: str
    permille: int
    from_minor: int = 0
    to_minor: int = 10**12


@dataclass(frozen=True, slots=True)
class Outage:
    """When a bank cannot be reached, by the simulated time: at all, or by so many of a thousand messages."""

    begins: datetime
    ends: datetime
    permille: int = _MOST


@dataclass(frozen=True, slots=True)
class BankRules:
    """How a bank behaves where a card's own habits say nothing."""

    posting: Mapping[str, int] = field(default_factory=dict)  # percent
    odds: Mapping[str, int] = field(default_factory=dict)  # fates, of a thousand
    declines: tuple[Decline, ...] = ()
    outages: tuple[Outage, ...] = ()
    returns_permille: int = 0  # pushes that it sends back
    returns_days: tuple[int, int] = (1, 3)  # business days later, at least and at most
    chargebacks_permille: int = 0
    closed_permille: int = 0  # cards whose accounts are closed: of the crowd's, never a listed one
    holidays: tuple[date, ...] = ()  # on which it stays closed though the Fed is open


@dataclass(frozen=True, slots=True)
class World:
    """Rules of every bank, and of single ones. `text` is the file, as the journal keeps it."""

    text: str = ""
    every: BankRules = BankRules()
    banks: Mapping[str, BankRules] = field(default_factory=dict)

    def of(self, bank: str) -> BankRules:
        return self.banks.get(bank, self.every)


def read(text: str, *, name: str = "world.yaml", banks: Sequence[str] = ()) -> World:
    """The world in a text. A bank's member replaces that of `every_bank`.

    Args:
        banks: those that there are; a name beyond them is refused. None: any name will do.
    Raises: WorldError.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WorldError(name, line, "", error.problem or "is no YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise WorldError(name, 1, "", "is no YAML") from None
    reader = _Reader(name)
    told = reader.members(root, "", ("banks", EVERY)) if root is not None else {}
    every = reader.rules(told.get(EVERY), EVERY, {})
    found: dict[str, BankRules] = {}
    for bank, node in reader.members(told.get("banks"), "banks", tuple(banks) or None).items():
        shared = reader.members(told.get(EVERY), EVERY, tuple(_MEMBERS))
        found[bank] = reader.rules(node, f"banks.{bank}", shared)
    return World(text, every, found)


def shipped(banks: Sequence[str] = ()) -> World:
    """The world that comes with the house."""
    return read(files(__package__).joinpath("world.yaml").read_text(), banks=banks)


# - what is drawn -----------------------------------------------------------------------------------------------------


def posting_days(rules: BankRules, usual: int, seed: int, about: str) -> int:
    """Business mornings until a credit can be spent; `usual` where the world does not say."""
    roll = drawn(seed, f"posting {about}", 100)
    for days, name in enumerate(POSTING):
        roll -= rules.posting.get(name, 0)
        if roll < 0:
            return days
    return usual


def decline_code(rules: BankRules, amount_minor: int, seed: int, about: str) -> str | None:
    """The code that a debit is refused with, if the odds will."""
    roll = drawn(seed, f"decline {about}", _MOST)
    for one in rules.declines:
        if one.from_minor <= amount_minor <= one.to_minor:
            roll -= one.permille
            if roll < 0:
                return one.code
    return None


def is_down(rules: BankRules, now: datetime, seed: int, about: str) -> bool:
    """Whether a bank cannot be reached with this message now."""
    share = max((one.permille for one in rules.outages if one.begins <= now < one.ends), default=0)
    return bool(share) and drawn(seed, f"outage {about}", _MOST) < share


def fate(rules: BankRules, seed: int, about: str) -> str | None:
    """What becomes of a message and its answer, if anything unusual."""
    roll = drawn(seed, f"bank fate {about}", _MOST)
    for name, share in rules.odds.items():
        roll -= share
        if roll < 0:
            return name
    return None


def return_time(rules: BankRules, accepted_at: datetime, seed: int, about: str) -> datetime | None:
    """When a bank sends a push back that it accepts, if it does."""
    days = _returns_after(rules, seed, about)
    if days is None:
        return None
    return FED.instant(FED.add(accepted_at.astimezone(FED.zone).date(), days), 8)


def is_closed(rules: BankRules, seed: int, key: str) -> bool:
    """Whether the account behind one of the crowd's cards is closed."""
    return drawn(seed, f"closed {key}", _MOST) < rules.closed_permille


def fate_of_entry(rules: BankRules, seed: int, key: str, about: str) -> tuple[Literal["", "closed", "back"], int]:
    """What becomes of an entry for one of the crowd's bank accounts, and how many business days later it is back."""
    if is_closed(rules, seed, key):
        return "closed", 1
    days = _returns_after(rules, seed, about)
    return ("", 1) if days is None else ("back", days)


def _returns_after(rules: BankRules, seed: int, about: str) -> int | None:
    """After how many business days a bank sends something back, if it does."""
    if drawn(seed, f"return {about}", _MOST) >= rules.returns_permille:
        return None
    first, last = rules.returns_days
    return first + drawn(seed, f"return day {about}", last - first + 1)


def posts_at(rules: BankRules, settles_on: date, hour: int, seed: int, about: str, calendar: BankCalendar) -> datetime:
    """When a bank shows an entry: on the morning of its settlement or some later, not on its holidays, and not before
    it can be reached.
    """
    open_on = replace(calendar, also_closed=frozenset(rules.holidays))
    later = max(posting_days(rules, 1, seed, about), 1) - 1
    at = calendar.instant(open_on.add(settles_on, later), hour)
    return max([at, *(one.ends for one in rules.outages if one.begins <= at < one.ends)])


# - reading -----------------------------------------------------------------------------------------------------------


class _Reader:
    """Walks a document, and knows where it is when something is amiss."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wrong(self, node: yaml.Node, path: str, reason: str) -> WorldError:
        return WorldError(self._name, node.start_mark.line + 1, path, reason)

    def members(self, node: yaml.Node | None, path: str, known: Sequence[str] | None) -> dict[str, yaml.Node]:
        """The members of a mapping by name; unknown and repeated ones are refused."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, path, "must be a mapping")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            where = f"{path}.{name}" if path else name
            if known is not None and name not in known:
                raise self.wrong(key, where, f"unknown; there are {', '.join(known)}")
            if name in found:
                raise self.wrong(key, where, "is there twice")
            found[name] = value
        return found

    def rules(self, node: yaml.Node | None, path: str, shared: Mapping[str, yaml.Node]) -> BankRules:
        told = {**shared, **self.members(node, path, tuple(_MEMBERS))}
        facts: dict[str, Any] = {}
        for name, value in told.items():
            facts |= _MEMBERS[name](self, value, f"{path}.{name}")
        return BankRules(**facts)

    def shares(
        self, node: yaml.Node, path: str, known: Sequence[str], whole: int, *, all_of_it: bool
    ) -> dict[str, int]:
        found = {
            name: self.whole(value, f"{path}.{name}", 0, whole)
            for name, value in self.members(node, path, known).items()
        }
        total = sum(found.values())
        if total > whole or (all_of_it and total != whole):
            raise self.wrong(node, path, f"comes to {total}, {'not' if all_of_it else 'more than'} {whole}")
        return found

    def whole(self, node: yaml.Node, path: str, least: int, most: int) -> int:
        wrong = self.wrong(node, path, f"must be a whole number from {least} to {most}")
        try:
            value = int(node.value) if node.tag == _INT else None
        except ValueError:  # YAML has more ways to write a number than are good for it
            raise wrong from None
        if value is None or not least <= value <= most:
            raise wrong
        return value

    def moment(self, node: yaml.Node, path: str) -> datetime:
        """An instant; without an offset it is New York's time."""
        try:
            value = datetime.fromisoformat(str(node.value))
        except ValueError:
            raise self.wrong(node, path, "must be a time, as in 2026-11-27T18:00") from None
        return value if value.tzinfo else value.replace(tzinfo=FED.zone)

    def day(self, node: yaml.Node, path: str) -> date:
        try:
            return date.fromisoformat(str(node.value))
        except ValueError:
            raise self.wrong(node, path, "must be a day, as in 2026-12-24") from None

    def items(self, node: yaml.Node, path: str) -> list[tuple[yaml.Node, str]]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, path, "must be a list")
        return [(one, f"{path}[{place}]") for place, one in enumerate(node.value)]

    def code(self, node: yaml.Node, path: str) -> str:
        text = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if len(text) != 2 or not text.isascii() or not text.isalnum() or text == "00":
            raise self.wrong(node, path, 'must be a response code of two characters, as in "51"')
        return text

    # What each member of a bank says.

    def posting(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"posting": self.shares(node, path, POSTING, 100, all_of_it=True)}

    def odds(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"odds": self.shares(node, path, FATES, _MOST, all_of_it=False)}

    def declines(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"declines": tuple(self._decline(one, where) for one, where in self.items(node, path))}

    def _decline(self, node: yaml.Node, path: str) -> Decline:
        told = self.members(node, path, ("code", "permille", "from_minor", "to_minor"))
        self._must(node, path, told, "code", "permille")
        amounts = {
            name: self.whole(told[name], f"{path}.{name}", 0, 10**12)
            for name in ("from_minor", "to_minor")
            if name in told
        }
        permille = self.whole(told["permille"], f"{path}.permille", 0, _MOST)
        return Decline(self.code(told["code"], f"{path}.code"), permille, **amounts)

    def outages(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"outages": tuple(self._outage(one, where) for one, where in self.items(node, path))}

    def _outage(self, node: yaml.Node, path: str) -> Outage:
        told = self.members(node, path, ("from", "to", "permille"))
        self._must(node, path, told, "from", "to")
        begins, ends = (self.moment(told[name], f"{path}.{name}") for name in ("from", "to"))
        if ends <= begins:
            raise self.wrong(told["to"], f"{path}.to", "must be after `from`")
        share = self.whole(told["permille"], f"{path}.permille", 1, _MOST) if "permille" in told else _MOST
        return Outage(begins, ends, share)

    def returns(self, node: yaml.Node, path: str) -> dict[str, Any]:
        told = self.members(node, path, ("permille", "days"))
        self._must(node, path, told, "permille")
        facts: dict[str, Any] = {"returns_permille": self.whole(told["permille"], f"{path}.permille", 0, _MOST)}
        if "days" in told:
            days = [self.whole(one, where, 1, 60) for one, where in self.items(told["days"], f"{path}.days")]
            if len(days) != 2 or days[0] > days[1]:
                raise self.wrong(told["days"], f"{path}.days", "must be two, the sooner first")
            facts["returns_days"] = (days[0], days[1])
        return facts

    def chargebacks(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"chargebacks_permille": self.whole(node, path, 0, _MOST)}

    def closed_accounts(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"closed_permille": self.whole(node, path, 0, _MOST)}

    def holidays(self, node: yaml.Node, path: str) -> dict[str, Any]:
        return {"holidays": tuple(self.day(one, where) for one, where in self.items(node, path))}

    def _must(self, node: yaml.Node, path: str, told: Mapping[str, Any], *names: str) -> None:
        for name in names:
            if name not in told:
                raise self.wrong(node, f"{path}.{name}", "is missing")


_MEMBERS: Mapping[str, Callable[[_Reader, yaml.Node, str], dict[str, Any]]] = {
    "posting": _Reader.posting,
    "odds": _Reader.odds,
    "declines": _Reader.declines,
    "outages": _Reader.outages,
    "returns": _Reader.returns,
    "chargebacks": _Reader.chargebacks,
    "closed_accounts": _Reader.closed_accounts,
    "holidays": _Reader.holidays,
}
