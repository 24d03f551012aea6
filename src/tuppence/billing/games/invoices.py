"""What pays a developer's debt to the house, and is contested: a bank takes it back, or the house gives it back.

Then it is owed again, as an entry of the open period; a chargeback that is won pays it once more.
"""

from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing.games import money, periods
from tuppence.billing.games.model import Entry, EntryKind
from tuppence.billing.games.moving import ENTRY, post
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.statements import locked
from tuppence.core import Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx, columns
from tuppence.payments import disputes
from tuppence.payments.disputes import State
from tuppence.payments.disputes.model import Recovery

_FOR_CLAIMANT = (State.RESOLVED_FOR_CLAIMANT, State.SPLIT)


async def contested(tx: Tx, dispute_id: UUID, *, policy: Policy) -> None:
    """A dispute of a charge that paid an invoice moved. Locks: the developer's books; then what disputes lock."""
    business_id = (await disputes.disputes(tx, [dispute_id]))[dispute_id].respondent_id
    developer, now = await locked(tx, business_id), await outbox.now(tx)
    told = (await disputes.disputes(tx, [dispute_id]))[dispute_id]  # again, as it is under the lock
    taken_id = derived_id(dispute_id, b"games/invoice")
    if told.state == State.WON:
        if not await ledger.lookup_transfers(tx, [taken_id]):
            return
    elif not _falls_on_them(told) or not await disputes.bear(tx, dispute_id, policy=policy):
        return
    kind, id_ = _entry_of(told, taken_id)
    minor = told.amount_minor if told.kind == disputes.Kind.CHARGEBACK else told.given_minor
    signed = minor if kind == "chargeback_reversed" else -minor
    entry = Entry(
        id=id_,
        business_id=business_id,
        game_id=None,
        purchase_id=None,
        kind=kind,
        at=now,
        day=periods.day_of(now, developer.zone),
        currency=told.currency,
        amount_minor=signed,
        tax_minor=0,
        fee_minor=0,
        share_minor=signed,
        owed_currency=told.currency,
        owed_minor=signed,
    )
    await tx.execute(SQL.write_entries, **columns([entry], *ENTRY))
    await post(tx, [money.owed_again(entry)])


def _falls_on_them(told: disputes.Dispute) -> bool:
    if told.recovery != Recovery.NONE:
        return False
    return told.kind == disputes.Kind.CHARGEBACK or (told.state in _FOR_CLAIMANT and told.given_minor > 0)


def _entry_of(told: disputes.Dispute, taken_id: UUID) -> tuple[EntryKind, UUID]:
    if told.kind != disputes.Kind.CHARGEBACK:
        return "refund", taken_id
    if told.state == State.WON:
        return "chargeback_reversed", derived_id(told.id, b"games/invoice/won")
    return "chargeback", taken_id
