"""What one transfer means: a plain one, or a pending one. Posts and voids are handed on to settling.py."""

from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    NANOSECONDS,
    TIMESTAMP_MAX,
    Account,
    AccountFlags,
    PendingStatus,
    Transfer,
    TransferFlags,
)
from tuppence.ledger.rules.repeats import compare
from tuppence.ledger.rules.settling import settle
from tuppence.ledger.rules.state import State
from tuppence.ledger.statuses import TRANSIENT
from tuppence.ledger.statuses import CreateTransferStatus as Status

_ALL_FLAGS = 2 * TransferFlags.IMPORTED - 1
_PENDING = TransferFlags.PENDING
_SETTLING = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER
_CLOSING = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT
_BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT
_IMPORTED = TransferFlags.IMPORTED
_CLOSED = AccountFlags.CLOSED
_MAX = ID_MAX.int
_DEBITS_LIMITED = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
_CREDITS_LIMITED = AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS


def create_transfer(state: State, event: Transfer, at: int) -> Status:
    """Make a transfer, at a time unless it brings its own, or say why not.

    A refusal that depends on the moment uses up its id.
    """
    status = _refuse_id(state, event)
    if status is None:
        settles = event.flags & _SETTLING
        status = settle(state, event, at) if settles else _move(state, event, event.timestamp or at)
    if status is not Status.CREATED and status in TRANSIENT:
        state.poison(event.id, at)
    return status


def _refuse_id(state: State, event: Transfer) -> Status | None:
    if event.flags & ~_ALL_FLAGS:
        return Status.RESERVED_FLAG
    if event.id.int == 0:
        return Status.ID_MUST_NOT_BE_ZERO
    if event.id.int == _MAX:
        return Status.ID_MUST_NOT_BE_INT_MAX
    known = state.transfers.get(event.id)
    if known is not None:
        return compare(event, known, state.transfers.get(known.pending_id))
    return Status.ID_ALREADY_FAILED if state.failed and event.id in state.failed else None


def _move(state: State, event: Transfer, at: int) -> Status:
    refused = _refuse_account_ids(event) or _refuse_shape(event)
    if refused:
        return refused
    debit, credit = state.accounts.get(event.debit_account_id), state.accounts.get(event.credit_account_id)
    if debit is None:
        return Status.DEBIT_ACCOUNT_NOT_FOUND
    if credit is None:
        return Status.CREDIT_ACCOUNT_NOT_FOUND
    refused = _refuse_accounts(state, event, debit, credit)
    if refused:
        return refused
    amount = _balancing(event, debit, credit) if event.flags & _BALANCING else event.amount
    refused = _refuse_overflow(event, amount, debit, credit, at) or _refuse_limits(amount, debit, credit)
    if refused:
        return refused
    transfer = _stored(event, amount, at)
    state.add_transfer(transfer)
    if event.flags & _PENDING:
        state.mark(transfer.id, PendingStatus.PENDING)
        state.reserve(transfer, debit, credit)
    else:
        state.post(transfer, debit, credit)
    return Status.CREATED


def _stored(event: Transfer, amount: int, at: int) -> Transfer:
    """The event as it is kept. Field by field, since `_replace` would cost more than all the checks together."""
    id_, debit, credit, _, ledger, code, flags, pending, timeout, data_128, data_64, data_32, _ = event
    return Transfer._make(
        (id_, debit, credit, amount, ledger, code, flags, pending, timeout, data_128, data_64, data_32, at)
    )


def _refuse_account_ids(event: Transfer) -> Status | None:
    debit, credit = event.debit_account_id.int, event.credit_account_id.int  # twice as quick to compare as UUIDs
    if debit == 0:
        return Status.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if debit == _MAX:
        return Status.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if credit == 0:
        return Status.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if credit == _MAX:
        return Status.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if debit == credit:
        return Status.ACCOUNTS_MUST_BE_DIFFERENT
    return None


def _refuse_shape(event: Transfer) -> Status | None:
    if event.pending_id.int:
        return Status.PENDING_ID_MUST_BE_ZERO
    if not event.flags & _PENDING:
        if event.timeout:
            return Status.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
        if event.flags & _CLOSING:
            return Status.CLOSING_TRANSFER_MUST_BE_PENDING
    if not event.ledger:
        return Status.LEDGER_MUST_NOT_BE_ZERO
    if not event.code:
        return Status.CODE_MUST_NOT_BE_ZERO
    return None


def _refuse_accounts(state: State, event: Transfer, debit: Account, credit: Account) -> Status | None:
    """What the two accounts decide, whatever the amount."""
    if debit.ledger != credit.ledger:
        return Status.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    if event.ledger != debit.ledger:
        return Status.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
    if event.flags & _IMPORTED:
        if state.regresses(event.timestamp):
            return Status.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
        if event.timestamp <= debit.timestamp:
            return Status.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
        if event.timestamp <= credit.timestamp:
            return Status.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
        if event.timeout:
            return Status.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO
    if debit.flags & _CLOSED:
        return Status.DEBIT_ACCOUNT_ALREADY_CLOSED
    if credit.flags & _CLOSED:
        return Status.CREDIT_ACCOUNT_ALREADY_CLOSED
    return None


def _balancing(event: Transfer, debit: Account, credit: Account) -> int:
    """As much of the amount as the accounts have room for, perhaps nothing."""
    amount = event.amount
    if event.flags & TransferFlags.BALANCING_DEBIT:
        amount = min(amount, max(0, debit.credits_posted - debit.debits_posted - debit.debits_pending))
    if event.flags & TransferFlags.BALANCING_CREDIT:
        amount = min(amount, max(0, credit.debits_posted - credit.credits_posted - credit.credits_pending))
    return amount


def _refuse_overflow(event: Transfer, amount: int, debit: Account, credit: Account, at: int) -> Status | None:
    if event.flags & _PENDING:
        if debit.debits_pending + amount > AMOUNT_MAX:
            return Status.OVERFLOWS_DEBITS_PENDING
        if credit.credits_pending + amount > AMOUNT_MAX:
            return Status.OVERFLOWS_CREDITS_PENDING
    if debit.debits_posted + amount > AMOUNT_MAX:
        return Status.OVERFLOWS_DEBITS_POSTED
    if credit.credits_posted + amount > AMOUNT_MAX:
        return Status.OVERFLOWS_CREDITS_POSTED
    if debit.debits_pending + debit.debits_posted + amount > AMOUNT_MAX:
        return Status.OVERFLOWS_DEBITS
    if credit.credits_pending + credit.credits_posted + amount > AMOUNT_MAX:
        return Status.OVERFLOWS_CREDITS
    if at + event.timeout * NANOSECONDS > TIMESTAMP_MAX:
        return Status.OVERFLOWS_TIMEOUT
    return None


def _refuse_limits(amount: int, debit: Account, credit: Account) -> Status | None:
    """What is pending counts against a limit, never for it."""
    debits = debit.debits_pending + debit.debits_posted + amount
    credits_ = credit.credits_pending + credit.credits_posted + amount
    if debit.flags & _DEBITS_LIMITED and debits > debit.credits_posted:
        return Status.EXCEEDS_CREDITS
    if credit.flags & _CREDITS_LIMITED and credits_ > credit.debits_posted:
        return Status.EXCEEDS_DEBITS
    return None
