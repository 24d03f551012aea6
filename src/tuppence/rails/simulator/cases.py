"""Chargebacks as the simulated issuers raise and decide them. Pure: what becomes of a case follows from the seed, the
card's habits, the answers that came, and the simulated time.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tuppence.rails.card.cases import REASONS, Verdict, Word

RESPOND_DAYS = 30  # Visa's time to answer, for a chargeback and for pre-arbitration
DECIDE_AFTER = timedelta(days=5)
_CODES = sorted(REASONS)
_WON, _CONTESTED = 60, 85  # of a hundred answers, so many win at once; those up to the second are contested first


@dataclass(frozen=True, slots=True)
class CaseTold:
    """An issuer took a debit back, contested an answer, gave in, or won."""

    attempt: UUID
    number: str
    word: Word
    amount_minor: int
    reason: str
    respond_by: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ResponseTaken:
    """An acquirer's answer arrived."""

    id: str
    number: str
    verdict: Verdict
    at: datetime


@dataclass(slots=True)
class Case:
    """One chargeback: what was said of it last, and what the issuer will say next, when."""

    told: CaseTold
    contested: bool = False
    next: Word | None = None
    next_at: datetime | None = None


@dataclass(slots=True)
class Cases:
    """The state after some events."""

    by_number: dict[str, Case] = field(default_factory=dict)
    planned: dict[UUID, datetime] = field(default_factory=dict)  # debits that will be taken back
    taken: set[str] = field(default_factory=set)
    back: dict[UUID, int] = field(default_factory=dict)  # what cardholders have back of their debits

    def apply(self, event: CaseTold | ResponseTaken, *, seed: int, habit: str) -> None:
        """`habit` is what the card's issuer always does with an answer, if it has one."""
        if isinstance(event, CaseTold):
            self.planned.pop(event.attempt, None)
            case = self.by_number.setdefault(event.number, Case(event))
            case.told, case.next, case.next_at = event, None, None
            case.contested |= event.word == "contested"
            if event.word == "chargeback":
                self.back[event.attempt] = event.amount_minor
            elif event.word == "won":
                self.back.pop(event.attempt, None)
            return
        self.taken.add(event.id)
        known = self.by_number.get(event.number)
        if known and known.told.word in ("chargeback", "contested"):
            accepted = event.verdict == "accept"
            known.next = None if accepted else _verdict(seed, known, habit)
            known.next_at = event.at + DECIDE_AFTER
            if accepted:  # nothing more is said of it
                known.told = CaseTold(
                    known.told.attempt,
                    event.number,
                    "lost",
                    known.told.amount_minor,
                    known.told.reason,
                    None,
                    event.at,
                )

    def plan(self, attempt: UUID, at: datetime, *, seed: int, days: int, permille: int) -> None:
        """Whether a debit that was accepted will be taken back: by the card's habit, or else by the odds."""
        if days:
            self.planned[attempt] = at + timedelta(days=days)
        elif permille and drawn(seed, f"chargeback {attempt}", 1_000) < permille:
            self.planned[attempt] = at + timedelta(days=3 + drawn(seed, f"chargeback day {attempt}", 18))

    def due(self, now: datetime, *, patient: bool) -> Iterator[tuple[UUID, Word, Case | None]]:
        """What issuers say by now. Only the patient ones have waited long enough to say that no answer came."""
        for attempt, at in list(self.planned.items()):
            if at <= now:
                yield attempt, "chargeback", None
        for case in list(self.by_number.values()):
            if case.next and case.next_at and case.next_at <= now:
                yield case.told.attempt, case.next, case
            elif patient and case.next_at is None and case.told.respond_by and now.date() > case.told.respond_by:
                yield case.told.attempt, "lost", case


def told(attempt: UUID, word: Word, case: Case | None, *, amount_minor: int, seed: int, at: datetime) -> CaseTold:
    """The event that says so."""
    number = case.told.number if case else _number(attempt)
    reason = case.told.reason if case else _CODES[drawn(seed, f"reason {attempt}", len(_CODES))]
    asks = word in ("chargeback", "contested")
    by = at.date() + timedelta(days=RESPOND_DAYS) if asks else None
    return CaseTold(attempt, number, word, amount_minor, reason, by, at)


def drawn(seed: int, what: str, sides: int) -> int:
    """A number below `sides` that follows from the seed alone."""
    digest = hashlib.blake2b(f"{seed} {what}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % sides


def _number(attempt: UUID) -> str:
    return hashlib.blake2b(attempt.bytes, digest_size=6).hexdigest().upper()


def _verdict(seed: int, case: Case, habit: str) -> Word:
    """What an issuer makes of an answer: of the second it may not contest again."""
    if habit in ("won", "lost"):
        return "won" if habit == "won" else "lost"
    if case.contested:
        return "won" if drawn(seed, f"second {case.told.number}", 2) else "lost"
    if habit == "contested":
        return "contested"
    roll = drawn(seed, f"first {case.told.number}", 100)
    return "won" if roll < _WON else "contested" if roll < _CONTESTED else "lost"
