"""Business days as the simulated network keeps them: what of which day is cleared. Pure."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from tuppence.rails.simulator.cases import CaseTold


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A business day began, and with it the one before was closed: what comes now is in another file."""

    day: date


@dataclass(frozen=True, slots=True)
class Fault:
    """The open day's file will have a mistake in it: about an attempt, or none for a line out of nothing."""

    kind: str
    attempt: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a day's file tells of an attempt."""

    movement: str
    attempt: UUID


@dataclass(frozen=True, slots=True)
class Day:
    """A business day that is over."""

    date: date
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    cases: tuple[CaseTold, ...] = ()


@dataclass(slots=True)
class Days:
    """The day that is open, and those that are over, oldest first."""

    open: date | None = None
    entries: dict[Entry, None] = field(default_factory=dict)  # of the open day, in order
    faults: list[Fault] = field(default_factory=list)
    cases: list[CaseTold] = field(default_factory=list)
    closed: list[Day] = field(default_factory=list)

    def apply(self, event: DayOpened | Fault) -> None:
        if isinstance(event, Fault):
            self.faults.append(event)
        else:
            self.turn(event)

    def turn(self, opened: DayOpened) -> None:
        """What a journal from before clearing files has in it belongs to the first day."""
        if self.open is not None:
            self.closed.append(Day(self.open, tuple(self.entries), tuple(self.faults), tuple(self.cases)))
            self.entries, self.faults, self.cases = {}, [], []
        self.open = opened.day

    def enter(self, movement: str, attempt: UUID) -> None:
        self.entries[Entry(movement, attempt)] = None

    def reverse(self, movement: str, attempt: UUID) -> None:
        """A debit that is reversed on its own day is in no file; on a later one its reversal is in that day's."""
        if Entry(movement, attempt) in self.entries:
            del self.entries[Entry(movement, attempt)]
        else:
            self.enter("reversal", attempt)

    def knows(self, attempt: UUID) -> bool:
        """Whether the open day's file will tell anything of an attempt."""
        return any(one.attempt == attempt for one in self.entries)
