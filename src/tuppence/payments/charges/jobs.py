"""What the worker does for charges: calls the rail, writes down what it said.

The rail is called with no transaction open, for attempts that are marked and committed. Whatever happens to us between
the call and the record, the job comes back and asks under the same id, which the vault answers from memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from tuppence.core import Leg, Policy
from tuppence.db import Database, GroupCommit
from tuppence.outbox import Handler, Job, Later
from tuppence.payments.ach import orders
from tuppence.payments.cards import queries as wallets
from tuppence.payments.charges import actions, queries
from tuppence.payments.charges.by_bank import OWNER, answers_of
from tuppence.payments.charges.model import Attempt, Charged
from tuppence.payments.charges.rules import CATEGORY
from tuppence.payments.charges.writing import INQUIRE, USE
from tuppence.payments.sends.jobs import Call, CardRail, call_and_record, inquire, use
from tuppence.payments.sends.model import Fate, Recorded
from tuppence.rails.card import Use

_STALE = timedelta(minutes=15)  # real time: the price of what is bought is promised for as long


@dataclass(frozen=True, slots=True)
class Task:
    """An attempt with what its rail request says, as it stands in the database."""

    attempt: Attempt
    charge: Charged
    token: str

    def is_stale(self, now: datetime) -> bool:
        """Whether it is a purchase that could not be asked for in time. `now` is real time."""
        return self.attempt.leg == Leg.DEBIT and now - self.attempt.recorded_at > _STALE

    def use(self) -> Use:
        buys = self.attempt.leg == Leg.DEBIT
        return Use(
            id=self.attempt.id,
            kind=self.attempt.kind,
            token=self.token,
            amount_minor=self.attempt.amount_minor,
            currency=self.attempt.currency,
            payment_id=self.attempt.charge_id,
            of=self.attempt.of,
            category=CATEGORY[self.charge.owner] if buys else None,
            says=self.charge.says if buys else None,
        )


def handlers(database: Database, together: GroupCommit, rail: CardRail, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""
    record = partial(actions.record, policy=policy)

    async def each(expected: Fate, call: Call, jobs: Sequence[Job]) -> Sequence[Later | BaseException | None]:
        """An attempt that is not as expected was seen to by somebody faster."""
        tasks = await _tasks(database, [UUID(job.key) for job in jobs], expected)
        return await call_and_record(call(rail, tasks), jobs, partial(together, record))

    async def by_bank(jobs: Sequence[Job]) -> list[None]:
        """Orders as they are by now, whatever happened in between."""
        async with database.transaction() as tx:
            found = await orders.orders(tx, [UUID(job.key) for job in jobs])
            attempts = await queries.attempts(tx, list(found))
            told = [Recorded(one, answer) for one in found for answer in answers_of(found[one], attempts[one].fate)]
            await actions.record(tx, told, policy=policy)
        return [None for _ in jobs]

    return {
        USE: partial(each, Fate.LIVE, use),
        INQUIRE: partial(each, Fate.UNKNOWN, inquire),
        f"{OWNER}.bank_changed": by_bank,
    }


async def _tasks(database: Database, ids: Sequence[UUID], expected: Fate) -> list[Task]:
    """These attempts, as far as they are still as expected, with what their requests say."""
    async with database.transaction(read_only=True) as tx:
        attempts = [one for one in (await queries.attempts(tx, ids)).values() if one.fate == expected and one.card_id]
        charges = await queries.charges(tx, sorted({one.charge_id for one in attempts}))
        cards = await wallets.by_id(tx, sorted({one.card_id for one in attempts if one.card_id}))
    return [Task(one, charges[one.charge_id], cards[one.card_id].token) for one in attempts if one.card_id]
