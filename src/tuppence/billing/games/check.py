"""Whether developers are owed what their entries say: the games' part of the books' check."""

from dataclasses import dataclass
from uuid import UUID

from tuppence.billing.games.queries import SQL
from tuppence.db import Tx
from tuppence.ledger import chart, lookup_accounts
from tuppence.ledger.books import Broken


@dataclass(frozen=True, slots=True)
class _Developer:
    """What the games' own rows say of a developer. `unsettled`: something of theirs is under way, so that the ledger
    may be a step ahead of the rows."""

    business_id: UUID
    currency: str
    owed_minor: int
    kept_minor: int
    left_minor: int
    unsettled: bool


@dataclass(frozen=True, slots=True)
class _Odd:
    purchase_id: UUID
    what: str


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with games. Open the transaction as repeatable read, so that it is one picture.

    For every developer with nothing under way: what is owed and what is kept back in the ledger are the sums of the
    entries, less what was paid. For every purchase: no more went back than was paid, and what its entries come to is
    what is left of it.
    """
    developers = [one for one in await tx.fetch(SQL.developers_checked, _Developer) if not one.unsettled]
    names = [(one, name) for one in developers for name in ("dev_payable", "dev_reserve")]
    ids = {(one.business_id, name): chart.personal(name, one.business_id, one.currency) for one, name in names}
    found = {one.id: one for one in await lookup_accounts(tx, list(ids.values()))}
    broken = []
    for one in developers:
        held = {
            name: (account := found[ids[one.business_id, name]]).credits_posted - account.debits_posted
            for name in ("dev_payable", "dev_reserve")
        }
        if held["dev_payable"] != one.owed_minor - one.kept_minor - one.left_minor:
            broken.append(Broken("what a developer is owed differs from their entries", f"business {one.business_id}"))
        if held["dev_reserve"] != one.kept_minor:
            broken.append(Broken("a developer's reserve differs from their statements", f"business {one.business_id}"))
    odd = await tx.fetch(SQL.odd_purchases, _Odd)
    return broken + [Broken(one.what, f"purchase {one.purchase_id}") for one in odd]
