"""The invariants of ads, against the books: every bill is its usage, what is unpaid is what is owed, prepaid money is
what came in and was not used.
"""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from tuppence import ledger
from tuppence.billing.ads.model import Charge, Cycle
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import UNPAID
from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.ledger.books import Broken
from tuppence.payments import charges

_AT_ONCE = 500
_START = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Account:
    id: UUID
    currency: str
    spent_events_minor: int  # all of its events, billed
    spent_campaigns_minor: int
    money_minor: int
    credits_left_minor: int
    credits_drawn_minor: int  # what draws say is left of what was granted


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a cycle's events, and its postings, come to."""

    cycle_id: UUID
    usage_minor: int
    given_back_minor: int
    waived_minor: int
    posted_minor: int
    credits_minor: int
    prepaid_minor: int


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with ads. Open the transaction as repeatable read, so that it is one picture."""
    broken, after = [], _START
    while found := await tx.fetch(SQL.standings, _Account, after=after, limit=_AT_ONCE):
        after = found[-1].id
        ids = [one.id for one in found]
        cycles = await tx.fetch(SQL.cycles_of_accounts, Cycle, accounts=ids)
        sums = {one.cycle_id: one for one in await tx.fetch(SQL.sums, _Sums, accounts=ids)}
        complaints = [(cycle, _complaint(cycle, sums.get(cycle.id, _nothing(cycle)))) for cycle in cycles]
        broken += [Broken(wrong, f"bill {cycle.id}") for cycle, wrong in complaints if wrong]
        broken += await _money(tx, found, cycles)
    return broken


def _nothing(cycle: Cycle) -> _Sums:
    return _Sums(cycle.id, 0, 0, 0, 0, 0, 0)


def _complaint(cycle: Cycle, sums: _Sums) -> str | None:
    """How a bill differs from its usage."""
    billed = cycle.usage_minor, cycle.given_back_minor, cycle.waived_minor
    if billed != (sums.usage_minor, sums.given_back_minor, sums.waived_minor):
        return "a bill differs from its usage"
    if (cycle.credits_minor, cycle.prepaid_minor) != (sums.credits_minor, sums.prepaid_minor):
        return "a bill differs from who paid its usage"
    if sums.usage_minor - sums.given_back_minor - sums.waived_minor != sums.posted_minor:
        return "postings differ from their events"
    return None


async def _money(tx: Tx, found: list[_Account], cycles: list[Cycle]) -> list[Broken]:
    """Whether the ledger holds what the bills say."""
    names = {
        chart.personal(name, one.id, one.currency): (name, one.id)
        for one in found
        for name in ("ads_receivable", "ads_prepaid")
    }
    held: Counter[tuple[str, UUID]] = Counter()
    for account in await ledger.lookup_accounts(tx, list(names)):
        held[names[account.id]] = account.debits_posted + account.debits_pending - account.credits_posted
    unpaid = Counter[UUID]()
    for cycle in cycles:
        unpaid[cycle.account_id] += cycle.due_minor if cycle.state in UNPAID else 0
    prepaid = Counter[UUID]()
    for cycle in cycles:
        prepaid[cycle.account_id] -= cycle.prepaid_minor
    for charge, amount in await _moved(tx, [one.id for one in found]):
        (prepaid if charge.cycle_id is None else unpaid)[charge.account_id] += amount
    broken = []
    for one in found:
        if held["ads_receivable", one.id] != unpaid[one.id]:
            broken.append(Broken("what is owed differs from what is unpaid", f"ads account {one.id}"))
        if -held["ads_prepaid", one.id] != prepaid[one.id] or prepaid[one.id] < 0:
            broken.append(Broken("the prepaid balance differs from what came in", f"ads account {one.id}"))
        if one.spent_events_minor != one.spent_campaigns_minor:
            broken.append(Broken("campaigns differ from their events", f"ads account {one.id}"))
        if one.credits_left_minor != one.credits_drawn_minor:
            broken.append(Broken("credits differ from their draws", f"ads account {one.id}"))
    return broken


async def _moved(tx: Tx, account_ids: list[UUID]) -> list[tuple[Charge, int]]:
    """What charges did that the bills have not heard of yet, and what top-ups brought, less what went back."""
    asked = await tx.fetch(SQL.charges_of_accounts, Charge, accounts=account_ids)
    told = await charges.charges(tx, [one.id for one in asked])
    found = []
    for one in asked:
        says = told.get(one.id)
        if says is None:
            continue
        if one.cycle_id is None:
            back = says.refunding_minor + says.refunded_minor
            kept = says.state == charges.State.CHARGED and one.state != "charged_back"
            found.append((one, one.amount_minor - back if kept else 0))
        else:
            taken = says.state in (charges.State.CHARGED, charges.State.RETURNED)
            heard = one.state in ("charged", "charged_back", "returned")  # of the last two the bill is owed again
            found.append((one, (heard - taken) * one.amount_minor))
    return found
