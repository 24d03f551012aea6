"""What one post or void means: a pending transfer is posted once or voided once, never both."""

from uuid import UUID

from tuppence.ledger.model import ID_MAX, ZERO, Account, AccountFlags, PendingStatus, Transfer, TransferFlags
from tuppence.ledger.rules.repeats import filled
from tuppence.ledger.rules.state import State
from tuppence.ledger.statuses import CreateTransferStatus as Status

_POST = TransferFlags.POST_PENDING_TRANSFER
_VOID = TransferFlags.VOID_PENDING_TRANSFER
_NOT_WITH_EITHER = (
    TransferFlags.PENDING
    | TransferFlags.BALANCING_DEBIT
    | TransferFlags.BALANCING_CREDIT
    | TransferFlags.CLOSING_DEBIT
    | TransferFlags.CLOSING_CREDIT
)
_SETTLED = {
    PendingStatus.POSTED: Status.PENDING_TRANSFER_ALREADY_POSTED,
    PendingStatus.VOIDED: Status.PENDING_TRANSFER_ALREADY_VOIDED,
    PendingStatus.EXPIRED: Status.PENDING_TRANSFER_EXPIRED,
}


def settle(state: State, event: Transfer, at: int) -> Status:
    """Post or void a pending transfer at a time, or say why not.

    A post moves its amount and lets the rest go; a void lets everything go and opens what the transfer had closed. An
    imported event brings its own time, but whether the pending one has lapsed is asked of the batch's.
    """
    refused = _refuse_shape(event)
    if refused:
        return refused
    pending = state.transfers.get(event.pending_id)
    if pending is None:
        return Status.PENDING_TRANSFER_NOT_FOUND
    settled = filled(event, pending, event.timestamp or at)
    refused = (
        _refuse_difference(event, pending)
        or _refuse_amount(settled, pending)
        or _refuse_status(pending, state.pending.get(pending.id), at)
        or _refuse_moment(state, settled)
    )
    if refused:
        return refused
    void = bool(event.flags & _VOID)
    state.add_transfer(settled)
    state.mark(pending.id, PendingStatus.VOIDED if void else PendingStatus.POSTED)
    state.release(pending, settled.timestamp, post=0 if void else settled.amount, reopen=void)
    return Status.CREATED


def _refuse_shape(event: Transfer) -> Status | None:
    """What the event's own fields decide."""
    if (event.flags & _POST and event.flags & _VOID) or event.flags & _NOT_WITH_EITHER:
        return Status.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if event.pending_id == ZERO:
        return Status.PENDING_ID_MUST_NOT_BE_ZERO
    if event.pending_id == ID_MAX:
        return Status.PENDING_ID_MUST_NOT_BE_INT_MAX
    if event.pending_id == event.id:
        return Status.PENDING_ID_MUST_BE_DIFFERENT
    if event.timeout:
        return Status.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    return None


def _refuse_difference(event: Transfer, pending: Transfer) -> Status | None:
    """A field may be left empty, but what is said must be what the pending transfer says."""
    if not pending.flags & TransferFlags.PENDING:
        return Status.PENDING_TRANSFER_NOT_PENDING
    if event.debit_account_id not in (ZERO, pending.debit_account_id):
        return Status.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID
    if event.credit_account_id not in (ZERO, pending.credit_account_id):
        return Status.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID
    if event.ledger not in (0, pending.ledger):
        return Status.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER
    if event.code not in (0, pending.code):
        return Status.PENDING_TRANSFER_HAS_DIFFERENT_CODE
    return None


def _refuse_amount(settled: Transfer, pending: Transfer) -> Status | None:
    if settled.amount > pending.amount:
        return Status.EXCEEDS_PENDING_TRANSFER_AMOUNT
    if settled.flags & _VOID and settled.amount < pending.amount:
        return Status.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    return None


def _refuse_status(pending: Transfer, status: PendingStatus | None, at: int) -> Status | None:
    """Settled already; or its time is over, even if nobody has let it go yet."""
    assert status is not None
    if status is not PendingStatus.PENDING:
        return _SETTLED[status]
    return Status.PENDING_TRANSFER_EXPIRED if pending.timeout and pending.expires_at <= at else None


def _refuse_moment(state: State, settled: Transfer) -> Status | None:
    """Imported history is in order; and a closed account moves only by a void."""
    if settled.flags & TransferFlags.IMPORTED and state.regresses(settled.timestamp):
        return Status.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    if settled.flags & _VOID:
        return None
    if _is_closed(state, settled.debit_account_id):
        return Status.DEBIT_ACCOUNT_ALREADY_CLOSED
    if _is_closed(state, settled.credit_account_id):
        return Status.CREDIT_ACCOUNT_ALREADY_CLOSED
    return None


def _is_closed(state: State, account_id: UUID) -> bool:
    account: Account = state.accounts[account_id]
    return bool(account.flags & AccountFlags.CLOSED)
