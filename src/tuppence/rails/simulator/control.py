"""The control port: one line of JSON asks, one line answers. Loopback only; for tests, the demo's clock and the story.

{"do": "now", "to": "2026-11-27T18:00:00+00:00"}     set the simulated time; without `to`, tell it
{"do": "seed", "seed": 7}                            what approval codes and traces follow from
{"do": "accounts"}                                   every card: masked number, bank, balances
{"do": "statements", "card": "0f3c…"}                what moved on one card, or without `card` on all
{"do": "set", "card": "0f3c…", "habits": {"refund": "14", "closed": true}}    `number` instead of `card` works too
{"do": "end_stand_in", "card": "0f3c…"}              the network token of a card is no longer good
{"do": "bank", "traces": ["099900000000001"]}        what was posted on bank accounts, by trace; without, all of it
{"do": "banks"}                                      every bank, its accounts, and the newest lines of each
{"do": "odds", "permille": {"lost": 25, "twice": 20}}   the fates of so many of a thousand messages
{"do": "fault", "kind": "missing", "attempt": "0192…"}    a mistake in the open day's clearing file; see FAULTS
{"do": "return", "attempt": "0192…"}                 a bank sends back a push that it accepted
{"do": "charge_back", "attempt": "0192…"}            a bank takes a debit back, at once
{"do": "cases"}                                      every chargeback: number, attempt, what was said of it last
{"do": "resurface", "attempt": "0192…"}              a debit whose reversal was acknowledged posts after all
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tuppence.core.calendar import TARGET
from tuppence.rails.simulator.ach import Posting
from tuppence.rails.simulator.books import (
    ACCEPTED,
    TAKES,
    Changed,
    ClockMoved,
    Decided,
    OddsSet,
    Opened,
    Resurfaced,
    Returned,
    Seeded,
    StandInEnded,
)
from tuppence.rails.simulator.clearing import FAULTS
from tuppence.rails.simulator.days import Fault
from tuppence.rails.simulator.sepa import Credit
from tuppence.rails.simulator.statements import banks
from tuppence.rails.simulator.world import Account, Fate, find_account, key_of

if TYPE_CHECKING:
    from tuppence.rails.simulator.server import Simulator

_MOST_BYTES = 1 << 24


class ControlRefused(Exception):
    """The simulator did not do what the control port was asked for; the text says why."""


class Control:
    """Answers on the control port."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._verbs: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "now": self._now,
            "seed": self._seed,
            "accounts": self._accounts,
            "statements": self._statements,
            "set": self._set,
            "bank": self._bank,
            "banks": self._banks,
            "odds": self._odds,
            "fault": self._fault,
            "return": self._return,
            "resurface": self._resurface,
            "charge_back": self._charge_back,
            "cases": self._cases,
            "end_stand_in": self._end_stand_in,
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk until the asker goes."""
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line), ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):  # gone, or a line beyond all reason
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            ask = json.loads(line)
            return {"ok": True} | await self._verbs[ask.pop("do")](ask)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    async def _now(self, ask: dict[str, Any]) -> dict[str, Any]:
        if "to" in ask:
            to = datetime.fromisoformat(ask["to"])
            if to.tzinfo is None:
                raise ValueError("to: needs a zone")
            await self._simulator.record(ClockMoved((to - datetime.now(UTC)).total_seconds()))
            self._simulator.cases.clock_moved()
            await self._simulator.turn_days()
        return {"now": self._simulator.now.isoformat()}

    async def _seed(self, ask: dict[str, Any]) -> dict[str, Any]:
        if type(ask["seed"]) is not int:
            raise TypeError("seed: must be an integer")
        await self._simulator.record(Seeded(ask["seed"]))
        return {}

    async def _accounts(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"accounts": [self._account(account) for account in self._simulator.books.accounts.values()]}

    async def _statements(self, ask: dict[str, Any]) -> dict[str, Any]:
        cards = [self._named(ask).key] if ask else list(self._simulator.books.accounts)
        books = self._simulator.books
        return {"statements": {card: [self._line(one) for one in books.decided.of_card(card)] for card in cards}}

    async def _set(self, ask: dict[str, Any]) -> dict[str, Any]:
        """A card of the crowd has no account before its first movement, so naming its number opens one."""
        if (
            "number" in ask
            and (known := find_account(ask["number"]))
            and known.key not in self._simulator.books.accounts
        ):
            await self._simulator.record(Opened(known.key, ask["number"][:6], ask["number"][-4:]))
        account = self._named(ask)
        habits = self._simulator.books.habits_of(account).changed(ask["habits"])
        await self._simulator.record(Changed(account.key, habits))
        return {"account": self._account(account)}

    async def _end_stand_in(self, ask: dict[str, Any]) -> dict[str, Any]:
        account = self._named(ask)
        await self._simulator.record(StandInEnded(account.key))
        return {"account": self._account(account)}

    async def _bank(self, ask: dict[str, Any]) -> dict[str, Any]:
        """What is on bank accounts by now: of the entries with these trace numbers, or of all."""
        books, now, traces = self._simulator.books, self._simulator.now, ask.get("traces")
        entries = [_bank_line(one) for one in books.ach.shown(now)]
        lines = entries + [_sepa_line(one) for one in books.sepa.shown(now)]
        return {"lines": [one for one in lines if traces is None or one["trace"] in traces]}

    async def _banks(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"banks": banks(self._simulator.books, self._simulator.now)}

    async def _odds(self, ask: dict[str, Any]) -> dict[str, Any]:
        permille = {fate if fate == "chargeback" else str(Fate(fate)): share for fate, share in ask["permille"].items()}
        if not all(type(share) is int and share >= 0 for share in permille.values()) or sum(permille.values()) > 1_000:
            raise ValueError("permille: whole numbers, a thousand at most in all")
        await self._simulator.record(OddsSet(permille))
        return {}

    async def _fault(self, ask: dict[str, Any]) -> dict[str, Any]:
        """The attempt must be in the open day's file, or the mistake would be in none."""
        await self._simulator.turn_days()
        attempt = UUID(ask["attempt"]) if ask["kind"] != "extra" else None
        known = attempt is None or self._simulator.books.days.knows(attempt)
        if ask["kind"] not in FAULTS or not known:
            raise ValueError("fault: no such kind, or no such attempt in the open day")
        await self._simulator.record(Fault(ask["kind"], attempt))
        return {"day": str(self._simulator.books.days.open)}

    async def _return(self, ask: dict[str, Any]) -> dict[str, Any]:
        decided = self._accepted(ask, {"push"}, undone=False)
        await self._simulator.turn_days()
        await self._simulator.record(Returned(decided.attempt, self._simulator.now))
        return {"day": str(self._simulator.books.days.open)}

    async def _resurface(self, ask: dict[str, Any]) -> dict[str, Any]:
        decided = self._accepted(ask, TAKES, undone=True)
        await self._simulator.turn_days()
        await self._simulator.record(Resurfaced(decided.attempt, self._simulator.now))
        return {"day": str(self._simulator.books.days.open)}

    async def _charge_back(self, ask: dict[str, Any]) -> dict[str, Any]:
        decided = self._accepted(ask, TAKES, undone=False)
        if any(case.told.attempt == decided.attempt for case in self._simulator.books.cases.by_number.values()):
            raise ValueError("attempt: was charged back before")
        await self._simulator.turn_days()
        await self._simulator.cases.tell(decided.attempt, "chargeback", None, self._simulator.now)
        return {"day": str(self._simulator.books.days.open)}

    async def _cases(self, _: dict[str, Any]) -> dict[str, Any]:
        cases = [case.told for case in self._simulator.books.cases.by_number.values()]
        return {
            "cases": [
                {"number": one.number, "attempt": str(one.attempt), "word": one.word, "at": one.at.isoformat()}
                for one in cases
            ]
        }

    def _accepted(self, ask: dict[str, Any], movements: AbstractSet[str], *, undone: bool) -> Decided:
        """What a bank accepted, and has undone since or has not."""
        books = self._simulator.books
        decided = books.decided[UUID(ask["attempt"])]
        known = decided.code == ACCEPTED and decided.movement in movements
        if not known or (decided.attempt in books.undone) != undone:
            raise ValueError(f"attempt: no {min(movements)} that {'was undone' if undone else 'stands'}")
        return decided

    def _named(self, ask: dict[str, Any]) -> Account:
        return self._simulator.books.accounts[key_of(ask["number"]) if "number" in ask else ask["card"]]

    def _account(self, account: Account) -> dict[str, Any]:
        books = self._simulator.books
        return {
            "card": account.key,
            "masked": account.masked,
            "label": account.label,
            "bank": account.bin.bank,
            "opening_minor": account.opening_minor,
            "moved_minor": books.moved_minor(account),
            "spendable_minor": books.spendable_minor(account, self._simulator.now),
            "closed": books.habits_of(account).closed,
        }

    def _line(self, decided: Decided) -> dict[str, Any]:
        return {
            "attempt": str(decided.attempt),
            "movement": decided.movement,
            "payment": decided.payment,
            "code": decided.code,
            "amount_minor": decided.signed_minor,
            "undone": decided.code == ACCEPTED and decided.attempt in self._simulator.books.undone,
            "at": decided.at.isoformat(),
            "posts_at": decided.posts_at.isoformat(),
        }


def _bank_line(posting: Posting) -> dict[str, Any]:
    """A line of a statement."""
    item = posting.item
    return {
        "account": posting.key,
        "trace": item.trace,
        "on": posting.posts_at.date().isoformat(),
        "amount_minor": posting.signed_minor,
        "description": f"{item.batch.text('company_name')} {item.batch.text('description')} {item.identification}",
    }


def _sepa_line(credit: Credit) -> dict[str, Any]:
    return {
        "account": credit.key,
        "trace": credit.trace,
        "on": credit.posts_at.astimezone(TARGET.zone).date().isoformat(),
        "amount_minor": credit.amount_minor,
        "description": credit.says,
    }


async def control(port: int, do: str, **facts: Any) -> dict[str, Any]:
    """Ask a simulator on this machine. Raises: ControlRefused, OSError if none listens."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_MOST_BYTES)
    try:
        writer.write(json.dumps({"do": do} | facts).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await reader.readline())
    finally:
        writer.close()
    if not answer.pop("ok"):
        raise ControlRefused(answer["error"])
    return answer
