"""What a repeated transfer is answered: `exists`, or how it differs from the first."""

from tuppence.ledger.model import AMOUNT_MAX, ZERO, Transfer, TransferFlags
from tuppence.ledger.statuses import CreateTransferStatus as Status

_SETTLING = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER
_BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT


def compare(event: Transfer, known: Transfer, pending: Transfer | None) -> Status:
    """Compare a repeat with what is stored; `pending` is the transfer that the stored one settled, if it did.

    The flags come first, since they say how the rest is read.
    """
    if event.flags != known.flags:
        return Status.EXISTS_WITH_DIFFERENT_FLAGS
    if event.pending_id != known.pending_id:
        return Status.EXISTS_WITH_DIFFERENT_PENDING_ID
    if event.timeout != known.timeout:
        return Status.EXISTS_WITH_DIFFERENT_TIMEOUT
    if event.flags & _SETTLING:
        assert pending is not None
        event = filled(event, pending, known.timestamp)
    if event.debit_account_id != known.debit_account_id:
        return Status.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID
    if event.credit_account_id != known.credit_account_id:
        return Status.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID
    if _amount_differs(event, known):
        return Status.EXISTS_WITH_DIFFERENT_AMOUNT
    return _compare_rest(event, known)


def filled(event: Transfer, pending: Transfer, at: int) -> Transfer:
    """A post or a void as it is stored: what it leaves empty is the pending transfer's.

    Empty is zero; for the amount, AMOUNT_MAX in a post and zero in a void.
    """
    everything = AMOUNT_MAX if event.flags & TransferFlags.POST_PENDING_TRANSFER else 0
    return event._replace(
        debit_account_id=pending.debit_account_id if event.debit_account_id == ZERO else event.debit_account_id,
        credit_account_id=pending.credit_account_id if event.credit_account_id == ZERO else event.credit_account_id,
        amount=pending.amount if event.amount == everything else event.amount,
        ledger=event.ledger or pending.ledger,
        code=event.code or pending.code,
        user_data_128=pending.user_data_128 if event.user_data_128 == ZERO else event.user_data_128,
        user_data_64=event.user_data_64 or pending.user_data_64,
        user_data_32=event.user_data_32 or pending.user_data_32,
        timestamp=at,
    )


def _amount_differs(event: Transfer, known: Transfer) -> bool:
    """A balancing transfer moved what there was room for, so asking for that much or more is the same question."""
    return event.amount < known.amount if event.flags & _BALANCING else event.amount != known.amount


def _compare_rest(event: Transfer, known: Transfer) -> Status:
    if event.user_data_128 != known.user_data_128:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_128
    if event.user_data_64 != known.user_data_64:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_64
    if event.user_data_32 != known.user_data_32:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_32
    if event.ledger != known.ledger:
        return Status.EXISTS_WITH_DIFFERENT_LEDGER
    if event.code != known.code:
        return Status.EXISTS_WITH_DIFFERENT_CODE
    return Status.EXISTS
