"""Who bears it when a granted charge is disputed: its business, out of what it is owed, below nothing if need be.

The fee stays, as with a refund. Lock order: charges, disputes, feeds, lines of events; last the ledger, so a dispute is
told that it is borne before that is booked. Its steps are told to the business by `payments.disputes`.
"""

from collections.abc import Sequence
from uuid import UUID

from tuppence import ledger
from tuppence.core import CURRENCIES, Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.payments import disputes
from tuppence.payments.disputes import Ask, Dispute, Event, Kind, State
from tuppence.payments.disputes.model import Recovery

_FOR_CLAIMANT = (State.RESOLVED_FOR_CLAIMANT, State.SPLIT)
_WRITTEN = {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}


async def bear(tx: Tx, dispute_ids: Sequence[UUID], *, policy: Policy) -> None:
    """Let businesses bear what banks took back and what buyers were given, and have again what is won. Once each."""
    told = await disputes.disputes(tx, dispute_ids)
    rows = [told[one] for one in sorted(told)]
    moved = await disputes.move(tx, [Ask(one.id, Event.BORNE) for one in rows if _falls_on_it(one)], policy=policy)
    taken = [_transfer(one) for one in moved if isinstance(one, Dispute)]
    contested = [one for one in rows if one.kind == Kind.CHARGEBACK and one.state == State.WON]
    borne = await ledger.lookup_transfers(tx, [_taken_id(one) for one in contested])
    ids = {one.id for one in borne}
    await _post(tx, [*taken, *(_transfer(one, won=True) for one in contested if _taken_id(one) in ids)])


def _falls_on_it(dispute: Dispute) -> bool:
    if dispute.recovery != Recovery.NONE:
        return False
    if dispute.kind == Kind.CHARGEBACK:
        return dispute.state != State.WON
    return dispute.state in _FOR_CLAIMANT and dispute.given_minor > 0


def _taken_id(dispute: Dispute) -> UUID:
    return derived_id(dispute.id, b"apps/borne")


def _transfer(dispute: Dispute, *, won: bool = False) -> Transfer:
    theirs = chart.personal("dev_payable", dispute.respondent_id, dispute.currency)
    receivable = chart.house("chargeback_receivable", dispute.currency)
    return Transfer(
        derived_id(dispute.id, b"apps/won") if won else _taken_id(dispute),
        receivable if won else theirs,
        theirs if won else receivable,
        dispute.amount_minor if dispute.kind == Kind.CHARGEBACK else dispute.given_minor,
        ledger=CURRENCIES[dispute.currency].numeric,
        code=chart.Step.CHARGEBACK_WON if won else chart.Step.CHARGEBACK,
        user_data_128=dispute.id,
    )


async def _post(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """The last call before the commit; what the ledger refuses here is a defect."""
    if transfers:
        statuses = {one.status for one in await ledger.create_transfers(tx, transfers)}
        assert statuses <= _WRITTEN, statuses
