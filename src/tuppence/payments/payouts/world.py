"""What steps of payouts are decided in: read under the locks, and changed by each step for the next of its batch."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.payments.ach.orders import Order
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.payouts import queries, rules
from tuppence.payments.payouts.model import Approval, Destination, PaidOut, Payout
from tuppence.payments.payouts.rules import Facts, Plan
from tuppence.payments.payouts.states import Books


@dataclass(slots=True)
class World:
    """`balances` is what the accounts that are paid from hold; `payouts` are locked."""

    now: datetime
    policy: Policy
    payouts: dict[UUID, PaidOut]
    banks: dict[UUID, BankAccount]
    approvals: dict[UUID, list[Approval]]
    destinations: dict[UUID, Destination]
    balances: dict[UUID, int]
    plans: list[Plan] = field(default_factory=list)

    def facts(
        self,
        payout: PaidOut | Payout,
        *,
        bank_id: UUID | None = None,
        said: str | None = None,
        order: Order | None = None,
    ) -> Facts:
        """What the rules are told for one step; `bank_id` is the account that it would go to."""
        bank_id = bank_id or payout.bank_id
        place = rules.destination_after(
            self.destinations.get(payout.business_id), payout.business_id, bank_id, now=self.now, policy=self.policy
        )
        agreed = [one for one in self.approvals.get(payout.id, ()) if one.bank_id == bank_id]
        return Facts(
            now=self.now,
            policy=self.policy,
            bank=self.banks.get(bank_id),
            place=place,
            approvers=frozenset(one.person_id for one in agreed),
            covered=self.balances.get(payout.account, 0) >= payout.amount_minor,
            said=said or (order.return_code if order else None),
            settles_on=order.settles_on if order else None,
        )

    def take(self, plan: Plan) -> PaidOut:
        """Let the next step of the batch see what this one did."""
        payout = plan.payout
        self.payouts[payout.id] = payout
        self.plans.append(plan)
        if plan.place:
            self.destinations[payout.business_id] = plan.place
        if plan.approval:
            self.approvals[payout.id] = [*self.approvals.get(payout.id, ()), plan.approval]
        if plan.books is Books.HOLD:
            self.balances[payout.account] -= payout.amount_minor
        return payout


async def open_world(
    tx: Tx, found: dict[UUID, PaidOut], policy: Policy, *, named: Sequence[UUID] = (), of: Iterable[UUID] = ()
) -> World:
    """All that steps of these payouts take; `named` are bank accounts beside their own, `of` businesses."""
    rows = list(found.values())
    return World(
        now=await outbox.now(tx),
        policy=policy,
        payouts=found,
        banks=await banks.by_id(tx, [*named, *(one.bank_id for one in rows)]),
        approvals=await queries.approvals(tx, found),
        destinations=await queries.destinations(tx, [*of, *(one.business_id for one in rows)]),
        balances=await _balances(tx, {one.account for one in rows}),
    )


async def _balances(tx: Tx, accounts: Collection[UUID]) -> dict[UUID, int]:
    found = await ledger.lookup_accounts(tx, sorted(accounts))
    return {one.id: one.credits_posted - one.debits_posted - one.debits_pending for one in found}
